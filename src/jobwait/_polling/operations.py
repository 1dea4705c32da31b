"""The rules of one request other than a poll: whether and when it is sent again, and what its failure means."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import attrs

from jobwait._httpx import httpx
from jobwait._model.service import Service
from jobwait._model.size_limit import SizeLimit
from jobwait._polling.commands import Operation, SendRequest, Sleep
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
from jobwait._text import strip_link_queries
from jobwait.errors import RateLimited, SubmitUnconfirmed, UnexpectedReply

M = TypeVar("M")


def call(
    service: Service[Any, Any],
    client: Any,
    build: Callable[[], httpx.Request],
    parse: Callable[[httpx.Response], M],
    *,
    job_id: str | None = None,
    repeat: bool = True,
    ids: Mapping[str, str] | None = None,
    find_out: str = "",
    bulk: bool = False,
    into: Path | None = None,
    cap: SizeLimit | None = None,
    received: Callable[[], int] = int,
) -> Operation[M]:
    """
    Send the request that *build* makes, anew for each attempt, and return what *parse* makes of the response.

    *bulk*, *into* and *cap* are those of SendRequest. *received* returns how many bytes of a file have arrived: an
    attempt that added bytes resets the count of failures. A request that is not safe to *repeat* is sent again only if
    it certainly had no effect: it was not sent, or it was refused with a 4xx. Otherwise SubmitUnconfirmed has the known
    *ids* and the sentence *find_out*.

    Raises:
        CallFailed: the request failed, or was refused.
        SubmitUnconfirmed: it may have had an effect; only if *repeat* is False.

    """
    failures, renewed, most = NO_FAILURES, False, received()
    while True:
        result = yield SendRequest(
            client,
            build,
            bulk=bulk,
            into=into,
            cap=cap,
            service_name=service.name,
            job_id=job_id,
            attempt=total(failures),
        )
        warn_if_unusable(result.value, result.wall, client, service.name)
        try:
            if isinstance(result.value, Exception):
                raise result.value
            assert isinstance(result.value, httpx.Response), "the value of a SendRequest"  # noqa: S101
            return parse(result.value)
        except Exception as error:
            if not is_expected(error):
                raise
            decision = classify(error, service.retry, result.wall)
            failed = error
        if decision.new_key and client.renews_key and not renewed:
            renewed = True
            continue
        if received() > most:
            failures, most = NO_FAILURES, received()
        failures = one_more(failures, decision.status)
        if not repeat and _may_have_acted(decision):
            raise _unconfirmed(service, failed, decision, job_id, ids, find_out) from failed
        if decision.after is not None and decision.after > LONGEST_BACKOFF:
            raise translate(failed, attrs.evolve(decision, kind=RateLimited), service, job_id)
        if decision.is_final(failures, service.retry, service.defaults.max_consecutive_errors, bounded=False):
            raise translate(failed, decision, service, job_id)
        base = service.defaults.min_interval
        pause = decision.pause(total(failures), service.retry, base, job_id or service.name)
        yield Sleep(max(pause, decision.after or 0.0))


def _may_have_acted(decision: RetryDecision) -> bool:
    refused = decision.status is not None and 400 <= decision.status < 500
    return decision.sent and not refused


def _unconfirmed(
    service: Service[Any, Any],
    error: Exception,
    decision: RetryDecision,
    job_id: str | None,
    ids: Mapping[str, str] | None,
    find_out: str,
) -> SubmitUnconfirmed:
    fact = f"the response was {decision.status}" if decision.status else "no response came"
    if decision.kind is UnexpectedReply:
        fact = f"the response is not what its specification says ({strip_link_queries(str(error))})"
    return SubmitUnconfirmed(
        f"{service.name}: the submission was sent and {fact}, so the job may exist. It was not sent again. {find_out}",
        ids=dict(ids or {}),
        service=service.name,
        job_id=job_id,
        status=decision.status,
    )
