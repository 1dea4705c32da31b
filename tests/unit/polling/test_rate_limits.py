"""The rate limits of one account: spread, lowered at a refusal, raised again slowly, shared."""

import gc
import math
import random
from itertools import pairwise

import pytest

from jobwait import Limit, fryte, promptforge
from jobwait._polling.rate_limits import LIST, POLL, AccountLimits, in_memory, name_of
from jobwait._polling.token_bucket import MIN_RATE, RECOVERY, TokenBucket
from jobwait.errors import InvalidInput


def sent(bucket, seconds, start=0.0):
    """When a caller that never rests gets through."""
    now, times = start, []
    while True:
        wait = bucket.wait(now)
        now += max(wait, 0.0)
        if now >= start + seconds:
            return times
        bucket.take(now)
        times.append(now)


@pytest.mark.parametrize(("requests", "seconds"), [(1, 1.0), (20, 1.0), (120, 60.0), (7, 0.5)])
def test_no_window_has_more_requests_than_the_limit(requests, seconds):
    """Whenever a window begins; and nearly all of the limit is used."""
    times = sent(TokenBucket.of(Limit(requests, seconds)), 10 * seconds)
    most = max(sum(one <= other < one + seconds for other in times) for one in times)
    assert most <= requests
    assert len(times) >= 10 * max(1, requests - 1)


def test_the_first_requests_are_spread():
    """An unused bucket allows no burst: a thousand jobs that begin together are not polled together."""
    times = sent(TokenBucket.of(Limit(10)), 2.0, start=1000.0)
    assert min(later - one for one, later in pairwise(times)) > 0.1


def test_a_refusal_halves_the_rate_which_recovers_in_a_minute():
    """After a 429 the rate is halved, and grows back linearly."""
    bucket = TokenBucket.of(Limit(101))
    sent(bucket, 5.0)
    bucket.refused(5.0, None)
    speeds = [len(sent(bucket, 1.0, start)) for start in (6.0, 20.0, 36.0, 5.0 + RECOVERY + 2)]
    assert speeds == sorted(speeds)
    assert 45 <= speeds[0] <= 60
    assert 98 <= speeds[-1] <= 100


def test_refusals_at_the_same_time_count_once():
    """Ten requests in flight at the first 429 lower the rate once."""
    bucket = TokenBucket.of(Limit(101))
    sent(bucket, 5.0)
    for _ in range(10):
        bucket.refused(5.0, None)
    assert bucket.rate == pytest.approx(50, rel=0.05)


def test_retry_after_blocks_the_account():
    """Nothing is sent before it has passed, and then not all at once."""
    bucket = TokenBucket.of(None)
    sent_before = [bucket.take(moment / 100) for moment in range(100)]
    assert len(sent_before) == 100
    bucket.refused(1.0, 30.0)
    times = sent(bucket, 40.0, start=1.0)
    assert times[0] >= 31.0
    assert times[1] - times[0] > 0.01


def test_a_refusal_without_a_limit_halves_the_actual_rate():
    """For an account without a documented limit."""
    bucket = TokenBucket.of(None)
    for moment in range(1000):
        bucket.take(moment / 100)
    bucket.refused(10.0, None)
    assert bucket.rate == pytest.approx(50, rel=0.2)


def test_the_rate_stays_above_a_minimum():
    """However many refusals."""
    bucket = TokenBucket.of(Limit(10))
    for moment in range(0, 1000, 2):
        bucket.refused(float(moment), 0.0)
    assert bucket.rate >= MIN_RATE


def test_a_refusal_never_raises_the_rate_above_the_limit():
    """Also for a limit that is below the minimum after refusals."""
    bucket = TokenBucket.of(Limit(2, 100.0))
    bucket.take(0.0)
    bucket.refused(0.0, None)
    assert bucket.rate <= 0.01


def test_a_clock_that_goes_back_by_hours_does_not_overflow():
    """The time of the last request may be far ahead."""
    bucket = TokenBucket.of(Limit(20))
    bucket.take(1e9)
    bucket.take(0.0)
    assert math.isfinite(bucket.seen)


def test_an_invalid_limit_is_refused():
    """Fewer than one request, or no positive time."""
    for bad in ({"requests": 0}, {"requests": 1, "seconds": 0.0}, {"requests": 1, "seconds": float("inf")}):
        with pytest.raises(InvalidInput):
            Limit(**bad)


def connect(key="a", service=promptforge):
    return service.connect(key, base_url="http://127.0.0.1:9")


def test_one_key_is_one_account():
    """Two clients with one key at one host share limits; another key has its own; the name does not show the key."""
    assert name_of(connect("secret")) == name_of(connect("secret"))
    assert name_of(connect("secret")) != name_of(connect("other"))
    assert "secret" not in name_of(connect("secret"))


def test_fleets_of_one_process_share_a_token_bucket():
    """As long as it is in use."""
    one = AccountLimits(promptforge.SERVICE, name_of(connect("k")), Limit(2))
    other = AccountLimits(promptforge.SERVICE, name_of(connect("k")), Limit(2))
    one.take(POLL, 5.0)
    assert other.wait(POLL, 5.0) > 0
    del one, other
    gc.collect()
    assert AccountLimits(promptforge.SERVICE, name_of(connect("k")), Limit(2)).wait(POLL, 5.0) <= 0


def test_fryte_limits_each_address_and_operation():
    """120 requests a minute: keys share it, polls and lists do not."""
    one = AccountLimits(fryte.SERVICE, name_of(connect("a", fryte)))
    other = AccountLimits(fryte.SERVICE, name_of(connect("b", fryte)))
    one.take(POLL, 7.0)
    assert other.wait(POLL, 7.0) > 0.4
    assert other.wait(LIST, 7.0) <= 0


def test_the_callers_limit_counts_lists_too():
    """The caller's limit is for all requests of the account."""
    limits = AccountLimits(promptforge.SERVICE, "h#1", Limit(2))
    limits.take(LIST, 0.0)
    assert limits.wait(POLL, 0.0) > 0


def test_first_polls_are_spread_without_a_limit():
    """A thousand jobs of an account without limits begin within their interval, not at once."""
    limits = AccountLimits(promptforge.SERVICE, "h#2", limiters=in_memory)
    limits.need = 1000 / 5.0
    now, count = 0.0, 0
    while now < 1.0:
        if limits.wait(POLL, now) <= 0:
            limits.take(POLL, now)
            count += 1
        else:
            now += 0.001
    assert 200 <= count <= 450


def test_callers_at_random_times_keep_the_limit():
    """In no window there are more requests."""
    rng = random.Random(3)
    bucket, now, times = TokenBucket.of(Limit(20)), 0.0, []
    while now < 30:
        now += rng.expovariate(60)
        if bucket.wait(now) <= 0:
            bucket.take(now)
            times.append(now)
    assert max(sum(one <= other < one + 1 for other in times) for one in times) <= 20
