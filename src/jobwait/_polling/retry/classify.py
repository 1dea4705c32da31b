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
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
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
    None without a response.
    """

    kind: type[CallFailed]
    again: bool
    after: float | None = None
    new_key: bool = False
    sent: bool = True
    status: int | None = None

    def is_final(self, failures: Failures, rule: RetryRule, most: int, *, bounded: bool) -> bool:
        """
        Whether the request is not sent again, after these *failures* in a row, of which *most* are allowed.

        The service's *rule* may allow fewer of one status. A 429 only asks for a longer interval, so it does not count
        if a deadline ends the repeats (*bounded*).
        """
        status = self.status or 0
        counted = total(failures) - (failures.get(429, 0) if bounded else 0)
        own = rule.max_errors_by_status.get(status)
        return not self.again or counted >= most or (own is not None and failures.get(status, 0) >= own)

    def pause(self, failures: int, rule: RetryRule, base: float, seed: str) -> float:
        """
        Seconds until it is sent again, after so many *failures* in a row.

        Exponential backoff from *base* to a minute, with 10 % of jitter. The jitter is computed from *seed* (a job's
        id): jobs that failed together do not retry together, and a test sees the same numbers in each run.
        """
        spread = 0.9 + 0.2 * (zlib.crc32(f"{seed}:{failures}".encode()) / 2**32)
        backoff = max(base, min(LONGEST_BACKOFF, base * 2.0 ** (failures - 1)) * spread)
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
    """Whether *error* is an error of httpx or of a client for a failed request; any other is a bug and is raised."""
    if isinstance(error, JobWaitError):
        return False
    return isinstance(error, httpx.HTTPError | httpx.InvalidURL) or hasattr(error, "raw") or _status(error) is not None


def classify(error: Exception, rule: RetryRule, wall: float) -> RetryDecision:
    """
    What *error* means under a service's *rule*; *wall* is the time in seconds since the epoch.

    The clients' errors are recognized by their attributes: status and headers, or the raw body.
    """
    status = _status(error)
    headers = error.response.headers if isinstance(error, httpx.HTTPStatusError) else getattr(error, "headers", None)
    if status is not None and headers is not None:
        return _of_status(status, headers, rule, wall)
    if status is not None or hasattr(error, "raw") or isinstance(error, httpx.DecodingError):
        return RetryDecision(kind=UnexpectedReply, again=not isinstance(error, SizeLimitReached), status=status)
    if isinstance(error, _INVALID_REQUEST):
        return RetryDecision(kind=CallFailed, again=False, sent=False)
    return RetryDecision(kind=CallFailed, again=not _refused_by_tls(error), sent=not isinstance(error, _NEVER_SENT))


def _of_status(status: int, headers: Mapping[str, str], rule: RetryRule, wall: float) -> RetryDecision:
    kind = _BY_STATUS.get(status)
    after = retry_after(headers, wall) if status in {429, 503} else None
    if 400 <= status < 500:
        again = status in _TEMPORARY and (rule.client_errors or (status == 429 and after is not None))
        if kind is None or (kind is CallFailed and not again):
            kind = RequestRejected
        return RetryDecision(kind=kind, again=again, after=after, new_key=status == 401, status=status)
    if status >= 500:
        return RetryDecision(kind=CallFailed, again=True, after=after, status=status)
    return RetryDecision(kind=UnexpectedReply, again=status not in _REDIRECTS, status=status)


def _status(error: Exception) -> int | None:
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code
    status = getattr(error, "status", None)
    return status if isinstance(status, int) else None


def _refused_by_tls(error: BaseException | None) -> bool:
    """Whether the certificate or the TLS handshake was refused, which another attempt cannot change."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        if isinstance(error, ssl.SSLError) and any(word in str(error.reason) for word in _TLS_MISMATCH):
            return True
        error = error.__cause__ or error.__context__
    return False
