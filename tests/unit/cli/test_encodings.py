"""The command on consoles that lack characters, as those of Windows do."""

import json
import subprocess
import sys

import pytest

from support.services import PROMPTS
from support.shell import environment

ODD = "promptforge:→…━ä"


def run(*arguments, encoding, cwd, env):
    """The finished process of a command whose streams have *encoding*."""
    return subprocess.run(
        [sys.executable, "-m", "jobwait", *arguments],
        capture_output=True,
        encoding=encoding,
        check=False,
        cwd=cwd,
        env={**env, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
    )


@pytest.mark.parametrize("encoding", ["cp1252", "cp437"])
def test_help_and_errors_are_shown_in_any_encoding(encoding, box, tmp_path):
    """What the encoding lacks is shown as a question mark; the exit status is the one of the fact."""
    env = environment(box)
    told = run("wait", "--help", encoding=encoding, cwd=tmp_path, env=env)
    refused = run("wait", ODD, encoding=encoding, cwd=tmp_path, env=env)
    assert (0, "") == (told.returncode, told.stderr)
    assert "--timeout" in told.stdout
    assert refused.returncode not in {0, 1}
    assert "?" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_whole_run_is_shown_in_any_encoding(box, tmp_path):
    """Submission, progress, results: the lines of progress too, and the results are UTF-8 whatever the console is."""
    prompts = [{**prompt, "prompt": f"{prompt['prompt']} →"} for prompt in PROMPTS]
    (tmp_path / "p.jsonl").write_text("".join(f"{json.dumps(prompt)}\n" for prompt in prompts), "utf-8")
    command = ["run", "promptforge", "p.jsonl", "--provider", "openai", "--model", "sandbox-quick", "--out", "→"]
    done = run(*command, encoding="cp437", cwd=tmp_path, env=environment(box))
    assert 0 == done.returncode, done.stderr
    assert "Traceback" not in done.stderr
    assert len(prompts) == len((tmp_path / "→" / "results.jsonl").read_text("utf-8").splitlines())
