"""When to poll next: the guarantee, the rules, histories and aims."""

import math
import random
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobwait import DelayPerRequest, Lateness, MaxRequests
from jobwait._polling.duration_model import HISTORY_SIZE, MIN_JOBS, CompletedJob, DurationModel, InMemoryHistory
from support.waits import (
    DONE,
    FREEPLAY,
    FRYTE,
    PROMPTFORGE,
    World,
    batch,
    counting,
    gaps_of,
    prompt,
    scripted,
    tour,
    until,
    wait,
)

ACCURATE = [CompletedJob(100, 300.0 + number, progress_accurate=True) for number in range(30)]


@given(st.lists(st.integers(0, 100), min_size=1, max_size=40), st.integers(100, 1500))
@settings(max_examples=25, deadline=None, derandomize=True, database=None)
def test_no_interval_exceeds_the_guarantee(counts, end):
    """Whatever a job reports, an interval is at most 1.2 times the mean so far, half the age, or the service's."""
    counted = iter(counts)
    report = wait(lambda t: DONE if t >= end else batch(done=next(counted, counts[-1])))
    for number, (at, gap) in enumerate(zip(report.polled_at, gaps_of(report.polled_at), strict=False), 1):
        assert gap <= max(5, min(at / 2, 1.2 * at / number)) + 1e-6
        assert gap >= 1
    assert all(at >= 5 * number - 1e-6 for number, at in enumerate(report.polled_at))


def test_even_counts_need_fewer_polls_and_less_delay():
    """The end is found within about a second, with fewer polls than at the interval."""
    report = wait(counting(600, 1000))
    assert report.polls < 0.65 * 600 / 5
    assert report.polled_at[-1] - 600 < 1.5


def test_without_progress_and_history_every_interval_is_the_services():
    """For each service."""
    assert [pytest.approx(5)] * 19 == gaps_of(wait(until(100)).polled_at)
    assert [pytest.approx(3)] * 5 == gaps_of(
        wait(lambda t: tour("succeeded" if t > 16 else "running"), FRYTE).polled_at
    )


def test_a_step_before_the_last_is_polled_less():
    """The job cannot end in it; the polls saved go to the last step."""
    report = wait(lambda t: prompt("completed") if t >= 400 else prompt(step=1 + int(t // 100)), FREEPLAY)
    before = [at for at in report.polled_at if at < 300]
    after = [at for at in report.polled_at if at >= 300]
    assert max(gaps_of(before)) > 7
    assert fmean(gaps_of(after)) < 5


def test_a_history_delays_the_first_poll():
    """At most by six tenths of the shortest duration, or five intervals."""
    history = [(None, 200.0 + number) for number in range(30)]
    assert 115 < wait(until(210), history=history).polled_at[0] <= 120
    short = [(None, 20.0 + number / 10) for number in range(30)]
    assert 5 < wait(until(21), history=short).polled_at[0] <= 25


def test_durations_scale_with_the_size():
    """A job twice as large is expected to take twice as long."""
    small = DurationModel.of([CompletedJob(100, 50.0 + number) for number in range(30)], 100)
    large = DurationModel.of([CompletedJob(100, 50.0 + number) for number in range(30)], 200)
    assert (2 * small.mean, 2 * small.shortest) == (pytest.approx(large.mean), large.shortest)


def test_a_duration_model_needs_ten_jobs():
    """With fewer, those of one of two kinds may not be among them."""
    completed_jobs = [CompletedJob(None, 10.0 + number) for number in range(MIN_JOBS)]
    assert DurationModel.of(completed_jobs, None) is not None
    assert DurationModel.of(completed_jobs[1:], None) is None


def test_a_history_stores_the_last_30_jobs():
    """Older ones are dropped."""
    process_history = InMemoryHistory([CompletedJob(None, 1.0)] * 50)
    process_history.add(CompletedJob(None, 2.0))
    assert (HISTORY_SIZE, 2.0) == (len(process_history.completed_jobs()), process_history.completed_jobs()[-1].duration)


def test_a_job_that_ended_before_its_first_poll_clears_the_history():
    """The older durations no longer apply."""
    process_history = InMemoryHistory([CompletedJob(None, 200.0 + number) for number in range(30)])
    wait(until(20), history=process_history)
    assert process_history.completed_jobs()[-1].early
    assert DurationModel.of(process_history.completed_jobs(), None) is None


def test_a_wait_adds_to_its_history():
    """The size, the run alone if the service has a queue phase, and whether the counts were accurate."""
    process_history = InMemoryHistory()
    wait(lambda t: batch("QUEUED") if t < 100 else counting(400)(t), history=process_history)
    completed_job = process_history.completed_jobs()[0]
    assert (100, True, False) == (completed_job.size, completed_job.progress_accurate, completed_job.early)
    assert completed_job.duration == pytest.approx(300, abs=15)


def test_failed_jobs_and_jobs_with_steps_are_not_in_the_history():
    """Nor those that somebody else submitted."""
    process_history = InMemoryHistory()
    wait(until(60, after=batch("FAILED")), history=process_history)
    wait(lambda t: prompt("completed") if t > 60 else prompt(step=2), FREEPLAY, history=process_history)
    assert process_history.completed_jobs() == ()


def test_accurate_counts_in_the_history_save_polls():
    """If nine of the last ten were accurate: less than half the polls."""
    unproven, trusted = wait(counting(320)), wait(counting(320), history=ACCURATE)
    assert trusted.polls < unproven.polls / 2
    inaccurate = [CompletedJob(100, 300.0 + number, progress_accurate=number % 2 == 0) for number in range(30)]
    assert wait(counting(320), history=inaccurate).polled_at == unproven.polled_at


def test_counts_that_stop_before_the_end_are_not_accurate():
    """However near the end comes to the estimate."""
    process_history = InMemoryHistory()
    wait(lambda t: DONE if t > 300 else batch(done=min(99, int(t))), history=process_history)
    assert process_history.completed_jobs()[0].progress_accurate is False


def test_no_interval_exceeds_max_interval():
    """Ten minutes, unless the caller gives another."""
    assert 600 >= max(gaps_of(wait(until(80_000, batch("QUEUED")), timeout=None).polled_at))
    assert 60 >= max(gaps_of(wait(until(9_000, batch("QUEUED")), timeout=None, max_interval=60).polled_at))


@pytest.mark.parametrize(("aim", "seconds"), [(Lateness(2), 2), (Lateness(4), 4), (Lateness(8), 8)])
def test_lateness_is_reached_on_average(aim, seconds):
    """Lateness(x): the end is seen about x seconds after it, without further polls."""
    ends = [300 + 7.3 * number for number in range(24)]
    late = [wait(counting(end, 3000), aim=aim).polled_at[-1] - end for end in ends]
    assert seconds / 3 < fmean(late) < 1.5 * seconds


def test_a_higher_delay_per_request_means_fewer_polls():
    """DelayPerRequest(c): the more delay a request is worth, the fewer there are."""
    polls = [wait(until(3600), aim=DelayPerRequest(seconds)).polls for seconds in (1, 25, 100)]
    assert polls[0] > polls[1] > polls[2]


def test_max_interval_limits_an_aim_if_both_are_given():
    """An aim alone removes the default max_interval."""
    queued = until(90_000, batch("QUEUED"))
    alone = wait(queued, timeout=None, aim=Lateness(1200)).polled_at
    both = wait(queued, timeout=None, aim=Lateness(1200), max_interval=900).polled_at
    assert max(gaps_of(alone)) > 2000
    assert max(gaps_of(both)) == pytest.approx(900)


@pytest.mark.parametrize(
    "completed_job", [(100, -5.0), (100, 0.0), (100, math.nan), (-100, 50.0), (0, 50.0), (100, math.inf)]
)
def test_impossible_durations_and_sizes_are_ignored(completed_job):
    """Wherever they come from."""
    assert "succeeded" == wait(until(100), history=[completed_job] * 30).outcome.state
    process_history = InMemoryHistory()
    for total in (-5, 0, 10**400):
        wait(until(60, batch(total=total, done=1), batch("COMPLETED", 1, total)), history=process_history)
    assert [None] * 3 == [completed_job.size for completed_job in process_history.completed_jobs()]


def test_an_aim_never_shortens_the_services_interval():
    """The first update says that the interval forbids what the aim asks for."""
    report = wait(until(60), aim=Lateness(0.5))
    assert wait(until(60)).polled_at == report.polled_at
    assert "the interval forbids" in report.updates[0].why


FORBIDDEN = [
    (Lateness(0.3), 300, []),
    (DelayPerRequest(0.01), 300, []),
    (MaxRequests(14), 60, []),
    (MaxRequests(14), None, [60]),
]
ALLOWED = [
    *((Lateness(10), 300, []), (DelayPerRequest(25), 300, []), (MaxRequests(13), 60, [])),
    *((MaxRequests(1000), None, []), (MaxRequests(13), None, [60]), (None, 300, [])),
]


@pytest.mark.parametrize(
    ("aim", "timeout", "durations", "forbidden"),
    [*((*one, True) for one in FORBIDDEN), *((*one, False) for one in ALLOWED)],
)
@pytest.mark.parametrize("submitted", [True, False])
def test_an_aim_that_the_interval_forbids_is_named_in_the_first_update(aim, timeout, durations, forbidden, submitted):
    """Of each kind, by what is known then, and whenever the first poll is sent; without an interval the minimum one."""
    for interval, name in ((5.0, "the interval"), (None, "the minimum interval")):
        history = InMemoryHistory(CompletedJob(None, float(duration)) for duration in durations * 20)
        world = World(until(60), history=history, started=None, submitted=submitted)
        world.wait(aim=aim, timeout=timeout, interval=interval, min_interval=5.0)
        assert forbidden == (f"; {name} forbids polls" in world.updates[0].why), world.updates[0].why


def test_the_duration_model_is_finite_at_every_age():
    """Pause and remaining time, from the first second to a million times the mean."""
    duration_model = DurationModel.of(
        [CompletedJob(None, duration) for duration in (5, 8, 9, 10, 10, 11, 12, 14, 20, 30)], None
    )
    for age in (0.0, 1e-9, 0.1, 1, 10, 100, 1e4, 1e7):
        assert 0 < duration_model.pause(age, 5.0, 20.0) <= 20
        left = duration_model.remaining(age)
        assert 0 <= left.low <= left.value <= left.high < math.inf


def test_equal_durations_make_a_duration_model():
    """A standard deviation of 0 divides nothing."""
    assert wait(until(100), history=[(None, 100.0)] * 30).outcome.state == "succeeded"


def test_the_schedule_is_deterministic():
    """The same job is polled at the same times in every run."""
    dice = random.Random(1)
    ends = [dice.uniform(10, 600) for _ in range(3)]
    assert [wait(counting(end)).polled_at for end in ends] == [wait(counting(end)).polled_at for end in ends]


def test_unknown_sizes_are_not_scaled():
    """The duration model is that of the durations alone."""
    duration_model = DurationModel.of([CompletedJob(None, 10.0 + number) for number in range(12)], 100)
    assert duration_model.shortest == 10
    assert PROMPTFORGE.size is not None
    assert scripted(DONE)(0) is DONE
