"""The Retry-After header (RFC 9110, 10.2.3), and the form in milliseconds that some services send."""

import re
import warnings
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, Final
from weakref import WeakSet

from jobwait._httpx import httpx
from jobwait.errors import RetryAfterWarning

LONGEST: Final = 24 * 3600.0  # seconds; a value above is a mistake, and counts as absent
_NUMBER: Final = re.compile(r"[0-9]{1,400}(\.[0-9]{0,400})?")  # of any language's digits these alone
_WARNED: Final[WeakSet[Any]] = WeakSet()  # clients


def retry_after(headers: Mapping[str, str], wall: float) -> float | None:
    """
    The seconds that *headers* ask to wait, at most LONGEST; None without a valid value.

    A date is compared with the server's own Date header, so that a wrong clock on either side does no harm; without one
    with *wall*, in seconds since the epoch. Of several values the longest counts.
    """
    if "retry-after" not in headers and "retry-after-ms" not in headers:
        return None
    milliseconds = _number(headers.get("retry-after-ms", ""), 1000)
    if milliseconds is not None:
        return milliseconds
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    numbers = [_number(part) for part in value.split(",")]
    valid = [number for number in numbers if number is not None]
    if len(valid) == len(numbers):
        return max(valid)
    moment, date = _date(value), _date(headers.get("date", ""))
    if moment is None:
        return None
    seconds = max(0.0, moment - (wall if date is None else date))
    return seconds if seconds <= LONGEST else None


def warn_if_unusable(value: object, wall: float, client: object, service: str) -> None:
    """Warn, once for each *client*, if *value* is a response of its *service* with a Retry-After that is ignored."""
    if not isinstance(value, httpx.Response):
        return
    headers = value.headers
    text = headers.get("retry-after", "").strip() or headers.get("retry-after-ms", "").strip()
    if not text or retry_after(headers, wall) is not None:
        return
    try:
        known = client in _WARNED
        _WARNED.add(client)
    except TypeError:  # neither hashable nor weakly referenced: a warning each time
        known = False
    if not known:
        fact = f"{service} sent Retry-After: {text[:60]!a}, which is neither a date nor a number of seconds"
        warnings.warn(f"{fact} up to 24 hours; it is ignored.", RetryAfterWarning, stacklevel=2)


def _number(text: str, divisor: float = 1) -> float | None:
    """A decimal number without a sign, divided by *divisor*, if that is at most LONGEST; else None."""
    text = text.strip()
    number = float(text) / divisor if _NUMBER.fullmatch(text) else LONGEST + 1
    return number if number <= LONGEST else None


def _date(text: str) -> float | None:
    """An HTTP date in any of its three forms, as seconds since the epoch; UTC if it has no zone."""
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
