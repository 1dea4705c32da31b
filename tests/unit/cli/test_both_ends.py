"""Each command as a process, on a terminal and on a pipe: exit status, stdout, stderr, and that both say the same."""

import json
import os
import re

import pytest

from support.services import PROJECT, TEMPLATE, TOUR
from support.shell import Shell, environment

WORDS = {
    "wait": (["wait", "{fryte}"], r"fryte:\S+ succeeded \("),
    "wait for several": (["wait", "{fryte}", "{freeplay}"], r"(?s)(fryte|freeplay):\S+ succeeded \(.*succeeded \("),
    "status": (["status", "{promptforge}"], r"promptforge:\S+ succeeded \(COMPLETED\) 7 of 7"),
    "result": (["result", "{fryte}"], r"Drivable: battery 90% at departure"),
    "result of answers": (["result", "{promptforge}"], r'\{"prompt_id": \d, "response": '),
    "download": (["download", "{freeplay}", "--overwrite"], r"(?s)Original version: .*written to results-\S+/results"),
    "list": (["list", "fryte", "--user", "1"], r"fryte:\S+(  |\t)\w+(  |\t)(20\d\d-|.* ago)"),
    "doctor": (
        ["doctor", "fryte"],
        r"(?s)python 3\.\d+.*fryte at \S+: answers and takes the key \(\d+ ms\); key",
    ),
    "completion": (["completion", "bash"], r"_JOBWAIT_COMPLETE"),
    "submit": (["submit", "fryte", "tour.json"], r"fryte:[\w-]+$"),
    "run": (
        [
            "run",
            "freeplay",
            "--project",
            PROJECT,
            "--version",
            str(TEMPLATE),
            "--dataset",
            str(TEMPLATE),
            "--interval",
            "0.05",
        ],
        r"(?s)freeplay:\S+ succeeded \(.*Original version: .*written to results-",
    ),
    "track add": (["track", "add", "fryte", "nobody", "--file", "{new}"], r"1 added"),
    "track run": (["track", "run"], r"fryte:\S+\s+succeeded"),
    "track list": (["track", "list"], r"fryte:\S+\s+waiting"),
    "track retry": (["track", "retry", "--all"], r"0 opened again"),
    "track report": (["track", "report"], r"fryte\s+\w+\s+1"),
    "help": (["--help"], r"(?s)Usage: jobwait.*\brun\b.*\bsubmit\b.*\bwait\b.*Exit status: 0 succeeded, 1 failed"),
    "version": (["--version"], r"jobwait \d+\.\d+"),
}
REFUSED = {
    "wait": (["wait", "fryte:nobody"], 5, "Check the id, and that the key belongs"),
    "status": (["status", "fryte:nobody"], 5, "Check the id, and that the key belongs"),
    "result": (["result", "fryte:nobody"], 5, "Check the id, and that the key belongs"),
    "download": (["download", "fryte:nobody"], 5, "Check the id, and that the key belongs"),
    "cancel": (["cancel", "freeplay:p/nobody"], 5, "Check the id, and that the key belongs"),
    "list": (["list", "promptforge"], 2, "'promptforge' lists no jobs"),
    "submit": (["submit", "fryte", "none.json"], 2, "none.json: cannot be read (No such file or directory)"),
    "run": (["run", "fryte", "tour.json", "--report", "."], 2, "is a folder and is not replaced"),
    "track add": (["track", "add", "nobody", "x"], 2, "There is no service 'nobody'"),
    "track run": (["track", "run", "--file", "tour.json"], 2, "tour.json is no tracker's file"),
    "track retry": (["track", "retry"], 2, "Name the jobs, or all with --all."),
    "doctor": (["doctor", "nobody"], 2, "There is no service 'nobody'"),
    "completion": (["completion", "tcsh"], 2, "'tcsh' is not one of 'bash', 'zsh', 'fish', 'powershell'."),
    "sandbox": (["sandbox", "--limit", "x"], 2, "'x' is not like promptforge=20"),
}


@pytest.fixture
def shell(box, ended, tmp_path):
    """A folder with a tour and a tracker's file that knows one job."""
    (tmp_path / "tour.json").write_text(json.dumps(TOUR))
    return Shell(tmp_path, environment(box, JOBWAIT_TRACKER=str(tmp_path / "tracked.db")))


@pytest.fixture
def words(ended):
    """The words of a command, with the names of jobs that have succeeded in their places."""
    jobs = {service: ended[service, "succeeded"] for service in ("freeplay", "fryte", "promptforge")}
    fresh = iter(("one.db", "other.db"))
    return lambda arguments: [
        word if not word.startswith("{") else next(fresh) if word == "{new}" else jobs[word[1:-1]] for word in arguments
    ]


@pytest.mark.parametrize("name", WORDS)
def test_a_command_on_a_pipe_and_on_a_terminal(shell, words, ended, name):
    """Exit status 0 on both, its words on stdout, and on the screen without anything left of what was drawn."""
    arguments, says = WORDS[name]
    for place in ("pipe", "terminal"):
        if name.startswith("track") and name != "track add":
            (shell.folder / "tracked.db").unlink(missing_ok=True)
            shell("track", "add", "fryte", ended["fryte", "succeeded"].partition(":")[2])
        if place == "pipe":
            done = shell(*words(arguments))
            assert 0 == done.returncode, done.stderr
            assert re.search(says, done.stdout.strip())
            assert "\x1b" not in done.stdout + done.stderr
        else:
            with shell.terminal(*words(arguments), columns=200, lines=60) as terminal:
                assert 0 == terminal.ended()
            assert re.search(says, terminal.text)
            assert "━" not in terminal.text


@pytest.mark.parametrize("name", REFUSED)
def test_a_command_that_cannot_says_why_on_both(shell, name):
    """The same exit status and the same sentence on stderr, on a pipe and on a terminal, and no traceback."""
    arguments, code, says = REFUSED[name]
    piped = shell(*arguments)
    with shell.terminal(*arguments, columns=250, stdout=os.devnull) as terminal:
        assert (code, code) == (terminal.ended(), piped.returncode)
    assert says in piped.stderr
    assert says in terminal.text
    assert "Traceback" not in piped.stderr + terminal.text


def test_an_error_is_json_too(shell):
    """With --json a command that could not do it says so on stdout as well, as an object of type error."""
    done = shell("result", "fryte:nobody", "--json")
    [told] = map(json.loads, done.stdout.splitlines())
    assert ("error", "JobNotFound", 404) == (told["type"], told["error"]["type"], told["error"]["status"])
    assert told["error"]["message"] in done.stderr
    assert told["at"].endswith("+00:00")


def test_an_empty_list_is_no_line_on_stdout(shell):
    """Each line there names a job; that there is none is said to people, on stderr, and is no failure."""
    plain, as_json = (shell("list", "fryte", "--user", "404", *more) for more in ([], ["--json"]))
    assert (0, "", "jobwait: there are no jobs.\n") == (plain.returncode, plain.stdout, plain.stderr)
    assert (0, "", "") == (as_json.returncode, as_json.stdout, as_json.stderr)


def test_what_list_prints_can_be_waited_for(shell, ended):
    """`jobwait list … | jobwait wait -`: the first word of each line is a name."""
    line = next(line for line in shell("list", "fryte", "--user", "1").stdout.splitlines() if "succeeded" in line)
    done = shell("wait", "-", stdin=line + "\n")
    assert (0, line.split()[0]) == (done.returncode, done.stdout.split()[0])


def test_track_run_ends_as_wait_does(shell, ended):
    """The exit status is that of the job that ended worst, and --json names the type of each line."""
    for service, ending in (("fryte", "failed"), ("fryte", "canceled")):
        shell("track", "add", service, ended[service, ending].partition(":")[2])
    done = shell("track", "run", "--json")
    assert (3, {"tracked"}) == (done.returncode, {json.loads(line)["type"] for line in done.stdout.splitlines()})
    listed = [json.loads(line) for line in shell("track", "list", "--json").stdout.splitlines()]
    assert {"failed", "canceled"} == {line["state"] for line in listed}


def test_a_missing_key_is_said_as_the_shell_can_mend_it(shell):
    """The variable, and the option that names a file."""
    done = shell("wait", "fryte:x", env={"FRYTE_API_KEY": ""})
    assert 2 == done.returncode
    assert "There is no key for fryte: set FRYTE_API_KEY, or name its file with --key-file." in done.stderr
    assert "To try it without a key: `jobwait sandbox -- jobwait run fryte …`; `jobwait example fryte`" in done.stderr
