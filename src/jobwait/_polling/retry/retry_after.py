"""The Retry-After header (RFC 9110, 10.2.3), and the form in milliseconds that some services send."""

import math
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime


def retry_after(headers: Mapping[str, str], wall: float) -> float | None:
    """
    The seconds that *headers* ask to wait; None without a valid value.

    A date is compared with the server's own Date header, so that a wrong clock on either side does no harm; without one
    with *wall*, in seconds since the epoch. Of several values the longest counts. A value too large for a float is inf.
    """
    if "retry-after" not in headers and "retry-after-ms" not in headers:
        return None
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    numbers = [_number(part) for part in value.split(",")]
    valid = [number for number in numbers if number is not None]
    if len(valid) == len(numbers):
        return max(valid)
    moment = _date(value)
    if moment is None:
        return None
    reference = _date(headers.get("date", ""))
    return max(0.0, moment - (wall if reference is None else reference))


def _number(text: str) -> float | None:
    """A decimal number, 0 or more, without a sign; else None."""
    text = text.strip()
    if not text or not (text[0].isascii() and text[0].isdigit()):
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return None if math.isnan(number) else number


def _date(text: str) -> float | None:
    """An HTTP date in any of its three forms, as seconds since the epoch; UTC if it has no zone."""
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
