"""`jobwait doctor`: keys, addresses, services, clocks and versions; prints no key."""

from __future__ import annotations

import os
import platform
import time
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Annotated, Any, Final

from attrs import evolve, frozen

from jobwait._jobs.registry import SERVICES, service_module, service_named
from jobwait.cli import exits
from jobwait.cli.accounts import Accounts, check_service
from jobwait.cli.exits import complain
from jobwait.cli.options import argument, command
from jobwait.cli.output import Output
from jobwait.errors import InvalidInput

if TYPE_CHECKING:
    from jobwait._httpx import httpx

_PACKAGES: Final = ("jobwait", "httpx", "anyio", "attrs", "typer", "rich")
# No service has this job: polling it shows whether the key is valid.
_NOBODY: Final = "00000000-0000-4000-8000-000000000000"
_SKEW: Final = 30.0  # seconds by which clocks may differ before links and deadlines fail


@frozen(kw_only=True)
class Check:
    """What was found of one service."""

    service: str
    key: str  # where it comes from
    address: str | None = None
    verdict: str  # a sentence
    healthy: bool = False
    seconds: float | None = None  # until the response
    skew: float | None = None  # seconds by which the service's clock is ahead

    def __str__(self) -> str:
        where = f" at {self.address}" if self.address else ""
        took = f" ({self.seconds * 1000:.0f} ms)" if self.seconds is not None else ""
        key = f"; key {self.key}" if self.healthy else ""  # what is wrong says where to mend it
        return f"{self.service}{where}: {self.verdict}{took}{key}"


_Services = Annotated[
    list[str] | None,
    argument(
        metavar="[SERVICE…]",
        help="freeplay, fryte, promptforge; all if left out.",
        autocompletion=lambda incomplete: [name for name in SERVICES if name.startswith(incomplete)],
    ),
]


def _doctor(*, services: _Services = None, accounts: Accounts, output: Output) -> int:
    """
    Check keys, addresses, services, clocks and versions; prints no key.

    Without a service, those that have a key are checked; if none has one, the exit status is 2.

    Examples:
      jobwait doctor
      jobwait doctor fryte
    """
    names = services or list(SERVICES)
    for name in names:
        check_service(name)
    switched = ["httpx2"] if os.environ.get("JOBWAIT_HTTP") == "httpx2" else []
    packages = {package: _version(package) for package in (*_PACKAGES, *switched)}
    versions = {"python": platform.python_version(), **packages}
    output.json("versions", **versions)
    output.text(", ".join(f"{name} {number}" for name, number in versions.items()))
    checks = [_check(name, accounts) for name in names]
    for check in checks:
        output.json(
            "check",
            service=check.service,
            key=check.key,
            address=check.address,
            verdict=check.verdict,
            healthy=check.healthy,
            seconds=check.seconds,
            skew=check.skew,
        )
        output.text(str(check))
    # A service without a key may be one that is not used: that is an error only where the service was named.
    wrong = [check for check in checks if not check.healthy and (services or check.key != "not set")]
    if not services and all(check.key == "not set" for check in checks):
        complain("nothing is set up: set the key of a service that you use, or try all three with `jobwait sandbox`.")
        return exits.USAGE
    return exits.COULD_NOT_ASK if wrong else exits.SUCCEEDED


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _check(name: str, accounts: Accounts) -> Check:
    found = accounts.sources({name: service_named(name)})[name]
    if found.key_from is None:
        return Check(service=name, key="not set", verdict=f"no key: set {found.variable}")
    given = found.key_from.startswith("option")
    source = "from an option" if given else f"from {found.key_from.removeprefix('variable ')}"
    try:
        with accounts.clients([name]) as clients:
            return _polled(name, clients[name], source)
    except InvalidInput as error:
        return Check(service=name, key=source, verdict=error.message)


def _polled(name: str, client: Any, source: str) -> Check:
    from jobwait._http.pool import Pool  # noqa: PLC0415
    from jobwait._httpx import httpx  # noqa: PLC0415 - `--help` must not load an HTTP client
    from jobwait._jobs.handle import state_of  # noqa: PLC0415
    from jobwait._polling.commands import Poll  # noqa: PLC0415

    page = service_module(name)
    job = page.job(client, _NOBODY, _NOBODY) if name == "freeplay" else page.job(client, _NOBODY)
    began = time.time()
    response = Pool().send(Poll(job.service, client, state_of(job).ids, None))
    found = Check(service=name, key=source, address=client.base_url, verdict="")
    if not isinstance(response, httpx.Response):
        return evolve(found, verdict=f"does not answer ({type(response).__name__}); {_unreachable(name)}")
    seconds = time.time() - began
    skew = _skew(response, began + seconds / 2)
    problem = _problem(response.status_code, skew, source)
    verdict = problem or "answers and takes the key"
    return evolve(found, verdict=verdict, healthy=problem is None, seconds=seconds, skew=skew)


def _unreachable(name: str) -> str:
    """What to check where a service does not answer."""
    variable = service_named(name).url_variable
    return f"check {variable}, the network and the proxy" if os.environ.get(variable) else "check network and proxy"


def _problem(status: int, skew: float | None, source: str) -> str | None:
    if status in {401, 403}:
        return f"answers, and refuses the key ({status}); replace the key {source}"
    if status >= 500 or status == 429:
        return f"answers with {status}; try again later"
    if skew is not None and abs(skew) > _SKEW:
        return f"answers, but its clock is {skew:+.0f} s from this machine's; set this machine's clock"
    return None


def _skew(response: httpx.Response, here: float) -> float | None:
    """Seconds by which the service's clock is ahead of ours; its header Date has whole seconds only."""
    try:
        there = parsedate_to_datetime(response.headers["date"]).timestamp()
    except (KeyError, ValueError, TypeError):
        return None
    return 0.0 if there <= here < there + 1 else there + 0.5 - here


doctor = command(_doctor)
