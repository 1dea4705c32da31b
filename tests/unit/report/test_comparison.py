"""The fixed interval that the report puts beside a record: as many polls, and how late it sees the ends."""

import math
import statistics

import pytest

from jobwait._report.comparison import compared
from jobwait._report.facts import Facts

DURATIONS = (40.0, 95.0, 300.0, 1210.0, 33.0)


def job(took, polls, late=(4.0, 4.0), state="succeeded"):
    """A job that ended after *took* seconds."""
    seen = took + sum(late) / 2
    return Facts(service="s", job_id="j", state=state, span=(0.0, seen), polls=polls, errors=0, late=late)


def test_the_fixed_interval_sends_as_many_polls():
    """Averaged over when its first poll is, a poll every so many seconds is sent as often as was recorded."""
    found = compared([job(took, 7) for took in DURATIONS])
    phases = [(turn + 0.5) / 1000 * found.interval for turn in range(1000)]
    sent = [1 + max(0, math.ceil((took - phase) / found.interval)) for took in DURATIONS for phase in phases]
    assert pytest.approx(35, rel=0.01) == sum(sent) / len(phases)
    assert 35 == found.polls


def test_the_fixed_interval_sees_ends_within_itself():
    """Half of them within half of it, all within the whole, as a count over all phases confirms."""
    found = compared([job(took, 7) for took in DURATIONS])
    late = []
    for took in DURATIONS:
        for turn in range(1000):
            phase = (turn + 0.5) / 1000 * found.interval
            late.append(phase + max(0, math.ceil((took - phase) / found.interval)) * found.interval - took)
    assert pytest.approx(found.fixed.half, rel=0.02) == statistics.median(late)
    assert pytest.approx(found.fixed.worst, rel=0.02) == max(late)


def test_an_end_between_two_polls_counts_as_in_their_middle_and_at_worst_after_the_first():
    """What is known of it is two bounds: the median takes the middle, the worst the later one."""
    found = compared([job(100, 5, (2.0, 2.0)), job(100, 5, (0.0, 20.0)), job(100, 5, (0.0, 8.0))])
    assert (4.0, 20.0) == (found.recorded.half, found.recorded.worst)
    assert (2.0, 4.0, 10.0) == found.each
    assert not found.exact
    assert compared([job(100, 5)]).exact


def test_jobs_without_a_known_end_are_not_compared():
    """They are in neither line; nothing is compared where no end is known, or each was seen by the first poll."""
    known, open_one = job(100, 11), job(900, 40, (0.0, 0.0))
    unknown = Facts(service="s", job_id="j", state="timed_out", span=(0.0, 900.0), polls=40, errors=0)
    assert (1, 11, 10.0) == ((found := compared([known, unknown])).jobs, found.polls, found.interval)
    assert 2 == compared([known, open_one]).jobs
    assert compared([unknown]) is None
    assert compared([job(100, 1)]) is None
    assert compared([]) is None
