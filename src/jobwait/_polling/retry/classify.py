"""What a failed request means and when it is sent again: one rule for polls and all other requests."""

from __future__ import annotations

import ssl
import zlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from attrs import frozen

from jobwait._httpx import httpx
from jobwait._model.service import RetryRule
from jobwait._model.size_limit import SizeLimitReached
from jobwait._polling.retry.failed_call import FailedCall
from jobwait._polling.retry.retry_after import retry_after
from jobwait.errors import (
    CallFailed,
    JobNotFound,
    JobWaitError,
    NotAuthorized,
    RateLimited,
    RequestRejected,
    UnexpectedReply,
)

LONGEST_BACKOFF: Final = 60.0  # seconds
MOST_DOUBLINGS: Final = 64  # of the back-off; more would overflow
_BY_STATUS: Final[Mapping[int, type[CallFailed]]] = {
    401: NotAuthorized,
    403: NotAuthorized,
    404: JobNotFound,
    408: CallFailed,
    410: JobNotFound,
    425: CallFailed,
    429: RateLimited,
}
_TEMPORARY: Final = frozenset({408, 425, 429})  # the 4xx that can be temporary
_OF_PROXIES: Final = frozenset({407})  # no service responds with it, whatever the body
_NEVER_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_TLS_MISMATCH: Final = (
    "VERSION",
    "PROTOCOL",
    "CIPHER",
    "HTTP_REQUEST",
    "HANDSHAKE_FAILURE",
)  # parts of OpenSSL's reasons
_INVALID_REQUEST: Final = (
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    httpx.InvalidURL,
    httpx.TooManyRedirects,
)


@frozen(kw_only=True, eq=False, match_args=False, repr=False)
class RetryDecision:
    """
    What a failed request means.

    kind: the class of the error. again: whether sending it again can help. after: seconds that the server asks to wait.
    new_key: whether a renewed key can help. sent: whether the service may have acted on it. status: the HTTP status;
    None without a response. own: whether the response is an error of the service itself, not one of a proxy.
    """

    kind: type[CallFailed]
    again: bool
    after: float | None = None
    new_key: bool = False
    sent: bool = True
    status: int | None = None
    own: bool = False

    def is_final(self, failures: Failures, rule: RetryRule, most: int, *, bounded: bool, lasted: bool = True) -> bool:
        """
        Whether the request is not sent again, after these *failures* in a row, of which *most* are allowed.

        The service's *rule* may allow fewer of one status. *bounded*: the request is a poll, and a deadline ends the
        repeats; then a 429 only asks for a longer interval and does not count. *lasted*: the failures have lasted so
        long that their number may end the repeats.
        """
        status = self.status or 0
        counted = total(failures) - (failures.get(429, 0) if bounded else 0)
        most_of_status = rule.max_errors_by_status.get(status)
        too_many = counted >= most or (most_of_status is not None and failures.get(status, 0) >= most_of_status)
        forbidden = not bounded and not rule.client_errors and status in _TEMPORARY and self.after is None
        return not self.again or forbidden or (lasted and too_many)

    def pause(self, failures: int, rule: RetryRule, base: float, seed: str) -> float:
        """
        Seconds until it is sent again, after so many *failures* in a row.

        Exponential backoff from *base* to a minute, with 10 % of jitter. The jitter is computed from *seed* (a job's
        id): jobs that failed together do not retry together, and a test sees the same numbers in each run.
        """
        spread = 0.9 + 0.2 * (zlib.crc32(f"{seed}:{failures}".encode()) / 2**32)
        backoff = max(base, min(LONGEST_BACKOFF, base * 2.0 ** min(failures - 1, MOST_DOUBLINGS)) * spread)
        return max(rule.gap if (self.status or 0) >= 500 else 0.0, backoff)


Failures: TypeAlias = Mapping[int, int]
"""Failures in a row, by HTTP status (0: none)."""
NO_FAILURES: Final[Failures] = MappingProxyType({})


def one_more(failures: Failures, status: int | None) -> Failures:
    """*failures* and one more, with this HTTP *status*."""
    return {**failures, status or 0: failures.get(status or 0, 0) + 1}


def total(failures: Failures) -> int:
    """The number of *failures* in a row."""
    return sum(failures.values())


def is_expected(error: Exception) -> bool:
    """Whether *error* is one of httpx, a client or a watched function for a failed request; others are bugs."""
    if isinstance(error, JobWaitError):
        return False
    known = isinstance(error, httpx.HTTPError | httpx.InvalidURL | FailedCall)
    return known or hasattr(error, "raw") or _status(error) is not None


def classify(error: Exception, rule: RetryRule, wall: float) -> RetryDecision:
    """
    What *error* means under a service's *rule*; *wall* is the time in seconds since the epoch.

    The clients' errors are recognized by their attributes: status and headers, or the raw body. A 4xx is certain only
    from the service itself: a proxy on the way may send any of them for a while.
    """
    status = _status(error)
    headers = error.response.headers if isinstance(error, httpx.HTTPStatusError) else getattr(error, "headers", None)
    if status is not None and headers is not None:
        return _of_status(status, headers, wall, own=_is_own(error, status, headers, rule))
    if status is not None or hasattr(error, "raw") or isinstance(error, httpx.DecodingError):
        return RetryDecision(kind=UnexpectedReply, again=not isinstance(error, SizeLimitReached), status=status)
    if isinstance(error, _INVALID_REQUEST):
        return RetryDecision(kind=CallFailed, again=False, sent=False)
    return RetryDecision(kind=CallFailed, again=not refused_by_tls(error), sent=not isinstance(error, _NEVER_SENT))


def _of_status(status: int, headers: Mapping[str, str], wall: float, *, own: bool) -> RetryDecision:
    after = retry_after(headers, wall) if status in {429, 503} else None
    if status >= 500:
        return RetryDecision(kind=CallFailed, again=True, after=after, status=status, own=own)
    temporary = status in _TEMPORARY
    if temporary or (own and status >= 400):
        kind = _BY_STATUS.get(status, RequestRejected)
        return RetryDecision(kind=kind, again=temporary, after=after, new_key=status == 401, status=status, own=own)
    return RetryDecision(kind=UnexpectedReply, again=not own, new_key=status == 401, status=status, own=own)


def _is_own(error: Exception, status: int, headers: Mapping[str, str], rule: RetryRule) -> bool:
    """Whether the body is the service's own error: a JSON object, with the field that its documentation names."""
    known: bool | None = getattr(error, "is_own", None)
    if known is not None:
        return known
    if status < 400 or status in _OF_PROXIES:
        return False
    if not rule.json_errors:
        return True
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        return False
    body, name = error_body(error), rule.error_field
    if isinstance(body, Mapping):
        return name is None or name in body
    return hasattr(body, name or "to_dict")  # a client's model of it


def error_body(error: Exception) -> object:
    """The body of the response that *error* is about: a client's model of it, parsed JSON or text; None without one."""
    if not isinstance(error, httpx.HTTPStatusError):
        return getattr(error, "body", None)
    try:
        return error.response.json()
    except (ValueError, RecursionError):
        return error.response.text
    except httpx.StreamError:  # it was not read
        return None


def _status(error: Exception) -> int | None:
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code
    status = getattr(error, "status", None)
    return status if isinstance(status, int) else None


def refused_by_tls(error: BaseException | None) -> bool:
    """Whether the certificate or the TLS handshake was refused, which another attempt cannot change."""
    if isinstance(error, FailedCall):
        return error.refused_by_tls
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        if isinstance(error, ssl.SSLError) and any(word in str(error.reason) for word in _TLS_MISMATCH):
            return True
        error = error.__cause__ or error.__context__
    return False
