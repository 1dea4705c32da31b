"""What is said once jobs have ended, and which updates a log has a line for."""

import re
from datetime import UTC, datetime, timedelta

import attrs
import pytest

from jobwait import Outcome, Progress, Update, errors
from jobwait._display.endings import reasons, summary
from jobwait._display.facts import reason_of
from jobwait._display.news import NewsFilter
from jobwait._display.terminal import write_update
from jobwait.testing import virtual_time

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
RUNNING = Update("running", "R", None, Progress(1, 4), next_poll=5.0, why="interval", service="fryte", job_id="a")


def ended(number, text, state="failed", service="fryte"):
    """The outcome of a job that did not succeed; *text* has {} for the job's id."""
    job_id = f"job-{number}"
    error = errors.JobFailed(text.format(job_id), service=service, job_id=job_id)
    return Outcome(service, job_id, state, None, error, 3, 0, BEGAN, BEGAN + timedelta(seconds=number))


def names(outcomes):
    return {(one.service, one.job_id): f"{one.service}:{one.job_id}" for one in outcomes}


def test_jobs_with_one_reason_are_told_in_one_sentence():
    """It has the names of all; a job with a reason of its own has its own sentence."""
    found = [ended(number, "fryte job {} ended as failed: no route. Plan anew.") for number in range(3)]
    found.insert(1, ended(7, "fryte job {} ended as failed: no car. Buy one."))
    assert [
        "3 fryte jobs, each: ended as failed: no route. Plan anew. These are fryte:job-0, fryte:job-1, fryte:job-2.",
        "fryte job job-7 ended as failed: no car. Buy one.",
    ] == reasons(found, names(found))


def test_what_differs_from_job_to_job_is_no_other_reason():
    """Such as how long a job was waited for, and an id within a sentence; another service is another reason."""
    text = "fryte job {} was still running after {} s (3 polls). It was not canceled."
    found = [ended(number, text.replace("{} s", f"{number}.5 s"), "timed_out") for number in range(12)]
    found += [ended(1, "The wait for fryte job {} was ended by stop().", service="other")]
    several, one = reasons(found, names(found))
    assert several.startswith("12 fryte jobs, each: was still running. It was not canceled. These are fryte:job-0, ")
    assert several.endswith("fryte:job-9 and 2 more.")
    assert "The wait for fryte job job-1 was ended by stop()." == one


@pytest.mark.parametrize(
    ("states", "left", "seconds", "line"),
    [
        (["succeeded"] * 48 + ["failed", "canceled"] * 6, 0, 140.0,
         "60 jobs: 48 succeeded, 6 failed, 6 canceled in 2 min 20 s"),
        (["timed_out"], 2, 4.21, "3 jobs: 1 timed out, 2 not waited for to the end in 4.2 s"),
        ([], 2, 7200.0, "2 jobs: 2 not waited for to the end in 2 h 00 min"),
    ],
)  # fmt: skip
def test_the_sum(states, left, seconds, line):
    """How many jobs ended how, successes first, and in which time."""
    assert line == summary(states, left, seconds)


def test_a_log_has_changes_and_the_two_ends_of_an_outage():
    """A poll that shows nothing new is no line, nor is the second failed poll in a row; each job by itself."""
    failing = attrs.evolve(RUNNING, failures=1, failure="no answer (timeout)")
    told = [
        RUNNING,
        RUNNING,
        attrs.evolve(RUNNING, job_id="b"),
        failing,
        attrs.evolve(failing, failures=2),
        RUNNING,
        attrs.evolve(RUNNING, next_poll=9.0),
        attrs.evolve(RUNNING, progress=Progress(2, 4)),
        attrs.evolve(RUNNING, terminal=True),
    ]
    news = NewsFilter()
    assert [True, False, True, True, False, True, False, True, True] == [news.is_news(update) for update in told]


def test_a_reason_is_told_without_what_the_line_has():
    """Neither the job nor its status again, whatever characters are in them; a narrow row has no next step either."""
    job_id, raw = "a\x1bb", "FAI\x1bLED"
    why = str(errors.JobFailed(f"fryte job {job_id} ended as {raw}: no credit. Fix the cause, then submit it again."))
    update = Update("failed", raw, None, terminal=True, why=why, service="fryte", job_id=job_id)
    assert r"failed (FAI\x1bLED): no credit. Fix the cause, then submit it again." == str(update)
    assert "no credit." == reason_of(update)
    unread = attrs.evolve(update, why=f"fryte job {job_id} ended as {raw}, but the rest of the response is no JSON.")
    assert r"failed (FAI\x1bLED): but the rest of the response is no JSON." == str(unread)


def test_a_note_is_told_once():
    """The poll that has a note is a line, and the next one that shows the same is none; in an outage and after it."""
    failing = attrs.evolve(RUNNING, failures=4, failure="no answer (timeout)")
    told = [
        RUNNING,
        attrs.evolve(RUNNING, note="the service's count went back from 1 to 0"),
        RUNNING,
        failing,
        attrs.evolve(failing, failures=5, note="5 polls in a row failed"),
        attrs.evolve(failing, failures=6),
        attrs.evolve(failing, failures=7),
    ]
    news = NewsFilter()
    assert [True, True, False, True, True, False, False] == [news.is_news(update) for update in told]


def test_a_plain_line_begins_with_its_time(capsys):
    """The local time at which it was written, as the seconds to the next poll count from it; no line break is left."""
    with virtual_time():
        write_update(attrs.evolve(RUNNING, raw_status="a\nb\x1b[2J"))
    line = capsys.readouterr().err
    assert re.fullmatch(
        r"\d\d:\d\d:\d\d fryte:a running \(a\\nb\\x1b\[2J\) 1 of 4; next poll in 5 s \(interval\)\n", line
    )


def test_a_job_that_goes_on_is_not_named_twice():
    """The command that goes on follows with the names, and is the advice; a job that was not found is said to be so."""
    text = "fryte job {} was still running after 9 s (3 polls). It was not canceled; wait again with a longer timeout."
    found = [ended(number, text, "timed_out") for number in range(2)]
    left = list(names(found))
    assert ["2 fryte jobs, each: was still running."] == reasons(found, names(found), left)
    assert ["fryte job job-0 was still running after 9 s (3 polls)."] == reasons(found[:1], names(found), left)
    error = errors.JobNotFound("fryte job job-0: the service responded with 404.", service="fryte", job_id="job-0")
    lost = attrs.evolve(found[0], state="unreachable", error=error)
    assert ["fryte job job-0 was not found: the service responded with 404."] == reasons([lost], names(found))
