"""How the tools come here and what runs them: locks, requirements/install.py, make targets, CI, pre-commit hooks."""

import hashlib
import os
import re
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from requirements import install
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
LOCKS = {path.stem: path.read_text("utf-8") for path in ROOT.glob("requirements/*.lock")}
MADE = re.findall(r"\$\(COMPILE\) (.*) -o requirements/(\w+)\.lock", MAKEFILE)


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """Replaces PATH by a folder, in which it makes a shell script of that name and text."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    def made(name, text):
        (folder / name).write_text(f"#!/bin/sh\n{text}\n", "utf-8")
        (folder / name).chmod(0o755)
        return folder

    return made


@pytest.fixture
def no_settings(monkeypatch):
    """No file and no variable configures pip or uv."""
    for name in list(os.environ):
        if name.startswith(("PIP_", "UV_")) or name in install.ALL_INDEXES.values():
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)


def test_locks_hold_hashes_and_no_addresses():
    """Each pin has a hash, and nothing in a lock says where packages come from."""
    assert {
        "airflow",
        "bench",
        "browser",
        "corpus",
        "demo",
        "dev",
        "docs",
        "engines",
        "httpx2",
        "release",
        "sdks",
        "uv",
        "workflows",
    } == set(LOCKS)
    for text in LOCKS.values():
        assert "://" not in text
        assert "-url" not in text
        assert "--find-links" not in text
        for pin in re.split(r"\n(?=\S)", re.sub(r"(?m)^\s*#.*\n", "", text)):
            assert "--hash=sha256:" in pin, pin.splitlines()[0]


@pytest.mark.parametrize(("options", "name"), MADE, ids=[name for _, name in MADE])
def test_a_lock_pins_what_pyproject_asks_for(options, name):
    """Each package of the groups and extras that `make lock` names is in the lock, in a version that will do."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    asked = settings["project"]["dependencies"] if "pyproject.toml " in options else []
    for kind, group in re.findall(r"--(group|extra) (?:pyproject\.toml:)?([\w-]+)", options):
        table = settings["dependency-groups"] if kind == "group" else settings["project"]["optional-dependencies"]
        asked = [*asked, *(line for line in table[group] if isinstance(line, str))]
    pinned = dict(re.findall(r"(?m)^([\w.-]+)==([^\s;]+)", LOCKS[name]))
    for need in map(Requirement, asked):
        if need.name != "jobwait":
            assert need.specifier.contains(pinned[canonicalize_name(need.name)], prereleases=True), need


def test_every_lock_is_made_and_used():
    """`make lock` writes each of the locks, and each is installed by a target or by requirements/install.py."""
    used = set(re.findall(r"\$\(INSTALL\) \.venv(?:-airflow)? (\w+)", MAKEFILE))
    assert set(LOCKS) == {name for _, name in MADE} == used | {"uv"}


def test_only_install_installs():
    """No recipe calls pip or uv by itself."""
    assert not re.search(r"\b(pip|uv) (install|sync)\b", MAKEFILE)


def test_uv_is_called_with_hashes_required(programs, no_settings, tmp_path, capfd):
    """A working uv gets the lock with --require-hashes, then jobwait without its dependencies; pip is not called."""
    programs("uv", f'echo "$@" >> {tmp_path}/calls; echo "Resolved 3 packages in 1ms"; echo " + attrs==1"')
    assert 0 == install.main([str(tmp_path / "x"), "demo", "--project"])
    calls = [line for line in (tmp_path / "calls").read_text("utf-8").splitlines() if "install" in line]
    start = f"--color=never pip install --python {tmp_path}/x/bin/python"
    assert [
        f"{start} --require-hashes --no-deps -r {ROOT}/requirements/demo.lock",
        f"{start} --quiet --no-deps --no-build-isolation -e {ROOT}",
    ] == calls
    told = capfd.readouterr().out.splitlines()
    assert "installing requirements/demo.lock into x with uv …" == told[0]
    assert "  Resolved 3 packages in 1ms" == told[1]
    assert re.fullmatch(r"  done in \d+ s", told[-1])
    assert "attrs" not in "".join(told)


def test_pips_settings_are_handed_to_uv(no_settings, monkeypatch, tmp_path):
    """What pip's file and variables say of indexes and certificates is in uv's environment, variables first."""
    (tmp_path / "pip.conf").write_text(
        "[global]\nindex-url = https://a.test/simple\ncert = /ca.pem\nproxy = http://p.test\n"
        "extra-index-url =\n  https://b.test\n  https://c.test\n"
        "[install]\nindex-url = https://d.test\nfind-links = /w /v\ncert = /own.pem\n"
    )
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    monkeypatch.setenv("PIP_INDEX_URL", "https://e.test")
    given = install.uv_environment(install.ALL_INDEXES)
    assert {
        "UV_DEFAULT_INDEX": "https://e.test",
        "UV_INDEX": "https://b.test https://c.test",
        "UV_FIND_LINKS": "/w,/v",
        "SSL_CERT_FILE": "/own.pem",
        "ALL_PROXY": "http://p.test",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    } == {name: value for name, value in given.items() if os.environ.get(name) != value}


def test_uvs_own_settings_win(monkeypatch):
    """A variable that the user set for uv is not replaced by what pip is configured for."""
    monkeypatch.setattr(install, "pip_settings", lambda: {"index-url": "https://a.test"})
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://b.test")
    assert "https://b.test" == install.uv_environment(install.MAIN_INDEX)["UV_DEFAULT_INDEX"]


def test_a_lock_is_made_from_the_main_index(programs, no_settings, monkeypatch, capfd):
    """`install.py --uv` hands on the index, and no further one, whose files may be some of a release's only."""
    programs("uv", 'echo "$@ ${UV_DEFAULT_INDEX-} ${UV_INDEX-none} ${UV_FIND_LINKS-none}"')
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"):
        monkeypatch.setenv(name, f"https://{name.lower()}.test")
    assert 0 == install.main(["--uv", "pip", "compile"])
    assert "pip compile https://pip_index_url.test none none\n" == capfd.readouterr().out


@pytest.fixture
def index(tmp_path, no_settings, monkeypatch):
    """A folder with one wheel, from which alone pip installs; the lock that pins it; an environment without pip."""
    wheel = tmp_path / "links" / "tiny-1.0-py3-none-any.whl"
    wheel.parent.mkdir()
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny.py", "")
        archive.writestr("tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        archive.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr("tiny-1.0.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))
    lock = tmp_path / "requirements" / "tiny.lock"
    lock.parent.mkdir()
    lock.write_text(f"tiny==1.0 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n")
    venv.create(tmp_path / "env", symlinks=True)
    return lock


def installed(lock):
    """Whether the environment beside *lock* has the package."""
    return bool([*lock.parents[1].glob("env/lib/*/site-packages/tiny.py")])


def test_where_uv_fails_pip_installs(programs, index, capfd):
    """A uv that cannot install is named with its last words, and pip does the same."""
    programs("uv", '[ "$1" = --version ] || { echo no route; exit 2; }')
    assert 0 == install.install(index.parents[1] / "env", index, project=False)
    told = capfd.readouterr()
    assert "uv could not install requirements/tiny.lock; its last lines say why" in told.out.splitlines()
    assert "installing requirements/tiny.lock into env with pip …" in told.out.splitlines()
    assert "no route\n" == told.err
    assert installed(index)


def test_a_wrong_hash_is_refused_by_pip(programs, index, capfd):
    """A package that is not what its lock pins is not installed, and the exit status says so."""
    programs("uv", '[ "$1" = --version ]')
    index.write_text(f"tiny==1.0 --hash=sha256:{'0' * 64}\n")
    assert 1 == install.install(index.parents[1] / "env", index, project=False)
    assert "DO NOT MATCH THE HASHES" in capfd.readouterr().err
    assert not installed(index)


def test_a_uv_that_does_not_run_is_passed_over(programs, monkeypatch, tmp_path, no_settings):
    """Where neither the uv on PATH nor the one in .venv runs, and none can be installed, there is none."""
    programs("uv", "exit 127")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    venv.create(tmp_path / "env", symlinks=True)
    monkeypatch.setattr(install, "OWN_UV", tmp_path / "env" / "bin" / "uv")
    assert 1 == install.main(["--uv", "pip", "compile"])


@pytest.mark.parametrize("live", [True, False])
def test_what_is_fetched_is_shown_in_one_line_or_every_few_seconds(live, monkeypatch, capsys):
    """A terminal has one line that is written over; elsewhere a line comes when none has come for five seconds."""
    now = iter([0.0, 1.0, 6.0, 6.0, 7.0])
    monkeypatch.setattr(install, "time", SimpleNamespace(monotonic=lambda: next(now)))  # not for other threads
    monkeypatch.setattr(sys.stdout, "isatty", lambda: live)
    show = install.Progress(9)
    for line in (
        "Collecting a==1 (from x)",
        "Collecting b==2 (from x)",
        "Downloading c (9.0MiB)",
        "Installed 3 packages",
    ):
        show.line(line)
    told = capsys.readouterr().out
    assert "  Installed 3 packages\n" in told
    assert "package 2 of at most 9: b==2" in told
    assert live == ("package 1 of at most 9" in told) == ("Downloading c" in told) == ("\r" in told)


def recipes(target):
    """What `make` would run for *target* in a fresh clone."""
    command = ["make", "-C", str(ROOT), "--no-print-directory", "--dry-run", "--always-make", target]
    clean = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "JOBS"}}
    return subprocess.run(command, env=clean, capture_output=True, text=True, check=True).stdout


def test_make_test_needs_no_engine():
    """`make test` checks and tests, and installs neither a Temporal server nor Airflow; `make test-engines` does."""
    fast, engines = recipes("test"), recipes("test-engines")
    assert "install.py .venv dev --project" in fast
    assert not re.search(r"install\.py \S+ (engines|airflow)", fast)
    for folder in ("tests/integration/temporal", "tests/integration/airflow"):
        assert f"--ignore={folder}" in fast
        assert re.search(rf"pytest .*(?<!=){folder}\n", engines)
    for tool in ("ruff check", "ruff format --check", "codegen.py --check", "lint-imports", "mypy src", "pyright"):
        assert tool in fast
    assert "install.py .venv engines" in engines
    assert "install.py .venv-airflow airflow --project" in engines
    assert "mypy --python-executable .venv-airflow/bin/python src/jobwait/engines/airflow" in engines


def test_make_test_all_leaves_nothing_out():
    """`make test-all` has all samples, the engines and the browser."""
    everything = recipes("test-all")
    assert "JOBWAIT_ALL=1 .venv/bin/python -m pytest" in everything
    assert "pytest -n 2 --dist loadgroup tests/integration/temporal" in everything
    assert "JOBWAIT_BROWSER=1" in everything


def test_make_test_browser_says_that_chromium_is_absent(programs, tmp_path):
    """Without a Chromium on PATH the target fails with a sentence that names it."""
    recipe = re.search(r"(?ms)^test-browser:.*?\n(.*?)\n\n", MAKEFILE)[1].splitlines()
    check = "\n".join(recipe[:2]).replace("\t@", "", 1)
    folder = programs("sh", "")
    run = ["/bin/sh", "-c", check]
    done = subprocess.run(run, env={"PATH": str(folder)}, capture_output=True, text=True, check=False)
    assert (1, "") == (done.returncode, done.stdout)
    assert "install chromium" in done.stderr
    programs("google-chrome", "")
    assert 0 == subprocess.run(run, env={"PATH": str(folder)}, check=False).returncode


@pytest.mark.parametrize("there", [True, False])
def test_ci_runs_all_and_says_what_it_leaves_out(there, programs, tmp_path):
    """CI runs the tests, the engines, and the browser where there is one; each phase's seconds are printed."""
    (tmp_path / ".ci").mkdir()
    (tmp_path / ".ci" / "run").write_bytes((ROOT / ".ci" / "run").read_bytes())
    for name in ("make", "id"):  # nobody in particular: it may install nothing
        programs(name, {"make": f'echo "$@" >> {tmp_path}/made', "id": "echo 1000"}[name])
    folder = programs("dirname", 'echo "${1%/*}"')
    if there:
        programs("chromium", "")
    command = ["/bin/bash", str(tmp_path / ".ci" / "run")]
    done = subprocess.run(command, env={"PATH": str(folder)}, capture_output=True, text=True, check=True)
    wanted = ["install", "test", "docs", "test-engines", *(["test-browser"] if there else [])]
    assert wanted == (tmp_path / "made").read_text("utf-8").split()
    for target in wanted:
        assert re.search(rf"(?m)^== make {target}: \d+ s$", done.stdout)
    assert there != ("make test-browser is left out" in done.stderr)


def test_ci_stops_at_the_first_failure(programs, tmp_path):
    """A phase that fails ends CI with its exit status."""
    (tmp_path / ".ci").mkdir()
    (tmp_path / ".ci" / "run").write_bytes((ROOT / ".ci" / "run").read_bytes())
    programs("make", f'echo "$@" >> {tmp_path}/made; [ "$1" != test ] || exit 7')
    done = subprocess.run(["/bin/bash", str(tmp_path / ".ci" / "run")], capture_output=True, check=False)
    assert 7 == done.returncode
    assert ["install", "test"] == (tmp_path / "made").read_text("utf-8").split()


def test_pre_commit_runs_what_make_check_runs():
    """Each hook is a local one, and runs a tool of .venv as `make check` does; nothing is downloaded."""
    repos = YAML(typ="safe").load(ROOT / ".pre-commit-config.yaml")["repos"]
    check = recipes("check")
    assert ["local"] == [repo["repo"] for repo in repos]
    hooks = repos[0]["hooks"]
    assert {"system"} == {hook["language"] for hook in hooks}
    assert 4 == len(hooks)
    for hook in hooks:
        assert hook["entry"].removesuffix(" --force-exclude") in check
