"""`jobwait track`: jobs that are not found, keys that are used twice, and the options of a run."""

import json

import pytest

from jobwait import fryte
from jobwait.tracker import Tracker
from support.shell import Shell, environment


@pytest.fixture
def shell(box, tmp_path):
    """A folder whose tracker's file has two jobs that the service does not know."""
    shell = Shell(tmp_path, environment(box))
    shell("track", "add", "fryte", "nope", "lost")
    return shell


def test_a_job_that_is_not_found_is_told_apart_from_those_that_are_open(shell):
    """A run, the report, a pipe and JSON have one word for it, and the run names the command that gives it up."""
    done = shell("track", "run")
    assert "jobwait: 2 not found" in done.stderr
    assert "track drop fryte:nope fryte:lost --file jobwait.db" in done.stderr
    assert "still open" not in done.stderr
    assert ["not_found", "not_found"] == [line.split("\t")[1] for line in done.stdout.splitlines()]
    assert "fryte\tnot_found\t2\n" == shell("track", "report").stdout
    rows = [json.loads(line) for line in shell("track", "list", "--json").stdout.splitlines()]
    assert ["not_found"] * 2 == [row["listed_as"] for row in rows]


def test_a_dropped_job_is_waited_for_no_more_until_it_is_retried(shell):
    """`drop` is the opposite of `retry`; what changes nothing says why and succeeds."""
    shell("track", "run")
    assert "1 given up\n" == shell("track", "drop", "fryte:nope").stdout
    assert ["fryte:lost"] == [line.split("\t")[0] for line in shell("track", "list", "--pending").stdout.splitlines()]
    again = shell("track", "drop", "fryte:nope")
    assert (0, "jobwait: 1 had been given up before.\n") == (again.returncode, again.stderr)
    assert "1 opened again\n" == shell("track", "retry", "fryte:nope").stdout
    again = shell("track", "retry", "fryte:nope")
    assert (0, "0 opened again\n") == (again.returncode, again.stdout)
    assert "1 was not given up: still open. Open jobs are waited for by: jobwait track run" in again.stderr
    assert "none was given up" in shell("track", "retry", "--all").stderr
    assert [{"type": "dropped", "count": 1}] == [
        {name: value for name, value in json.loads(line).items() if name != "at"}
        for line in shell("track", "drop", "fryte:nope", "--json").stdout.splitlines()
    ]


def test_a_name_that_several_jobs_have_is_refused_and_their_keys_are_taken(shell, box):
    """`drop` and `retry` change nothing and list the keys; a run that did not find both jobs names them so too."""
    with Tracker(shell.folder / "jobwait.db") as tracker, fryte.connect("k", base_url=box.fryte.url) as client:
        tracker.add(fryte.job(client, "nope"), "another account")
    rows = [json.loads(line) for line in shell("track", "list", "--json").stdout.splitlines()]
    keys = [row["key"] for row in rows if row["name"] == "fryte:nope"]
    assert ["fryte/fryte/nope", "fryte/another account/nope"] == keys
    for verb in ("drop", "retry"):
        refused = shell("track", verb, "fryte:lost", "fryte:nope")
        assert (2, "") == (refused.returncode, refused.stdout)
        says = "jobwait: Several jobs have the name 'fryte:nope': give a key, one of"
        assert f"{says} fryte/fryte/nope, 'fryte/another account/nope'.\n" == refused.stderr
    done = shell("track", "drop", keys[1], "fryte:lost", "fryte:lost", keys[1])
    assert (0, "2 given up\n", "") == (done.returncode, done.stdout, done.stderr)
    left = [json.loads(line)["key"] for line in shell("track", "list", "--pending", "--json").stdout.splitlines()]
    assert [keys[0]] == left
    assert f"track drop {keys[0]} --file jobwait.db" in shell("track", "run").stderr


def test_jobs_of_one_key_at_several_addresses_are_refused(shell):
    """Neither their name nor their key says which one is meant."""
    shell("track", "add", "fryte", "nope", env={"FRYTE_BASE_URL": "http://127.0.0.1:9"})
    for given in ("fryte:nope", "fryte/fryte/nope"):
        refused = shell("track", "drop", given)
        assert (2, True) == (refused.returncode, "Several jobs have the key fryte/fryte/nope" in refused.stderr)
    assert 3 == len(shell("track", "list", "--pending").stdout.splitlines())


def test_a_key_that_is_used_again_says_that_nothing_was_sent(shell):
    """The second submission with --once prints the first one's name, on stderr why, and in JSON `sent`."""
    (shell.folder / "tour.json").write_text(shell("example", "fryte", "--quiet").stdout)
    first = shell("track", "submit", "fryte", "tour.json", "--once", "k")
    second = shell("track", "submit", "fryte", "tour.json", "--once", "k")
    assert first.stdout == second.stdout
    assert ("", True) == (first.stderr, "nothing was sent: the key 'k'" in second.stderr)
    for key, sent in (("k", False), ("l", True)):
        told = shell("track", "submit", "fryte", "tour.json", "--once", key, "--json").stdout
        assert sent is json.loads(told)["sent"]


def test_a_run_takes_the_options_of_a_wait(shell):
    """Where the timeout comes the jobs stay open; --report writes a page of their polls."""
    done = shell("track", "run", "--timeout", "0s", "--strict", "--report", "report.html")
    assert "2 still open; go on with: jobwait track run --file jobwait.db" in done.stderr
    assert 2 == (shell.folder / "report.html").read_text("utf-8").count('class="name"')
    assert 2 == shell("track", "run", "--report", "none/report.html").returncode
    assert "--cancel-on-timeout" not in shell("track", "run", "--help").stdout


def test_a_key_that_the_tracker_made_is_the_same_in_a_pipe_and_in_json(shell):
    """An added job without a key of the caller's has SERVICE/ACCOUNT/ID."""
    (row, _), (line, _) = (shell("track", "list", *more).stdout.splitlines() for more in (["--json"], []))
    assert "fryte/fryte/nope" == json.loads(row)["key"] == line.split("\t")[5]
