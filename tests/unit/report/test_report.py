"""The report as a file: what is in it, in which order, and what is not."""

import re
from datetime import UTC, datetime

import pytest

from jobwait import Outcome, Progress, Record, errors, report, wait_all
from jobwait._httpx import httpx
from jobwait._recording.poll import RecordedPoll
from jobwait._recording.trace import MOST, Trace
from support.outline import Outline
from support.reports import BEGAN, add, end, many, poll, record
from support.services import PLAYED


def section(text, state):
    """The section of the jobs in *state*."""
    return re.search(rf'<section class="group is-{state}".*?</section>', text, re.DOTALL)[0]


def test_a_page_is_well_formed_and_loads_nothing(tmp_path):
    """Every element is closed; there is no script, no link to elsewhere, and a policy that forbids both."""
    text = many(60, tmp_path / "report.html").read_text("utf-8")
    elements = Outline(text)
    assert not {tag for tag, _ in elements.seen} & {"script", "img", "link", "iframe", "object", "a"}
    assert all(attrs["href"].startswith("#") for attrs in elements.named("use"))
    assert "default-src 'none'" in text
    assert not re.search(r"https?:|url\(|@import", text)


def test_each_symbol_that_is_used_is_defined_once(tmp_path):
    """No state is without its symbol, and no id is there twice."""
    elements = Outline(many(60, tmp_path / "report.html").read_text("utf-8"))
    ids = [attrs["id"] for _, attrs in elements.seen if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert {attrs["href"][1:] for attrs in elements.named("use")} <= set(ids)


def test_a_page_says_how_many_ended_how_often_was_polled_and_how_late_ends_were_seen(tmp_path):
    """In its first lines: jobs that have ended, all by state, polls, failed polls, lateness."""
    text = many(12, tmp_path / "report.html").read_text("utf-8")
    said = "12 promptforge jobs: 2 failed, 2 unreachable, 2 timed out, 2 canceled, 4 succeeded."
    assert f'<p class="lead">{said}</p>' in text
    assert "<dt>Polls</dt><dd><b>72</b><small>2 failed</small>" in text
    assert "<b>at most 10 s late</b><small>the latest of 8 ends; half of them within 4.5 s</small>" in text
    assert "2026-01-01 00:00:00 to 2026-01-01 00:01:11 UTC" in text


def test_problems_come_first_each_with_its_reason(tmp_path):
    """A group for each state, in the order of what needs to be looked at; a reason does not repeat the job's name."""
    path = report(record(6, why="promptforge job job-2 ended as FAILED: no credit."), tmp_path / "report.html")
    text = path.read_text("utf-8")
    order = ["failed", "unreachable", "timed_out", "canceled", "succeeded"]
    assert order == re.findall(r'class="group is-(\w+)"', text)
    assert '<span class="why">Ended as FAILED: no credit.</span>' in section(text, "failed")
    assert '<span class="why">promptforge job job-2 ended' in section(text, "timed_out")  # another job's name stays
    assert "why" not in section(text, "succeeded")
    assert "Timed out" in section(text, "timed_out")


def test_a_line_has_the_polls_and_when_the_end_was_and_was_seen(tmp_path):
    """A tick for each poll, a pin for each that failed, the symbol of the end, and the time until the end was seen."""
    text = many(7, tmp_path / "report.html").read_text("utf-8")
    lanes = re.findall(r'<span class="lane">(.*?)</span>', text)
    drawn = {
        name: sum(path.count("M") for lane in lanes for path in re.findall(rf'class="{name}" d="([^"]+)"', lane))
        for name in ("poll", "failed-poll", "late")
    }
    assert (7, {"poll": 41, "failed-poll": 1, "late": 3}) == (len(lanes), drawn)
    first = re.search(r'class="name">job-0</span><span class="lane">(.*?)</span>', text)[1]
    assert 5 == re.search(r'class="poll" d="([^"]+)"', first)[1].count("M")
    assert 1 == re.search(r'class="failed-poll" d="([^"]+)"', first)[1].count("M")
    assert 'class="sym succeeded" style="left:90.9%"' in first  # 60 of 66 seconds
    assert 'class="late" d="M848 4h61v10h-61z"' in first  # from 56 to 60
    assert "<i>, end seen: </i>4 s late<" in text
    assert "<i>, end seen: </i>at most 10 s late<" in text
    assert "2026-01-01 00:00:40 ReadTimeout: the response took too long" in text


def test_a_job_that_never_answered_is_drawn_neither_as_queued_nor_as_running(tmp_path):
    """It is in the group "no answer", with the last error; a job that was never polled says so, and has no bar."""
    made = Record()
    silent = add(made, "silent")
    for at in (10, 20):
        poll(silent, BEGAN + at, None, error=httpx.ConnectError("refused"))
    add(made, "new")
    text = report(made, tmp_path / "report.html").read_text("utf-8")
    ours = section(text, "no_answer")
    assert "No poll was answered; the last failed: ConnectError: refused" in ours
    assert ['no_answer" d="M500 9H1000'] == re.findall(r'class="(no_answer" d="[^"]+)"', ours)
    assert not re.search(r'path class="(queued|running|unknown)"', text)
    assert "Not polled" in section(text, "not_polled")
    assert "2 promptforge jobs: 1 without an answer, 1 never polled." in text


def test_the_state_between_two_polls_is_that_of_the_first(tmp_path):
    """What is drawn before the first poll is "not polled yet"; a poll that failed changes nothing."""
    made = Record()
    job = add(made, "job")
    for at, state, error in ((10, "queued", None), (40, "running", None), (60, None, httpx.ReadError("lost"))):
        poll(job, BEGAN + at, state, error=error)
    poll(job, BEGAN + 80, "unknown")
    poll(job, BEGAN + 100, "succeeded")
    end(job, "succeeded", BEGAN + 100)
    text = report(made, tmp_path / "report.html").read_text("utf-8")
    lane = re.search(r'<span class="lane">(.*?)</span>', text)[1]
    starts = re.findall(r'<path class="(\w+)" d="M(\d+) ', lane)
    assert [("not_polled", "0"), ("queued", "100"), ("running", "400"), ("unknown", "800")] == starts[:4]


def test_lines_after_the_fiftieth_of_a_group_are_folded(tmp_path):
    """By an element that needs no script; of few jobs nothing is folded."""
    text = many(6 * 60, tmp_path / "report.html").read_text("utf-8")
    ours = section(text, "failed")
    shown, folded = ours.split('<details class="more">')
    assert (50, 10) == (shown.count('class="name"'), folded.count('class="name"'))
    assert "<summary>10 more</summary>" in folded
    assert 'class="more"' not in many(60, tmp_path / "few.html").read_text("utf-8")


def test_the_page_of_thousands_of_jobs_is_small(tmp_path):
    """Under a kilobyte for each job, with forty polls each; the lines that are folded have no details."""
    made = Record()
    for number in range(3000):
        job = add(made, f"{number:036}", BEGAN + number)
        for turn in range(40):
            poll(job, BEGAN + number + turn * 30, "running", Progress(turn, 40))
        end(job, "succeeded", BEGAN + number + 1200)
    path = report(made, tmp_path / "report.html")
    assert 3_000_000 > path.stat().st_size
    assert 50 == path.read_text("utf-8").count("<figure>")


def test_markup_in_ids_reasons_and_titles_is_escaped(tmp_path):
    """Markup and control characters in ids, reasons and stages are shown as text."""
    evil = '{}"><script>alert(1)</script>\x1b[2J'
    made = record(6, name=evil, why=evil)
    staged = add(made, "staged")
    for turn in range(2):
        poll(staged, BEGAN + turn, "running", Progress(turn, 4, evil))
    text = report(made, tmp_path / "report.html", title=evil).read_text("utf-8")
    assert "script" not in {tag for tag, _ in Outline(text).seen}
    assert "\x1b" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_an_existing_file_is_replaced_only_with_overwrite(tmp_path):
    """A file that is there stays, unless it may be overwritten; a folder that is missing is a sentence."""
    path = tmp_path / "report.html"
    path.write_text("mine")
    with pytest.raises(errors.InvalidInput, match=r"report\.html is there already"):
        many(1, path)
    assert "mine" == path.read_text()
    report(record(1), path, overwrite=True)
    with pytest.raises(errors.InvalidInput, match="cannot be written"):
        many(1, tmp_path / "none" / "report.html")
    with pytest.raises(errors.InvalidInput, match="is a folder and is not replaced"):
        report(record(1), tmp_path, overwrite=True)
    assert [path] == list(tmp_path.iterdir())


def test_a_record_of_a_wait_has_every_poll(box, quick, tmp_path):
    """Polls are recorded for every service, and outcomes alone make a page too."""
    clients = [row.connect(getattr(box, row.name).key, base_url=getattr(box, row.name).url) for row in PLAYED]
    jobs = [row.submit(client) for row, client in zip(PLAYED, clients, strict=True)]
    kept = Record(jobs)
    outcomes = wait_all(jobs, policy=quick)
    for client in clients:
        client.close()
    assert [outcome.polls for outcome in outcomes] == [len(trace.polls) for trace in kept.traces]
    assert {"succeeded"} == {trace.polls[-1].state for trace in kept.traces}
    for what in (kept, outcomes):
        text = report(what, tmp_path / "report.html", overwrite=True).read_text("utf-8")
        assert 3 == section(text, "succeeded").count('class="name"')


def test_a_record_of_many_polls_is_bounded():
    """Of a job that is polled for ever, the newest polls stay and some of the older ones are dropped."""
    trace = record(1).traces[0]
    bounded = Trace(trace.job_state)
    for at in range(1, 5 * MOST + 1):
        bounded.add(RecordedPoll(at=float(at), state="running"))
    assert len(bounded.polls) <= MOST
    assert (1.0, 5.0 * MOST) == (bounded.polls[0].at, bounded.polls[-1].at)
    assert bounded.thinned


@pytest.mark.parametrize(
    ("services", "said"),
    [
        (["promptforge"] * 4, "4 promptforge jobs: 4 succeeded."),
        (["fryte"], "1 fryte job: 1 succeeded."),
        (["fryte", "promptforge"], "2 jobs: 2 succeeded."),
        (["<i>"], "1 &lt;i&gt; job: 1 succeeded."),
    ],
)
def test_the_summary_names_the_service_that_all_jobs_have(tmp_path, services, said):
    """The head of the list does too, but a screen reader skips that, and the lines have ids alone."""
    at = datetime.fromtimestamp(BEGAN, UTC)
    outcomes = [Outcome(name, "j", "succeeded", None, None, 1, 0, at, at) for name in services]
    text = report(outcomes, tmp_path / "report.html").read_text("utf-8")
    assert f'<p class="lead">{said}</p>' in text


def test_a_page_without_jobs_says_so(tmp_path):
    """An empty list makes a page too."""
    assert "There are no jobs in this report." in report([], tmp_path / "report.html").read_text("utf-8")
