"""`jobwait config`: what applies, and where each value comes from; prints no key."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

import attrs
import typer
from attrs import frozen

from jobwait._jobs.registry import SERVICES, is_service, service_module
from jobwait._jobs.service_module import service_of
from jobwait.cli import exits
from jobwait.cli.accounts import Accounts
from jobwait.cli.commands.track.file import VARIABLE as TRACKER
from jobwait.cli.commands.track.file import TrackerFile
from jobwait.cli.config.file import faults_in_others
from jobwait.cli.config.profile import Profile, profile_named
from jobwait.cli.config.settings import ACCOUNT, OF_PROFILE, as_path, settings_of
from jobwait.cli.config.sources import Sources
from jobwait.cli.exits import complain
from jobwait.cli.options import command, duration, duration_words, is_typed
from jobwait.cli.output import Output
from jobwait.cli.rows.table import Column, print_rows
from jobwait.cli.services import complete_service, page_of

_DEFAULTS: Final[Mapping[str, Any]] = {
    "request_timeout": attrs.fields(Accounts).request_timeout.default,
    "out": "./results-JOB/",
    "tracker": str(attrs.fields(TrackerFile).file.default),
}


@frozen
class Value:
    """The *value* of the setting *name*, of *service* or of all, and its *source* in words."""

    service: str | None
    name: str
    value: Any
    source: str

    @property
    def text(self) -> str:
        """The value as an option takes it."""
        kind = settings_of(self.service)[self.name].kind
        return duration_words(duration(self.value)) if kind == "a duration" else str(self.value)


_COLUMNS: Final = (
    Column("setting", lambda row: ".".join(filter(None, (row.service, row.name)))),
    Column("value", lambda row: row.text),
    Column("from", lambda row: row.source),
)


def _config(
    *,
    services: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SERVICE…]",
            help="Services; the three and those of the profile if left out.",
            autocompletion=complete_service,
        ),
    ] = None,
    context: typer.Context,
    accounts: Accounts,
    output: Output,
) -> int:
    """
    Show which settings apply, and where each comes from: option, variable, profile or default; shows no key.

    Example:
      jobwait config promptforge
    """
    profile = profile_named(accounts.profile)
    known = [name for name in profile.services if is_service(name)]
    names = list(dict.fromkeys(services or [*SERVICES, *known]))
    sources = accounts.sources({name: page_of(name, {}) for name in names})
    values = [*_of_all(profile, accounts, context)]
    for name in names:
        values += _of_service(name, profile, sources[name])
    if services is None:
        values += [one for name in profile.services if name not in names for one in _of_profile(name, profile)]
    output.json("config", file=str(profile.file), exists=profile.file.exists(), profile=profile.name)
    for one in values:
        output.json("setting", service=one.service, name=one.name, value=one.value, source=one.source)
    print_rows(values, _COLUMNS, output, whole=True)
    faults = faults_in_others(profile.name)
    for fault in faults:
        output.json("warning", message=fault)
    if output.chatty:
        for fault in faults:
            complain(f"a profile that is not used has a fault. {fault}")
        found = f"the profile {profile.name}" if profile.name else "no profile"
        missing = "" if profile.file.exists() else ", which does not exist"
        complain(f"{found} is used; the configuration file is {profile.file}{missing}.")
    return exits.SUCCEEDED


def _of_all(profile: Profile, accounts: Accounts, context: typer.Context) -> Iterator[Value]:
    """The settings of a profile that have a value, for all services."""
    for name in OF_PROFILE:
        if name == "request_timeout" and is_typed(context, name):
            yield Value(None, name, accounts.request_timeout, "option --request-timeout")
        elif name == "tracker" and os.environ.get(TRACKER):
            yield Value(None, name, os.environ[TRACKER], f"variable {TRACKER}")
        elif name in profile.settings:
            yield Value(None, name, _shown(name, None, profile.settings[name]), f"profile {profile.name}")
        elif name in _DEFAULTS:
            yield Value(None, name, _DEFAULTS[name], "default")


def _of_service(name: str, profile: Profile, sources: Sources) -> Iterator[Value]:
    """The address of a service, whether there is a key, and what else the profile has for it."""
    page = service_module(name)
    if sources.variable:
        yield Value(name, "key", "set" if sources.key_from else "not set", sources.key_from or "default")
    if hasattr(page, "connect"):
        with page.connect("unused" if sources.variable else None, base_url=sources.address) as client:
            yield Value(name, "base_url", client.base_url, sources.address_from or "default")
    timeout = service_of(page).defaults.timeout
    if timeout is not None and profile.value("timeout", name) is None:
        yield Value(name, "timeout", timeout, "default")
    yield from _of_profile(name, profile)


def _of_profile(name: str, profile: Profile) -> Iterator[Value]:
    """What the profile has for a service, but its key and its address."""
    for setting, value in profile.services.get(name, {}).items():
        if setting not in ACCOUNT:
            yield Value(name, setting, _shown(setting, name, value), f"profile {profile.name}")


def _shown(name: str, service: str | None, value: Any) -> Any:
    return str(as_path(value)) if settings_of(service)[name].kind == "a path" else value


config = command(_config)
