"""Every value of Retry-After on every status: no request comes too early."""

import pytest

from jobwait.testing import Reply
from support.waits import DONE, batch, scripted, wait

DATE = "Sun, 06 Nov 1994 08:49:37 GMT"
LATER = "Sun, 06 Nov 1994 08:50:07 GMT"  # half a minute after it
VALUES = {
    "0": 0.0,
    "1": 1.0,
    "1.5": 1.5,
    "-1": None,
    "1e400": None,
    "86401": None,
    "inf": None,
    "abc": None,
    DATE: 0.0,
    LATER: 30.0,
    "7, 20": 20.0,
    "3600": 3600.0,
}


@pytest.mark.filterwarnings("ignore::jobwait.errors.RetryAfterWarning")
@pytest.mark.parametrize("status", [429, 503, 200])
@pytest.mark.parametrize("value", VALUES)
def test_no_request_is_sent_before_retry_after_has_passed(value, status):
    """Even if the server's clock is wrong by thirty years."""
    asked = VALUES[value]
    headers = {"retry-after": value, "date": DATE}
    first = Reply(status, batch() if status == 200 else {"detail": "later"}, headers)
    report = wait(scripted(first, DONE), timeout=120, max_retry_after=None)
    if asked is not None and asked > 120 and status != 200:
        assert (1, "unreachable") == (report.polls, report.outcome.state)
        assert "asks to wait" in str(report.outcome.error)
        return
    gap = report.polled_at[1] - report.polled_at[0]
    assert gap >= min(asked or 0.0, 100)  # the Retry-After of a successful poll holds at most to the last poll
    assert gap <= max((asked or 0.0) * 1.2, 11) or asked > 120
    assert "succeeded" == report.outcome.state
