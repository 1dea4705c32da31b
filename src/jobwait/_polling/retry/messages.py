"""Errors for failed requests, with a sentence that names the fact and the next step."""

from collections.abc import Mapping
from typing import Any, Final

from jobwait._httpx import httpx
from jobwait._polling.retry.classify import RetryDecision, error_body
from jobwait._polling.retry.failed_call import FailedCall
from jobwait._text import strip_link_queries
from jobwait.errors import (
    CallFailed,
    JobNotFound,
    NotAuthorized,
    RateLimited,
    RequestRejected,
    UnexpectedReply,
)

PROXY: Final = "jobwait.proxy"  # the extension of a failed request that has the variable which names its proxy
_LONGEST_CHAIN: Final = 20  # causes of an error that are looked at
# Why no response came, by the class names of the errors of several libraries; the first that is in the chain of causes.
_REASONS: Final = {
    "ConnectionRefusedError": "connection refused",
    "ConnectionResetError": "connection reset",
    "gaierror": "host name not found",
    "SSLCertVerificationError": "certificate refused",
    "SSLError": "TLS failed",
    "ConnectTimeout": "timeout",
    "ReadTimeout": "timeout",
    "WriteTimeout": "timeout",
    "PoolTimeout": "timeout",
    "TimeoutError": "timeout",
    "ProxyError": "proxy failed",
    "ConnectError": "no connection",
    "RemoteProtocolError": "connection closed",
    "ReadError": "connection lost",
    "WriteError": "connection lost",
}


def translate(
    error: Exception, decision: RetryDecision, service: Any, job_id: str | None, history: str = "", **facts: Any
) -> CallFailed:
    """The JobWaitError for *error*: its message names the fact, after the *history* of it, and the next step."""
    subject = service.name if job_id is None else f"{service.name} job {job_id}"
    made = decision.kind(
        f"{subject}{history}: {fact_of(error, decision)} {_next_step(error, decision, service, job_id)}",
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


def fact_of(error: Exception, decision: RetryDecision) -> str:
    """What happened to a request that failed with *error*, as a sentence."""
    if _is_foreign(decision):
        return f"the response ({decision.status}) is not the service's own, but that of a proxy or of another address."
    detail = _detail(getattr(error, "body", None))
    quoted = f': "{detail.rstrip(".")}".' if detail else "."
    if decision.kind is UnexpectedReply and not isinstance(error, FailedCall):
        return f"the response is not what its specification says ({strip_link_queries(str(error))})."
    if decision.kind is RateLimited and decision.after is not None:
        return f"the service asks to wait {decision.after:g} s ({decision.status})."
    if isinstance(error, FailedCall):
        return f"{str(error).rstrip('.')}."
    if decision.status is not None:
        return f"the service responded with {decision.status}{quoted}"
    name, source = type(error).__name__, _source(error)
    return f"no response came{source} ({name}: {error})." if str(error) else f"no response came{source} ({name})."


def phrase_of(error: Exception, decision: RetryDecision) -> str:
    """The same in a few words, for a line of progress: "no answer (connection refused)", "no status (HTTP 503)"."""
    if decision.status is not None and decision.status >= 300:
        return f"no status (HTTP {decision.status})"
    if isinstance(error, FailedCall):
        return f"no status ({error.kind})"
    if decision.kind is UnexpectedReply:
        return "no status (unreadable response)"
    names: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(names) < _LONGEST_CHAIN:
        names.append(type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    return f"no answer ({next((text for name, text in _REASONS.items() if name in names), names[0])})"


def _source(error: Exception) -> str:
    """The host with "from" before it, and its proxy, if *error* has its request: its message may name neither."""
    try:
        request = error.request if isinstance(error, httpx.RequestError) else None
    except RuntimeError:  # it has no request
        request = None
    if request is None or not request.url.host:
        return ""
    variable = request.extensions.get(PROXY)
    return f" from {request.url.host}" + (f" through the proxy that {variable} names" if variable else "")


def _is_foreign(decision: RetryDecision) -> bool:
    """Whether a proxy has responded: with a redirect, or a 4xx without an error of the service."""
    return decision.kind is UnexpectedReply and not decision.own and 300 <= (decision.status or 0) < 500


def _next_step(error: Exception, decision: RetryDecision, service: Any, job_id: str | None) -> str:
    unaffected = "." if job_id is None else "; the job is not affected."
    by_kind = {
        NotAuthorized: f"Check the key in {service.key_variable or 'use'} and what it may read.",
        JobNotFound: "Check the id, and that the key belongs to the account that submitted it."
        if job_id is not None
        else "Check the base URL, and what the call names, such as the project.",
        RequestRejected: "It was not sent again, as the same request would be refused again.",
        RateLimited: f"Ask again later{unaffected}",
    }
    if decision.kind in by_kind:
        return by_kind[decision.kind]
    if not decision.again:
        return "Check the address and the certificate; trying again would not help."
    check = "Check the address and the proxy; trying" if _is_foreign(decision) else "Trying"
    if isinstance(error, FailedCall) and decision.status is None:
        check = "Check the function; trying"
    return f"{check} again later can help{unaffected}"


def _detail(body: Any) -> str:
    """The message or detail in an error body, or in its field "error"; at most 300 characters."""
    for name in ("message", "detail", "error"):
        value = body.get(name) if isinstance(body, Mapping) else getattr(body, name, None)
        if name == "error" and isinstance(value, Mapping):
            return _detail({**value, "error": None})
        if isinstance(value, str) and value:
            return strip_link_queries(value, 300)
        if isinstance(value, list) and value:
            return strip_link_queries("; ".join(filter(None, map(_problem, value[:20]))), 300)
    return strip_link_queries(body, 300) if isinstance(body, str) and not body.lstrip().startswith("<") else ""


def _problem(item: Any) -> str:
    """One entry of a validation error: its location and message."""
    read = item.get if isinstance(item, Mapping) else lambda name, default=None: getattr(item, name, default)
    location = ".".join(str(part) for part in read("loc") or ())
    return f"{location}: {read('msg')}" if location else str(read("msg") or "")


def _start(error: Exception) -> str | None:
    raw = getattr(error, "raw", None) or getattr(error, "start", None) or error_body(error)
    if raw is None:
        return None
    return strip_link_queries(raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw), 2000)
