"""MaxRequests: the number of polls is kept whatever is known of the job, and the expected delay is told."""

import math
import re
from statistics import NormalDist, fmean

import pytest

from jobwait import MaxRequests
from support.waits import DONE, FREEPLAY, batch, counting, prompt, until, wait

SHARES = [(number + 0.5) / 30 for number in range(30)]
ONE_KIND = [500 * math.exp(0.4 * NormalDist().inv_cdf(share)) for share in SHARES]
TWO_KINDS = [kind * math.exp(0.2 * NormalDist().inv_cdf(share)) for kind in (100, 900) for share in SHARES[::2]]
ENDS = [30, 200, 600, 3_600, 20_000, 80_000]


def delays_told(report):
    """The delays that the updates of *report* expected, in seconds."""
    return [
        float(found[1]) for found in (re.search(r"seen about (\S+) s late", one.why) for one in report.updates) if found
    ]


@pytest.mark.parametrize("most", [20, 40])
@pytest.mark.parametrize("durations", [ONE_KIND, TWO_KINDS])
def test_with_a_history_the_number_is_kept(most, durations):
    """Within a tenth, on average over jobs like those of the history; the delay is about what the update says."""
    history = [(None, duration) for duration in durations]
    reports = [wait(until(end + 3), history=history, aim=MaxRequests(most)) for end in durations]
    assert most == pytest.approx(fmean(report.polls for report in reports), rel=0.1)
    late = fmean(report.polled_at[-1] - end - 3 for report, end in zip(reports, durations, strict=True))
    assert late == pytest.approx(delays_told(reports[-1])[0], rel=0.5)


@pytest.mark.parametrize("most", [20, 40])
def test_a_queue_before_the_run_takes_part_of_the_polls(most):
    """On average over short and long queues the number is kept within a tenth, and no run is missed."""
    polls, late = [], []
    for queue in (30, 300, 1_000):
        for run in ONE_KIND[::3]:

            def timeline(t, queue=queue, end=queue + run):
                return batch("QUEUED") if t < queue else DONE if t >= end else batch()

            report = wait(timeline, history=[(None, duration) for duration in ONE_KIND], aim=MaxRequests(most))
            polls.append(report.polls)
            late.append(report.polled_at[-1] - queue - run)
    assert most == pytest.approx(fmean(polls), rel=0.1)
    assert fmean(late) < 500 / most


@pytest.mark.parametrize("most", [10, 20, 40, 100])
@pytest.mark.parametrize("status", ["PROCESSING", "QUEUED"])
def test_without_an_estimate_the_number_is_not_exceeded(most, status):
    """However long the job takes, up to the deadline."""
    for end in ENDS:
        report = wait(until(end, batch(status)), aim=MaxRequests(most))
        assert report.outcome.state == "succeeded"
        assert report.polls <= 1.1 * most


@pytest.mark.parametrize("most", [1, 2, 3, 5])
def test_with_very_few_polls_the_delay_is_limited_instead(most):
    """To three times the duration of a job, after the first polls."""
    for end in ENDS:
        report = wait(until(end), aim=MaxRequests(most))
        assert report.polled_at[-1] < 4 * end + 5
        assert report.polls <= most + 2 + math.log2(end / 5)


@pytest.mark.parametrize("most", [20, 40])
def test_without_an_estimate_the_delay_is_a_share_of_the_duration(most):
    """Which the first update says, and which a job that ends at any moment has on average."""
    ends = [400 * 1.07**number for number in range(60)]
    reports = [wait(until(end), aim=MaxRequests(most)) for end in ends]
    told = int(re.search(r"seen about (\d+)% of its duration late", reports[0].updates[0].why)[1])
    shares = [(report.polled_at[-1] - end) / end for report, end in zip(reports, ends, strict=True)]
    assert told / 100 == pytest.approx(fmean(shares), rel=0.25)


@pytest.mark.parametrize("timeout", [None, 1e8])
def test_without_a_deadline_the_polls_last_a_day(timeout):
    """After that each poll is at twice the age of the one before."""
    for end in ENDS:
        assert wait(until(end), aim=MaxRequests(20), timeout=timeout).polls <= 22
    assert wait(until(30 * 86_400), aim=MaxRequests(20), timeout=timeout).polls <= 26


def test_the_reason_of_a_growing_interval_is_told():
    """It is the service's only at first."""
    states = lambda t: DONE if t >= 900 else batch("PENDING" if t < 100 else "PROCESSING")  # noqa: E731
    whys = [update.why for update in wait(states, aim=MaxRequests(20)).updates]
    assert "unless it reports progress" in whys[0]
    assert "the interval grows with the age of the job" in whys[1]


def test_short_jobs_of_unknown_duration_are_polled_at_the_interval():
    """With the first third of the polls."""
    assert [5, 10, 15, 20, 25, 30] == pytest.approx(wait(until(1_000), aim=MaxRequests(18)).polled_at[:6])


@pytest.mark.parametrize("most", [20, 40])
@pytest.mark.parametrize("step", [60, 150, 800])
@pytest.mark.parametrize("steps", [2, 4, 8])
def test_with_steps_the_number_is_kept(most, step, steps):
    """Also if the last step is shorter or longer than those before; there are polls left for it."""
    sent = []
    for factor in (0.6, 0.8, 1.0, 1.2, 1.4):
        last = (steps - 1) * step
        end = last + factor * step

        def timeline(t, end=end):
            return prompt("completed") if t >= end else prompt(step=min(steps, 1 + int(t // step)), steps=steps)

        report = wait(timeline, FREEPLAY, aim=MaxRequests(most), timeout=86_400)
        sent.append(report.polls)
        assert report.polls <= 1.1 * most
        assert sum(at > last for at in report.polled_at) >= 2
    assert fmean(sent) > 0.45 * min(most, steps * step / 5)


def test_with_steps_the_delay_is_told_once_a_step_has_ended():
    """In the first one nothing says how long one takes."""

    def timeline(t):
        return prompt("completed") if t >= 620 else prompt(step=min(4, 1 + int(t // 150)))

    report = wait(timeline, FREEPLAY, aim=MaxRequests(40))
    whys = [update.why for update in report.updates]
    assert [False, True, True, True, False] == ["late" in why for why in whys]  # the last one says that it has ended
    assert 5 < delays_told(report)[-1] < 30


def test_with_counts_the_delay_is_told():
    """Once they say how long the job takes."""
    report = wait(counting(600, 1000), aim=MaxRequests(20))
    assert 1 < delays_told(report)[-1] < 20
    assert report.polls <= 24
