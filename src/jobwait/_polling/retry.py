"""The one pure rule of what may be asked again, and when; and what a failure is called in our tree."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any, Final

import httpx
from attrs import frozen

from jobwait._http.partial_file import CapReached
from jobwait._http.redaction import strip_link_queries
from jobwait._model.service import RetryRule
from jobwait._polling.retry_after import retry_after
from jobwait.errors import (
    CallFailed,
    JobNotFound,
    JobWaitError,
    NotAuthorized,
    RateLimited,
    RequestRejected,
    UnexpectedReply,
)

_BY_STATUS: Final[Mapping[int, type[CallFailed]]] = {
    401: NotAuthorized,
    403: NotAuthorized,
    404: JobNotFound,
    408: CallFailed,
    410: JobNotFound,
    425: CallFailed,
    429: RateLimited,
}
_PASSING: Final = frozenset({408, 425, 429})  # the 4xx that another moment can mend
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_NEVER_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_NO_TLS: Final = ("VERSION", "PROTOCOL", "CIPHER", "HTTP_REQUEST", "HANDSHAKE_FAILURE")  # in OpenSSL's reasons
_OURS: Final = (httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.InvalidURL, httpx.TooManyRedirects)


@frozen(kw_only=True, eq=False, match_args=False, repr=False)
class RetryDecision:
    """
    What a failed request means.

    kind: its class in our tree. again: whether asking again can help. after: seconds that the server asks for.
    new_key: whether a fresh key could help. sent: whether the service may have acted on it. status: its HTTP status,
    where there is one.
    """

    kind: type[CallFailed]
    again: bool
    after: float | None = None
    new_key: bool = False
    sent: bool = True
    status: int | None = None


def is_expected(error: Exception) -> bool:
    """Whether *error* is a failed request, to httpx or a client; anything else is a bug that must be seen."""
    if isinstance(error, JobWaitError):
        return False
    return isinstance(error, httpx.HTTPError | httpx.InvalidURL) or hasattr(error, "raw") or _status(error) is not None


def classify(error: Exception, rule: RetryRule, wall: float) -> RetryDecision:
    """
    The verdict on *error* under a vendor's *rule*; *wall* is the calendar time in seconds since the epoch.

    The clients' errors are known by their attributes: a status and headers, or a content type, or a raw document.
    """
    status = _status(error)
    headers = getattr(error, "headers", None)
    if status is not None and headers is not None:
        return _of_status(status, headers, rule, wall)
    if status is not None or hasattr(error, "raw") or isinstance(error, httpx.DecodingError):
        return RetryDecision(kind=UnexpectedReply, again=not isinstance(error, CapReached), status=status)
    if isinstance(error, _OURS):
        return RetryDecision(kind=CallFailed, again=False, sent=False)
    return RetryDecision(kind=CallFailed, again=not _refused_by_tls(error), sent=not isinstance(error, _NEVER_SENT))


def _of_status(status: int, headers: Mapping[str, str], rule: RetryRule, wall: float) -> RetryDecision:
    kind = _BY_STATUS.get(status)
    after = retry_after(headers, wall) if status in {429, 503} else None
    if 400 <= status < 500:
        again = status in _PASSING and (rule.client_errors or (status == 429 and after is not None))
        if kind is None or (kind is CallFailed and not again):
            kind = RequestRejected
        return RetryDecision(kind=kind, again=again, after=after, new_key=status == 401, status=status)
    if status >= 500:
        return RetryDecision(kind=CallFailed, again=True, after=after, status=status)
    return RetryDecision(kind=UnexpectedReply, again=status not in _REDIRECTS, status=status)


def _status(error: Exception) -> int | None:
    status = getattr(error, "status", None)
    return status if isinstance(status, int) else None


def _refused_by_tls(error: BaseException | None) -> bool:
    """Whether the two sides cannot agree: on a certificate, or on TLS at all. Another moment mends neither."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        if isinstance(error, ssl.SSLError) and any(word in str(error.reason) for word in _NO_TLS):
            return True
        error = error.__cause__ or error.__context__
    return False


def translate(error: Exception, decision: RetryDecision, service: Any, job_id: str | None, **facts: Any) -> CallFailed:
    """*error* as our tree has it: a sentence with the fact and the next step."""
    subject = service.name if job_id is None else f"{service.name} job {job_id}"
    made = decision.kind(
        f"{subject}: {_fact(error, decision)} {_next_step(decision, service)}",
        service=service.name,
        job_id=job_id,
        status=decision.status,
        request_id=getattr(error, "request_id", None),
        **facts,
    )
    if isinstance(made, RateLimited):
        made.retry_after = decision.after
    if isinstance(made, UnexpectedReply):
        made.body = _start(error)
    made.__cause__ = error
    return made


def _fact(error: Exception, decision: RetryDecision) -> str:
    words = _words(getattr(error, "body", None))
    said = f': "{words.rstrip(".")}".' if words else "."
    if decision.kind is UnexpectedReply:
        return f"the answer is not what its specification says ({strip_link_queries(str(error))})."
    if decision.kind is RateLimited and decision.after is not None:
        return f"the service asks for {decision.after:g} s of patience ({decision.status})."
    if decision.status is not None:
        return f"the service answered {decision.status}{said}"
    name, source = type(error).__name__, _source(error)
    return f"no answer came{source} ({name}: {error})." if str(error) else f"no answer came{source} ({name})."


def _source(error: Exception) -> str:
    """From which host none came, where *error* knows its request: a name that does not resolve is not in its words."""
    try:
        host = error.request.url.host if isinstance(error, httpx.RequestError) else ""
    except RuntimeError:  # it was made without its request
        host = ""
    return f" from {host}" if host else ""


def _next_step(decision: RetryDecision, service: Any) -> str:
    if decision.kind is NotAuthorized:
        return f"Check the key in {service.key_variable or 'use'} and what it may read."
    if decision.kind is JobNotFound:
        return "Check the id, and that the key belongs to the account that submitted it."
    if decision.kind is RequestRejected:
        return "It was not sent again, as the same request would be refused again."
    if decision.kind is RateLimited:
        return "Wait again later; the job itself goes on."
    if decision.again:
        return "Asking again later can help; the job itself is not touched by this."
    return "Check the address and the certificate; asking again would not help."


def _words(body: Any) -> str:
    """The service's own words in an error body: its message or detail, at most 300 characters."""
    for name in ("message", "detail"):
        value = body.get(name) if isinstance(body, Mapping) else getattr(body, name, None)
        if isinstance(value, str) and value:
            return strip_link_queries(value)[:300]
        if isinstance(value, list) and value:
            return strip_link_queries("; ".join(filter(None, map(_problem, value))))[:300]
    return strip_link_queries(body)[:300] if isinstance(body, str) and not body.lstrip().startswith("<") else ""


def _problem(item: Any) -> str:
    """One entry of a validation error: where it is, and what is wrong there."""
    read = item.get if isinstance(item, Mapping) else lambda name, default=None: getattr(item, name, default)
    place = ".".join(str(part) for part in read("loc") or ())
    return f"{place}: {read('msg')}" if place else str(read("msg") or "")


def _start(error: Exception) -> str | None:
    raw = getattr(error, "raw", None) or getattr(error, "start", None)
    if raw is None:
        return None
    return strip_link_queries(raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw))[:2000]
