"""`jobwait doctor`: what is set up, what answers, and whether the clocks agree; never a key."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from attrs import frozen

from jobwait._jobs.registry import SERVICES, service_named
from jobwait.cli import _exits
from jobwait.cli._accounts import Accounts
from jobwait.cli._groups import command
from jobwait.cli._voice import Voice
from jobwait.errors import InvalidInput

if TYPE_CHECKING:
    from jobwait._httpx import httpx

_PACKAGES: Final = ("jobwait", "httpx", "anyio", "attrs", "typer", "rich")
_NOBODY: Final = (
    "00000000-0000-4000-8000-000000000000"  # a job that no service has: asking for it shows that the key is taken
)
_SKEW: Final = 30.0  # seconds by which clocks may differ before links and deadlines suffer


@frozen(kw_only=True)
class Check:
    """What was found of one service; *verdict* is a sentence, *healthy* whether nothing is wrong."""

    service: str
    key: str
    address: str | None
    verdict: str
    healthy: bool
    seconds: float | None = None
    skew: float | None = None


@frozen(kw_only=True)
class Which:
    """Which services are looked at."""

    services: Annotated[list[str] | None, typer.Argument(help="freeplay, fryte, promptforge; all if left out.")] = None


def _doctor(which: Which, accounts: Accounts, voice: Voice) -> int:
    """Check keys, addresses, services, clocks and versions; prints no key."""
    named = which.services or list(SERVICES)
    unknown = sorted(set(named) - set(SERVICES))
    if unknown:
        raise InvalidInput(f"There is no service {unknown[0]!r}; there are {', '.join(SERVICES)}.")
    versions = dict(_versions())
    voice.tell("versions", **versions)
    voice.say(", ".join(f"{name} {number}" for name, number in versions.items()))
    checks = [_check(name, accounts) for name in named]
    for check in checks:
        voice.tell("check", **_facts(check))
        voice.say(_told(check))
    # A service that one does not use lacks its key, and that is well; one that was named, or has a key, must answer.
    wrong = [check for check in checks if not check.healthy and (which.services or check.key != "not set")]
    return _exits.COULD_NOT_ASK if wrong else _exits.SUCCEEDED


def _facts(check: Check) -> dict[str, Any]:
    return {
        "service": check.service,
        "key": check.key,
        "address": check.address,
        "verdict": check.verdict,
        "healthy": check.healthy,
        "seconds": check.seconds,
        "skew": check.skew,
    }


def _versions() -> Iterator[tuple[str, str]]:
    yield "python", platform.python_version()
    for package in _PACKAGES:
        try:
            yield package, version(package)
        except PackageNotFoundError:
            yield package, "not installed"


def _check(name: str, accounts: Accounts) -> Check:
    service = service_named(name)
    given = accounts.key_stdin or any(value.startswith(f"{name}=") for value in accounts.key_file or ())
    source = "from an option" if given else f"from {service.key_variable}"
    if not given and not os.environ.get(service.key_variable):
        return Check(
            service=name, key="not set", address=None, verdict=f"no key: set {service.key_variable}", healthy=False
        )
    try:
        with accounts.clients([name]) as clients:
            return _asked(name, clients[name], source)
    except InvalidInput as error:
        return Check(service=name, key=source, address=None, verdict=error.message, healthy=False)


def _asked(name: str, client: Any, source: str) -> Check:
    from jobwait._http.pool import Pool  # noqa: PLC0415
    from jobwait._httpx import httpx  # noqa: PLC0415 - whoever only asks for help pays for no page
    from jobwait._polling.commands import Poll  # noqa: PLC0415

    page = import_module(f"jobwait.{name}")
    job = page.job(client, _NOBODY, _NOBODY) if name == "freeplay" else page.job(client, _NOBODY)
    began = time.time()
    response = Pool().send(Poll(job.service, client, job._state.ids, None))  # noqa: SLF001 - our own handle
    if not isinstance(response, httpx.Response):
        verdict = f"does not answer ({type(response).__name__})"
        return Check(service=name, key=source, address=client.base_url, verdict=verdict, healthy=False)
    seconds = time.time() - began
    skew = _skew(response, began + seconds / 2)
    verdict, healthy = _judged(response.status_code, skew)
    return Check(
        service=name, key=source, address=client.base_url, verdict=verdict, healthy=healthy, seconds=seconds, skew=skew
    )


def _judged(status: int, skew: float | None) -> tuple[str, bool]:
    if status in {401, 403}:
        return f"answers, and refuses the key ({status})", False
    if status >= 500 or status == 429:
        return f"answers with {status}; try again later", False
    if skew is not None and abs(skew) > _SKEW:
        return f"answers, but its clock is {skew:+.0f} s from this machine's", False
    return "answers and takes the key", True


def _skew(response: httpx.Response, here: float) -> float | None:
    """Seconds by which the service's clock is ahead of ours; it tells whole seconds only."""
    try:
        there = parsedate_to_datetime(response.headers["date"]).timestamp()
    except (KeyError, ValueError, TypeError):
        return None
    return 0.0 if there <= here < there + 1 else there + 0.5 - here


def _told(check: Check) -> str:
    where = f" at {check.address}" if check.address else ""
    took = f" ({check.seconds * 1000:.0f} ms)" if check.seconds is not None else ""
    return f"{check.service}{where}: {check.verdict}{took}; key {check.key}"


doctor = command(_doctor)
