"""What the durations of similar jobs show: their kinds, their lower limit, and how often it pays to poll."""

import math
from statistics import NormalDist, fmean, median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobwait._polling.duration_model import CompletedJob, DurationModel, relative_duration
from jobwait._polling.durations.law import law_of
from jobwait._polling.durations.mixture import fitted
from support.waits import gaps_of, until, wait

SHARES = [(number + 0.5) / 30 for number in range(30)]
ONE_KIND = tuple(300 * math.exp(0.5 * NormalDist().inv_cdf(share)) for share in SHARES)
TWO_KINDS = tuple(kind * math.exp(0.2 * NormalDist().inv_cdf(share)) for kind in (30, 600) for share in SHARES[::2])
THREE_KINDS = tuple(kind * (1 + 0.1 * share) for kind in (20, 200, 2000) for share in SHARES[::3])
LOWER_LIMIT = tuple(20 * (1 - share) ** (-1 / 1.5) for share in SHARES)
MEMORYLESS = tuple(-300 * math.log(1 - share) for share in SHARES)
SAMPLES = [ONE_KIND, TWO_KINDS, THREE_KINDS, LOWER_LIMIT, MEMORYLESS, (100.0,) * 30, tuple(range(1, 11))]


def share_lasting(components, age):
    """The share of the jobs that last longer than *age*."""
    return math.fsum(component.weight * component.survival(age) for component in components)


def modelled(durations):
    """The duration model of jobs that lasted so long."""
    return DurationModel.of([CompletedJob(None, duration) for duration in durations], None)


@pytest.mark.parametrize("durations", SAMPLES)
def test_the_weights_of_a_mixture_add_up(durations):
    """To 1; and fewer jobs last to a higher age."""
    components = fitted(durations)
    assert 1 == pytest.approx(math.fsum(component.weight for component in components))
    lasting = [share_lasting(components, age) for age in (0, 1, 10, 100, 1000, 1e6)]
    assert sorted(lasting, reverse=True) == lasting
    assert 1 == pytest.approx(lasting[0], abs=0.01)


@pytest.mark.parametrize(
    ("durations", "medians"), [(TWO_KINDS, [30, 600]), (THREE_KINDS, [21, 210, 2100]), (ONE_KIND, []), (MEMORYLESS, [])]
)
def test_jobs_of_several_kinds_have_a_component_for_each(durations, medians):
    """Jobs of one kind have none that excludes durations which may well occur."""
    found = [component for component in fitted(durations) if component.excludes and component.weight > 0.1]
    assert medians == pytest.approx([component.age(0) for component in found], rel=0.1)


def test_a_sharp_lower_limit_is_found():
    """Most of the weight is on thresholds near the shortest duration; polls before it allow for other durations."""
    components = fitted(LOWER_LIMIT)
    assert sum(component.weight for component in components if component.threshold > 10) > 0.9
    assert share_lasting(components, 19) > 0.98
    law = law_of(LOWER_LIMIT)
    assert 1 < law.quantile(0.0, 0.1) - law.next_poll(0.0, 5.0) < 15


def test_polls_are_few_between_two_kinds():
    """A job that has outlasted the short ones is polled rarely until the long ones begin to end."""
    report = wait(until(600), history=[(None, duration) for duration in TWO_KINDS])
    between = [gap for at, gap in zip(report.polled_at, gaps_of(report.polled_at), strict=False) if 60 < at < 350]
    near = [gap for at, gap in zip(report.polled_at, gaps_of(report.polled_at), strict=False) if 500 < at < 600]
    assert fmean(between) > 1.3 * fmean(near)
    assert report.polls < 0.76 * 600 / 5


@pytest.mark.parametrize(("factor", "most"), [(0.25, 1.4), (4, 1.6)])
def test_a_wrong_history_of_two_kinds_costs_little(factor, most):
    """A job that ends where no job of the history did is polled nearly as often as without one."""
    report = wait(until(600), history=[(None, factor * duration) for duration in TWO_KINDS])
    late = [gap for at, gap in zip(report.polled_at, gaps_of(report.polled_at), strict=False) if 400 < at < 600]
    assert 5 < fmean(late) < most * 5


@pytest.mark.parametrize("durations", SAMPLES)
def test_the_law_is_the_same_in_every_unit(durations):
    """So that jobs of all sizes share one."""
    seconds, minutes = law_of(durations), law_of(tuple(duration / 60 for duration in durations))
    for age in (0.0, 10.0, 300.0, 5000.0):
        assert seconds.next_poll(age, 5.0) == pytest.approx(60 * minutes.next_poll(age / 60, 5.0 / 60), rel=1e-6)
        assert seconds.quantile(age, 0.5) == pytest.approx(60 * minutes.quantile(age / 60, 0.5), rel=1e-6)


def test_a_memoryless_job_is_polled_at_the_interval():
    """The ends of others say nothing of its own; so it needs the polls of a fixed interval, and has its delay."""
    law = law_of(MEMORYLESS)
    assert fmean(MEMORYLESS) == pytest.approx(law.effort, rel=0.1)
    assert 1 == pytest.approx(law.slowness, rel=0.1)
    assert 5 == pytest.approx(law.next_poll(300.0, 5.0) - 300.0, rel=0.2)


def test_a_narrow_history_saves_polls_and_delay():
    """Both are well below those of a fixed interval."""
    narrow = law_of(tuple(300 * math.exp(0.1 * NormalDist().inv_cdf(share)) for share in SHARES))
    assert narrow.effort < 0.5 * 300
    assert narrow.slowness < 0.7


@pytest.mark.parametrize("durations", [ONE_KIND, LOWER_LIMIT, MEMORYLESS])
def test_half_of_the_jobs_outlast_the_median(durations):
    """Which is the time that a job of age 0 lasts, by the history."""
    assert median(durations) == pytest.approx(modelled(durations).remaining(0.0).value, rel=0.25)


def test_a_job_that_outlasts_one_kind_is_of_the_other():
    """So its remaining time is that of the longer jobs."""
    left = modelled(TWO_KINDS).remaining(100.0)
    assert 50 < left.low < 400 < left.value < 600 < left.high < 1000


def test_a_jobs_size_says_how_long_it_takes_beside_the_others():
    """Nothing is said without its size, without theirs, or with too few of them."""
    sized = [CompletedJob(size, float(size)) for size in (50, 150) * 5]
    assert (0.5, 2.0) == pytest.approx([relative_duration(sized, size) for size in (50, 200)])
    unsized = [CompletedJob(None, 100.0)] * 10
    assert [1, 1, 1] == [
        relative_duration(sized, None),
        relative_duration(unsized, 50),
        relative_duration(sized[:9], 50),
    ]


@given(
    st.lists(st.floats(1e-8, 1e11) | st.sampled_from([1e-300, 1e300]), min_size=20, max_size=30), st.floats(1e-6, 1e6)
)
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_any_durations_make_a_finite_schedule(durations, size):
    """Whatever a history holds: the pause is within its limit, and the time that is left is finite."""
    duration_model = DurationModel.of([CompletedJob(1.0, duration) for duration in durations], size)
    for age in (0.0, 1e-9, 1.0, 1e3, 1e9):
        if duration_model is not None:
            left = duration_model.remaining(age)
            assert 0 <= duration_model.pause(age, 5.0, 50.0) <= 50
            assert 0 <= left.low <= left.value <= left.high < math.inf
