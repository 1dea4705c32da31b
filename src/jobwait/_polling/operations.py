"""The rules of one request that is not a look: what is repeated, when, and what becomes of its failure."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import attrs
import httpx

from jobwait._http.partial_file import Cap, size_of
from jobwait._http.redaction import unsigned
from jobwait._model.service import Service
from jobwait._polling.commands import Script, Send, Sleep
from jobwait._polling.retry import Fault, is_expected, judge, translate
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
) -> Script[M]:
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
        answer = yield Send(
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
            fault = judge(error, service.retry, answer.wall)
            failed = error
        if fault.new_key and client.renews_key and not renewed:
            renewed = True
            continue
        if into is not None and size_of(into) > most:
            failures, most = 0, size_of(into)
        failures += 1
        if not repeat and _may_have_acted(fault):
            raise _unconfirmed(service, failed, fault, job_id, ids, find_out) from failed
        if fault.after is not None and fault.after > LONGEST_BACKOFF:
            raise translate(failed, attrs.evolve(fault, kind=RateLimited), service, job_id)
        if not _worth_repeating(service, fault, failures):
            raise translate(failed, fault, service, job_id)
        yield Sleep(_pause(service, fault, failures, job_id))


def _may_have_acted(fault: Fault) -> bool:
    refused = fault.status is not None and 400 <= fault.status < 500
    return fault.sent and not refused


def _worth_repeating(service: Service[Any, Any], fault: Fault, failures: int) -> bool:
    budget = service.retry.budgets.get(fault.status or 0, service.defaults.error_budget)
    return fault.again and failures < budget


def _pause(service: Service[Any, Any], fault: Fault, failures: int, seed: str | None) -> float:
    least = service.retry.gap if (fault.status or 0) >= 500 else 0.0
    return max(least, fault.after or 0.0, backoff(failures, service.defaults.floor, seed or service.name))


def _unconfirmed(
    service: Service[Any, Any],
    error: Exception,
    fault: Fault,
    job_id: str | None,
    ids: Mapping[str, str] | None,
    find_out: str,
) -> SubmitUnconfirmed:
    heard = f"the answer was {fault.status}" if fault.status else "no answer came"
    if fault.kind is UnexpectedReply:
        heard = f"the answer is not what its specification says ({unsigned(str(error))})"
    return SubmitUnconfirmed(
        f"{service.name}: the submission was sent and {heard}, so the job may exist. It was not sent again. {find_out}",
        ids=dict(ids or {}),
        service=service.name,
        job_id=job_id,
        status=fault.status,
    )
