"""The rules of one request that is not a look: what is repeated, when, and what becomes of its failure."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import attrs
import httpx

from jobwait._http.partial_file import Cap, size_of
from jobwait._http.redaction import strip_link_queries
from jobwait._model.service import Service
from jobwait._polling.commands import Operation, SendRequest, Sleep
from jobwait._polling.retry import RetryDecision, classify, is_expected, translate
from jobwait.errors import RateLimited, SubmitUnconfirmed, UnexpectedReply

M = TypeVar("M")

LONGEST_BACKOFF = 60.0  # seconds


def backoff(failures: int, base: float, seed: str) -> float:
    """
    Seconds to wait after *failures* in a row: doubling from *base* to a minute, spread by a tenth either way.

    The spread comes from *seed* (a job's id), so that a thousand jobs that failed together do not come back
    together, and a test that runs twice sees the same numbers.
    """
    spread = 0.9 + 0.2 * (zlib.crc32(f"{seed}:{failures}".encode()) / 2**32)
    return float(max(base, min(LONGEST_BACKOFF, base * 2 ** (failures - 1)) * spread))


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
    cap: Cap | None = None,
) -> Operation[M]:
    """
    What *parse* makes of the answer to the request that *build* makes, anew for each attempt.

    *bulk*, *into* and *cap* are those of Send; an attempt that brought more of *into* makes up for the failures before
    it. A request that is not safe to *repeat* is sent again only when it certainly had no effect: it never left, or
    was turned away for its rate. Otherwise SubmitUnconfirmed says what is known (*ids*) and how to *find_out*.

    Raises:
        CallFailed: the service could not be asked, or refused.
        SubmitUnconfirmed: only where *repeat* is False.

    """
    failures, renewed, most = 0, False, 0 if into is None else size_of(into)
    while True:
        answer = yield SendRequest(
            client, build, bulk=bulk, into=into, cap=cap, service=service.name, job_id=job_id, attempt=failures
        )
        try:
            if isinstance(answer.reply, Exception):
                raise answer.reply
            assert isinstance(answer.reply, httpx.Response), "a driver answers a Send"  # noqa: S101
            return parse(answer.reply)
        except Exception as error:
            if not is_expected(error):
                raise
            decision = classify(error, service.retry, answer.wall)
            failed = error
        if decision.new_key and client.renews_key and not renewed:
            renewed = True
            continue
        if into is not None and size_of(into) > most:
            failures, most = 0, size_of(into)
        failures += 1
        if not repeat and _may_have_acted(decision):
            raise _unconfirmed(service, failed, decision, job_id, ids, find_out) from failed
        if decision.after is not None and decision.after > LONGEST_BACKOFF:
            raise translate(failed, attrs.evolve(decision, kind=RateLimited), service, job_id)
        if not _worth_repeating(service, decision, failures):
            raise translate(failed, decision, service, job_id)
        yield Sleep(_pause(service, decision, failures, job_id))


def _may_have_acted(decision: RetryDecision) -> bool:
    refused = decision.status is not None and 400 <= decision.status < 500
    return decision.sent and not refused


def _worth_repeating(service: Service[Any, Any], decision: RetryDecision, failures: int) -> bool:
    budget = service.retry.max_errors_by_status.get(decision.status or 0, service.defaults.max_consecutive_errors)
    return decision.again and failures < budget


def _pause(service: Service[Any, Any], decision: RetryDecision, failures: int, seed: str | None) -> float:
    least = service.retry.gap if (decision.status or 0) >= 500 else 0.0
    return max(least, decision.after or 0.0, backoff(failures, service.defaults.min_interval, seed or service.name))


def _unconfirmed(
    service: Service[Any, Any],
    error: Exception,
    decision: RetryDecision,
    job_id: str | None,
    ids: Mapping[str, str] | None,
    find_out: str,
) -> SubmitUnconfirmed:
    known = f"the answer was {decision.status}" if decision.status else "no answer came"
    if decision.kind is UnexpectedReply:
        known = f"the answer is not what its specification says ({strip_link_queries(str(error))})"
    return SubmitUnconfirmed(
        f"{service.name}: the submission was sent and {known}, so the job may exist. It was not sent again. {find_out}",
        ids=dict(ids or {}),
        service=service.name,
        job_id=job_id,
        status=decision.status,
    )
