"""The progress of a job as a curve: its axes, and what it cannot draw."""

import re

import pytest

from jobwait import Progress, Record
from jobwait._report.curve import curve
from jobwait._report.facts import facts_of_trace
from support.reports import BEGAN, add, poll


def drawn(*progress):
    """The curve of a job that was polled every 30 seconds and showed this progress."""
    record = Record()
    job = add(record, "job")
    for number, one in enumerate(progress):
        poll(job, BEGAN + 30 * number, "running", one)
    return curve(facts_of_trace(record.traces[0]))


def test_a_curve_of_shares_goes_from_nothing_to_all():
    """Its axis is in percent, its points are where the polls were, and its caption has the numbers."""
    html = drawn(Progress(0, 4), Progress(1, 4), None, Progress(4, 4))
    assert 'd="M0 96L333 73L1000 4"' in html
    assert ["100 %", "50 %", "0 %"] == re.findall(r"<span>([^<]+)</span>", html)
    assert "0 of 4 at the first of these polls, 4 of 4 at the last" in html
    assert re.findall(r'<span class="\w+" style="left:([\d.]+)%">([^<]+)<', html) == [
        ("0.0", "0"), ("16.7", "15 s"), ("33.3", "30 s"), ("50.0", "45 s"), ("66.7", "60 s"), ("83.3", "75 s"),
        ("100.0", "90 s"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("most", "labels"), [(0, ["2", "1", "0"]), (37, ["40", "20", "0"]), (2_000_000, ["2,000,000", "1,000,000", "0"])]
)
def test_a_curve_of_counts_without_a_total_has_a_round_top(most, labels):
    """The service does not say how much there is to do."""
    assert labels == re.findall(r"<span>([^<]+)</span>", drawn(Progress(0, None), Progress(most, None)))


def test_there_is_no_curve_of_one_point():
    """Nor of none: a job that reports no progress has no empty chart."""
    assert "" == drawn(None, Progress(3, 4), None) == drawn(None, None)


def test_a_curve_of_many_polls_keeps_its_ends():
    """At most some hundred points are drawn, the last poll among them."""
    points = re.search(r'class="curve" d="([^"]+)"', drawn(*(Progress(done, 999) for done in range(1000))))[1]
    assert 200 >= len(points.split("L")) > 100
    assert points.startswith("M0 96")
    assert points.endswith("L1000 4")
