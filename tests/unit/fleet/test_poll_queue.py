"""Which job is polled next when the rate limit is too low for all."""

import math
from collections import Counter
from types import SimpleNamespace

import pytest
from attrs import define

from jobwait._model.types import Progress
from jobwait._polling.duration_model import CompletedJob, InMemoryHistory
from jobwait._polling.progress_estimate import ProgressHistory
from jobwait.fleet.fleet_job import FleetJob
from jobwait.fleet.poll_queue import LOOK, SELECTED, PollQueue, priority


@define(eq=False)
class QueuedJob:
    name: str
    gap: float = 5.0
    weight: float = 1.0
    last: float = 0.0
    max_interval: float = math.inf
    expires: float = math.inf
    interval: float = 10.0  # the service's
    factor: float = 1.0
    queued: bool = False
    in_line: bool = False


def simulated(ones, per_second, seconds):
    """The polls of each job, and its longest interval, at *per_second* polls for all."""
    poll_queue, counts, longest = PollQueue(), Counter(), Counter()
    for one in ones:
        poll_queue.join(one)
    for number in range(int(per_second * seconds)):
        now = number / per_second
        one = poll_queue.first(now)
        longest[one.name] = max(longest[one.name], now - one.last)
        counts[one.name] += 1
        one.last = now
        poll_queue.join(one)
    return counts, longest


@pytest.mark.parametrize(("weight", "gap", "more"), [(4.0, 5.0, 2.0), (1.0, 2.5, 2.0), (9.0, 10.0, 1.5)])
def test_poll_rates_are_proportional_to_the_root_of_weight_and_hazard(weight, gap, more):
    """A weight of 4 doubles the polls; so does half the interval, which means four times the hazard."""
    usual = [QueuedJob(f"usual {number}") for number in range(40)]
    counts, _ = simulated([*usual, QueuedJob("special", gap=gap, weight=weight)], 5.0, 2000)
    assert counts["special"] / counts["usual 7"] == pytest.approx(more, rel=0.1)


def test_priority_queue_polls_a_job_past_its_max_interval_first():
    """A job of tiny weight is still polled within its max_interval."""
    ones = [QueuedJob(f"{number}", weight=100.0) for number in range(20)]
    _, longest = simulated([*ones, QueuedJob("meek", weight=1e-6, max_interval=60.0)], 2.0, 600)
    assert longest["meek"] <= 61


def test_a_job_near_its_deadline_has_the_highest_priority():
    """It gets its last poll."""
    late = QueuedJob("late", expires=12.0)
    assert priority(late, 8.0) == math.inf
    assert priority(late, 5.0) < math.inf


def test_jobs_of_equal_priority_are_polled_in_turn():
    """None waits much longer than the others."""
    counts, longest = simulated([QueuedJob(f"{number}") for number in range(50)], 5.0, 100)
    assert {10} == set(counts.values())
    assert max(longest.values()) <= 10.5


def test_short_jobs_are_polled_more_often_than_long_ones_at_the_same_share_of_their_duration():
    """The hazard of a job a quarter as long is four times that of the other; so it is polled twice as often."""
    usual = [QueuedJob(f"usual {number}") for number in range(40)]
    counts, _ = simulated([*usual, QueuedJob("short", factor=0.5)], 5.0, 2000)
    assert counts["short"] / counts["usual 7"] == pytest.approx(2, rel=0.1)


def test_a_job_that_could_not_end_before_is_polled_soon_once_it_can():
    """After an interval beyond the service's the priority rises as after the service's."""
    silent, usual = QueuedJob("silent", gap=100.0, interval=5.0), QueuedJob("usual", last=90.0)
    assert priority(silent, 100.0) < priority(usual, 100.0)
    assert priority(silent, 105.0) == pytest.approx(2)
    assert priority(QueuedJob("rare", gap=10.0), 105.0 - 90.0) == pytest.approx(1.5)


def test_a_selection_compares_a_few_thousand_jobs():
    """An event loop is not held for longer, however many polls are due; none waits for long."""
    compared = []

    class Compared(QueuedJob):
        def __getattribute__(self, name):
            if name == "expires":  # priority() reads it once
                compared.append(self)
            return super().__getattribute__(name)

    poll_queue, count = PollQueue(), 3 * LOOK
    for number in range(count):
        poll_queue.join(Compared(f"{number}"))
    polled = set()
    for _ in range(SELECTED):  # each time that all of them have been compared, an eighth of them is polled
        before = len(compared)
        polled.add(poll_queue.first(2.0))
        assert len(compared) - before <= LOOK
    while len(poll_queue):
        polled.add(poll_queue.first(2.0))
    assert count == len(polled)


def test_a_job_that_is_in_a_hurry_is_the_next():
    """However many polls are due; once."""
    poll_queue, late = PollQueue(), QueuedJob("late")
    for number in range(LOOK + 1):
        poll_queue.join(QueuedJob(f"{number}"))
    poll_queue.first(2.0)
    poll_queue.hurry(late)
    assert late is poll_queue.first(2.0)
    assert late is not poll_queue.first(2.0)
    assert LOOK - 1 == len(poll_queue)


@pytest.mark.parametrize(
    ("progress", "size", "factor"),
    [(None, 25.0, 0.5), (None, 100.0, 1.0), (Progress(1, 25), 25.0, 1.0), (None, None, 1.0)],
)
def test_a_size_compares_the_intervals_of_jobs_without_counts(progress, size, factor):
    """By the root of the duration that it means; counts tell more."""
    history = InMemoryHistory([CompletedJob(100.0, 60.0)] * 10)
    job_state = SimpleNamespace(progress_history=ProgressHistory(progress=progress, size=size), history=history)
    job = SimpleNamespace(job_state=job_state, size=None, factor=1.0)
    FleetJob.compare(job)
    assert factor == pytest.approx(job.factor)
