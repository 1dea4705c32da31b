"""Whose jobs: keys and addresses from the environment, then from options, and the clients that they make."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from attrs import frozen

from jobwait._jobs.registry import SERVICES
from jobwait.cli import _keys
from jobwait.cli._durations import duration
from jobwait.errors import InvalidInput


@frozen(kw_only=True)
class Accounts:
    """The options of every command that asks a service."""

    key_file: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[SERVICE=]FILE", help="File with the key, instead of …_API_KEY; refused if others can read it."
        ),
    ] = None
    key_stdin: Annotated[bool, typer.Option("--key-stdin", help="Read the key from the first line of stdin.")] = False
    base_url: Annotated[
        list[str] | None, typer.Option(metavar="[SERVICE=]URL", help="Address of the service, instead of …_BASE_URL.")
    ] = None
    request_timeout: Annotated[
        float, typer.Option(parser=duration, metavar="DURATION", help="Longest time for one request.")
    ] = 30.0

    @contextmanager
    def clients(self, services: Iterable[str]) -> Iterator[Mapping[str, Any]]:
        """
        A client for each of *services*, closed at the end.

        Raises:
            InvalidInput: there is no key, or an option cannot be.

        """
        names = sorted(set(services))
        files, urls = _by_service("--key-file", self.key_file, names), _by_service("--base-url", self.base_url, names)
        keys = {name: _keys.from_file(Path(file)) for name, file in files.items()}
        if self.key_stdin:
            if len(names) != 1:
                raise InvalidInput(f"--key-stdin gives one key, and there are {len(names)} services; use --key-file.")
            keys[names[0]] = _keys.from_stdin()
        for name in names:
            variable = f"{name.upper()}_API_KEY"
            if name not in keys and not os.environ.get(variable):
                raise InvalidInput(f"There is no key for {name}: set {variable}, or name its file with --key-file.")
        with ExitStack() as stack:
            yield {
                name: stack.enter_context(
                    import_module(f"jobwait.{name}").connect(
                        keys.get(name), base_url=urls.get(name), request_timeout=self.request_timeout
                    )
                )
                for name in names
            }


def _by_service(option: str, given: list[str] | None, names: list[str]) -> dict[str, str]:
    """The values of *option* by service; one without a service belongs to the only one there is."""
    found: dict[str, str] = {}
    for value in given or []:
        name, equals, rest = value.partition("=")
        if not equals or name not in SERVICES:
            if len(names) != 1:
                raise InvalidInput(f"{option} must say for which service: {option} {names[0]}={value}.")
            name, rest = names[0], value
        found[name] = rest
    return found
