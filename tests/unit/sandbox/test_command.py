"""`jobwait sandbox` as a process."""

import json
import os
import re
import signal
import subprocess
import sys
from importlib import import_module

import pytest

from jobwait._httpx import httpx
from jobwait.cli import main
from support import forks


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_command_prints_a_line_when_ready_and_ends_with_0_on_a_signal(number):
    """After one line of JSON all three services answer; either signal ends the command with exit code 0."""
    command = [sys.executable, "-m", "jobwait", "sandbox", "--json", "--limit", "fryte=0"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as process:
        try:
            ready = json.loads(process.stdout.readline())
            assert ["freeplay", "fryte", "promptforge"] == list(ready)
            assert 200 == httpx.get(f"{ready['promptforge']['url']}/healthz").status_code
            for address in ready.values():
                assert 404 == httpx.get(f"{address['url']}/nowhere").status_code
            process.send_signal(number)
            rest, errors = process.communicate()
        finally:
            process.kill()

    assert (0, "", "") == (process.returncode, rest, errors)


@pytest.mark.parametrize(("package", "extra"), [("typer", "sandbox"), ("uvicorn", "sandbox")])
def test_missing_package_is_reported_in_one_sentence(monkeypatch, capsys, package, extra):
    """Without the extra there is no traceback but a sentence that says what to install, and exit code 2."""
    for name in [name for name in sys.modules if name.startswith(("jobwait.cli.", "jobwait.sandbox"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.setattr(sys, "argv", ["jobwait", "sandbox"])

    with pytest.raises(SystemExit) as ended:
        main()

    assert 2 == ended.value.code
    said = capsys.readouterr().err
    assert 1 == said.count("\n")
    assert f"pip install 'jobwait[{extra}]'" in said


@pytest.mark.parametrize(
    ("module", "package", "extra"),
    [("jobwait.sandbox", "starlette", "sandbox"), ("jobwait.sandbox", "uvicorn", "sandbox")],
)
def test_an_import_without_its_extra_names_it(monkeypatch, module, package, extra):
    """The error says what to install, and still names the package that is missing."""
    for name in [name for name in sys.modules if name.startswith((module, f"{package}."))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ModuleNotFoundError, match=re.escape(f"pip install 'jobwait[{extra}]'")) as raised:
        import_module(module)
    assert package == raised.value.name.partition(".")[0]


@pytest.mark.parametrize("words", [["-m", "jobwait"], ["-c", "from jobwait.cli import main; main()"]])
def test_the_module_without_the_commands_packages_names_the_extra(tmp_path, words):
    """`python -m jobwait` says in one sentence what to install, and ends with exit status 2."""
    (tmp_path / "typer.py").write_text("raise ModuleNotFoundError(\"No module named 'typer'\", name='typer')")
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run([sys.executable, *words], env=env, capture_output=True, text=True, check=False)
    assert (2, "") == (done.returncode, done.stdout)
    assert "This needs packages that are not installed: pip install 'jobwait[cli]'\n" == done.stderr


@pytest.mark.parametrize("option", [["--limit", "fryte"], ["--limit", "x=1"], ["--speed", "0"]])
def test_invalid_option_is_a_usage_error(monkeypatch, option):
    """An invalid option ends with exit code 2 before a port is opened."""
    monkeypatch.setattr(sys, "argv", ["jobwait", "sandbox", *option])

    with pytest.raises(SystemExit) as ended:
        main()

    assert 2 == ended.value.code


def test_version_option_prints_the_version(monkeypatch, capsys):
    """`jobwait --version` names the program and its version."""
    monkeypatch.setattr(sys, "argv", ["jobwait", "--version"])

    with pytest.raises(SystemExit):
        main()

    assert capsys.readouterr().out.startswith("jobwait 0.")


def test_a_command_in_the_sandbox_gets_its_variables_and_gives_its_status(tmp_path, monkeypatch):
    """The sandbox ends with the command, whose exit status it returns; a shell's own for one that is not there."""
    monkeypatch.setenv("FRYTE_API_KEY", "mine")
    code = "import os, pathlib, sys; pathlib.Path('seen').write_text(os.environ['FRYTE_API_KEY']); sys.exit(7)"
    done = forks.run(forks.jobwait, "sandbox", "--", sys.executable, "-c", code, cwd=tmp_path)
    assert (7, "", "") == (done.returncode, done.stdout, done.stderr)
    assert (tmp_path / "seen").read_text("utf-8").startswith("sandbox-fryte-")
    absent = forks.run(forks.jobwait, "sandbox", "no-such-command", cwd=tmp_path)
    assert (127, "") == (absent.returncode, absent.stdout)
    assert "no-such-command: cannot be run (No such file or directory)" in absent.stderr
    ended = forks.run(forks.jobwait, "sandbox", "sh", "-c", "kill -TERM $$", cwd=tmp_path)
    assert 128 + signal.SIGTERM == ended.returncode


def test_env_prints_the_lines_that_the_sandbox_itself_prints(tmp_path):
    """For the port and the seed of a sandbox that runs, and it says if none does."""
    command = [sys.executable, "-m", "jobwait", "sandbox", "--seed", "11"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as process:
        try:
            lines = [process.stdout.readline() for _ in range(6)]
            port = lines[1].strip().rpartition(":")[2]
            again = forks.run(forks.jobwait, "sandbox", "--env", "--port", port, "--seed", "11", cwd=tmp_path)
            process.send_signal(signal.SIGINT)
            rest, told = process.communicate()
        finally:
            process.kill()
    assert (0, "".join(lines), "") == (again.returncode, again.stdout, again.stderr)
    assert ("", 0) == (rest, process.returncode)
    assert f'eval "$(jobwait sandbox --env --port {port} --seed 11)"' in told
    assert "until Ctrl-C" in told
    assert "promptforge --model sandbox-fail" in told
    gone = forks.run(forks.jobwait, "sandbox", "--env", "--port", port, cwd=tmp_path)
    assert f"start it in another terminal: jobwait sandbox --port {port}" in gone.stderr
