"""The report as a file: what is in it, and what is not."""

import re
from html.parser import HTMLParser

import pytest

from jobwait import Record, errors, report, wait_all
from jobwait._polling.observation import Observation
from jobwait._report.record import MOST, Trace
from support.reports import many, record
from support.services import PLAYED


class Outline(HTMLParser):
    """The elements of a page; each must be closed in order."""

    VOID = frozenset({"meta", "input", "line", "rect", "circle", "polyline"})

    def __init__(self, text):
        super().__init__()
        self.open, self.seen = [], []
        self.feed(text)
        assert [] == self.open

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert tag == self.open.pop()


def test_a_page_is_well_formed_and_loads_nothing(tmp_path):
    """Every element is closed; there is no script, no link to elsewhere, and a policy that forbids both."""
    text = many(60, tmp_path / "report.html").read_text("utf-8")
    elements = Outline(text).seen
    assert not {tag for tag, _ in elements} & {"script", "img", "link", "iframe", "object"}
    assert all(attrs["href"].startswith("#job-") for tag, attrs in elements if tag == "a")
    assert "default-src 'none'" in text
    assert not re.search(r"https?:|url\(|@import", text)


def test_a_page_shows_totals_rows_polls_and_lateness(tmp_path):
    """Totals, a row for each job, when it was polled, how late its end was seen, and which polls failed."""
    text = many(7, tmp_path / "report.html").read_text("utf-8")
    assert "7 jobs, 42 polls, 1 errors, ends seen at most 10 s late (median), 10 s (worst)" in text
    assert 7 == text.count('<th scope="row">')
    assert 42 == text.count('<line class="poll')
    assert 1 == text.count('class="poll failed-poll"')
    assert "2026-01-01 00:00:40 ReadTimeout: the response took too long" in text
    assert "<td>4 s late</td>" in text
    assert "<td>at most 10 s late</td>" in text
    assert 3 == text.count('class="late"')


def test_markup_in_ids_and_reasons_is_escaped(tmp_path):
    """Markup and control characters in ids and reasons are shown as text."""
    evil = '{}"><script>alert(1)</script>\x1b[2J'
    path = report(record(6, name=evil, why=evil), tmp_path / "report.html", title=evil)
    text = path.read_text("utf-8")
    assert "script" not in {tag for tag, _ in Outline(text).seen}
    assert "\x1b" not in text


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
        assert 3 == text.count('<th scope="row">')


def test_a_record_of_many_polls_is_bounded():
    """Of a job that is polled for ever, the newest polls stay and some of the older ones are dropped."""
    trace = record(1).traces[0]
    bounded = Trace(trace.job_state)
    for at in range(1, 5 * MOST + 1):
        bounded.add(Observation("running", wall=float(at)))
    assert len(bounded.polls) <= MOST
    assert (1.0, 5.0 * MOST) == (bounded.polls[0].at, bounded.polls[-1].at)
    assert bounded.thinned
