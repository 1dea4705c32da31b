"""The rules of one request other than a poll: whether and when it is sent again, and what its failure means."""

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Final, TypeVar

import attrs
from attrs import frozen

from jobwait._httpx import httpx
from jobwait._model.service import Service
from jobwait._model.size_limit import SizeLimit
from jobwait._polling.commands import LARGE, Operation, Result, SendRequest, Sleep, compute
from jobwait._polling.rate_limits import OTHER, SUBMIT
from jobwait._polling.retry.classify import (
    LONGEST_BACKOFF,
    NO_FAILURES,
    RetryDecision,
    classify,
    is_expected,
    one_more,
    total,
)
from jobwait._polling.retry.messages import translate
from jobwait._polling.retry.retry_after import warn_if_unusable
from jobwait._polling.scripted import OBJECTION, check_scripted
from jobwait._polling.submission import Submission
from jobwait._text import strip_link_queries
from jobwait.errors import CallFailed, RateLimited, UnexpectedReply

M = TypeVar("M")
_NO_REFUSALS: Final = frozenset({408, 425, 460, 499})  # too slow, too early; the client has gone


def call(
    service: Service[Any, Any],
    client: Any,
    build: Callable[[], httpx.Request],
    parse: Callable[[httpx.Response], M],
    *,
    job_id: str | None = None,
    once: Submission | None = None,
    bulk: bool = False,
    into: Path | None = None,
    cap: SizeLimit | None = None,
    received: Callable[[], int] = int,
    operation: str = "",
) -> Operation[M]:
    """
    Send the request that *build* makes, anew for each attempt, and return what *parse* makes of the response.

    *bulk*, *into* and *cap* are those of SendRequest. *received* returns how many bytes of a file have arrived: an
    attempt that added bytes resets the count of failures. *operation* names what the request counts as where the
    service's rate limit is apart for each; the transfer of a file (*bulk*) counts as nothing. With *once*, the request
    is sent again only if it certainly had no effect: no byte of it was sent, or the service refused it.

    Raises:
        CallFailed: the request failed, or was refused; with *once*, it had no effect.
        SubmitUnconfirmed: it may have had an effect; only with *once*.

    """
    failures, renewed, most = NO_FAILURES, False, received()
    operation = operation or (OTHER if once is None else SUBMIT)
    with once or nullcontext():
        while True:
            if once is not None:
                once.begin()
            result = yield SendRequest(
                client,
                build,
                bulk=bulk,
                into=into,
                cap=cap,
                service_name=service.name,
                job_id=job_id,
                attempt=total(failures),
                counts_as=None if bulk else (service, operation),
                once=once,
            )
            warn_if_unusable(result.value, result.wall, client, service.name)
            found = yield from _parsed(result, parse, once)
            if not isinstance(found, _Failed):
                return found
            error, decision = found.error, classify(found.error, service.retry, result.wall)
            if once is not None and _may_have_acted(decision):
                raise once.unconfirmed(_fact(error, decision), decision.status) from error
            if once is not None:
                once.begin()
            if decision.new_key and client.renews_key and not renewed:
                renewed = True
                continue
            if received() > most:
                failures, most = NO_FAILURES, received()
            failures = one_more(failures, decision.status)
            if decision.after is not None and decision.after > LONGEST_BACKOFF:
                raise translate(error, attrs.evolve(decision, kind=RateLimited), service, job_id)
            if decision.is_final(failures, service.retry, service.defaults.max_consecutive_errors, bounded=False):
                raise translate(error, decision, service, job_id)
            base = service.defaults.min_interval
            pause = decision.pause(total(failures), service.retry, base, job_id or service.name)
            yield Sleep(max(pause, decision.after or 0.0))


@frozen(eq=False, match_args=False, repr=False)
class _Failed:
    """A request that failed as requests do; any other error is a bug, and raised."""

    error: Exception


def _parsed(result: Result, parse: Callable[[httpx.Response], M], once: Submission | None) -> Operation[M | _Failed]:
    """What *parse* makes of the response in *result*."""
    if once is not None:
        once.sent, once.wall = True, result.wall
    try:
        if isinstance(result.value, Exception):
            raise result.value
        assert isinstance(result.value, httpx.Response), "the value of a SendRequest"  # noqa: S101
        response = result.value
        if len(response.content) < LARGE:
            return parse(response)
        return (yield from compute(lambda: parse(response)))
    except Exception as error:
        if is_expected(error):
            if once is not None and isinstance(result.value, httpx.Response):
                once.sent = OBJECTION not in result.value.extensions  # a test's own server does nothing
            check_scripted(result.value, error)
            return _Failed(error)
        if once is not None and isinstance(error, CallFailed):
            raise once.unconfirmed("its response could not be read") from error
        raise


def _may_have_acted(decision: RetryDecision) -> bool:
    """Whether the service may have acted on a request: only its own refusal is certain, and a 429, even a proxy's."""
    status = decision.status or 0
    refused = 400 <= status < 500 and status not in _NO_REFUSALS and (decision.own or status == 429)
    return decision.sent and not refused


def _fact(error: Exception, decision: RetryDecision) -> str:
    if decision.status is not None and not 200 <= decision.status < 300:
        return f"the response was {decision.status}"
    if decision.kind is UnexpectedReply:
        return f"the response is not what its specification says ({strip_link_queries(str(error))})"
    return "no response came"
