"""`jobwait worker temporal`: wait for the batches that programs give to a Temporal server."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from jobwait._http.api_key import Hidden
from jobwait._jobs.registry import service_module
from jobwait._text import visible
from jobwait.cli import missing
from jobwait.cli.accounts import check_service
from jobwait.cli.config.keys import key_in_file
from jobwait.cli.exits import SUCCEEDED, USAGE
from jobwait.cli.help.classes import App
from jobwait.cli.options import typer_option
from jobwait.errors import InvalidInput

if TYPE_CHECKING:
    from temporalio.client import Client

    from jobwait.engines.temporal import Account

_HELP: Final = """
Wait for jobs that programs give to an engine, on any number of machines.

Example:
  jobwait worker temporal --account promptforge
"""
worker_app = App(name="worker", help=_HELP)


@worker_app.callback()
def _worker() -> None:
    """Wait for jobs that programs give to an engine."""


@worker_app.command()
def temporal(
    *,
    account: Annotated[
        list[str], typer_option("An account; its key is in …_API_KEY_NAME, or …_API_KEY.", metavar="SERVICE[:NAME]")
    ],
    limit: Annotated[
        list[str] | None,
        typer_option("Requests a second that all workers together may send.", metavar="SERVICE[:NAME]=N"),
    ] = None,
    key_file: Annotated[
        list[str] | None,
        typer_option("File with an account's key; refused if others can read it.", metavar="SERVICE[:NAME]=FILE"),
    ] = None,
    address: Annotated[
        str | None, typer_option("Address of the Temporal server, instead of TEMPORAL_ADDRESS.", metavar="HOST:PORT")
    ] = None,
    namespace: Annotated[str | None, typer_option("Namespace, instead of TEMPORAL_NAMESPACE.", metavar="NAME")] = None,
    concurrency: Annotated[int, typer_option("Batches at once, for each account.", min=1, metavar="N")] = 20,
) -> None:
    """
    Wait for batches of jobs on a Temporal server, until interrupted; other workers continue unfinished batches.

    TLS and the server's keys come from Temporal's own settings: its variables, or its profile file.

    Example:
      jobwait worker temporal --account promptforge --limit promptforge=20
    """
    try:
        import jobwait.engines.temporal  # noqa: F401, PLC0415 - its packages may be missing
    except ModuleNotFoundError as error:
        if error.name != "temporalio":
            raise
        missing("temporal")
    try:
        accounts = _accounts(account, _by_account(limit), _by_account(key_file))
    except InvalidInput as error:
        raise typer.BadParameter(visible(str(error))) from None
    refusal = asyncio.run(_work(accounts, address, namespace, concurrency))
    if refusal:
        typer.echo(f"jobwait worker temporal: {refusal}", err=True)
    sys.stdout.flush()
    # Everything is closed; but threads of Temporal's core that run after Python's end may crash the process.
    os._exit(USAGE if refusal else SUCCEEDED)


async def _work(accounts: list[Account], address: str | None, namespace: str | None, concurrency: int) -> str | None:
    """Work until interrupted; the sentence that says why this worker cannot, else None."""
    from jobwait.engines.temporal import run  # noqa: PLC0415

    client = await _client(address, namespace)
    if isinstance(client, str):
        return client
    working = asyncio.create_task(run(client, accounts, concurrency=concurrency))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        if sys.platform == "win32":  # where a loop handles no signals
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(working.cancel))
        else:
            loop.add_signal_handler(number, working.cancel)
    typer.echo(f"working for {', '.join(f'{one.service_name}:{one.name}' for one in accounts)}")
    await asyncio.wait([working])
    if not working.cancelled():
        refusal = visible(str(working.exception()))[:300]
        return f"the Temporal server does not let this worker work ({refusal})."
    return None


async def _client(address: str | None, namespace: str | None) -> Client | str:
    from temporalio.client import Client  # noqa: PLC0415
    from temporalio.envconfig import ClientConfig  # noqa: PLC0415

    try:
        settings: dict[str, Any] = {"target_host": "localhost:7233", **ClientConfig.load_client_connect_config()}
    except (RuntimeError, ValueError, OSError) as error:
        why = visible(str(error))[:300]
        return f"Temporal's own settings cannot be used ({why}). Correct its variables or its file."
    given = {"target_host": address, "namespace": namespace}
    settings |= {name: value for name, value in given.items() if value is not None}
    try:
        return await Client.connect(**settings)
    except ValueError as error:
        return f"{visible(settings['target_host'])!r} is no address like localhost:7233 ({visible(str(error))[:200]})."
    except RuntimeError as error:
        why = visible(str(error))[:200]
        return f"the Temporal server at {settings['target_host']} does not answer. Start it, or name --address. ({why})"


def _accounts(names: list[str], limits: dict[tuple[str, str], str], files: dict[tuple[str, str], str]) -> list[Account]:
    from jobwait import Limit  # noqa: PLC0415 - `--help` must not load an HTTP client
    from jobwait.engines.temporal import Account, queue_of  # noqa: PLC0415
    from jobwait.engines.temporal.accounts import by_name  # noqa: PLC0415

    keys = [_name(text) for text in names]
    for known in {*limits, *files} - set(keys):
        raise InvalidInput(f"An option names the account {':'.join(known)}; add --account {':'.join(known)}.")
    made = []
    for service, name in keys:
        connect = partial(_client_with, _key(service, name, files.get((service, name))), service)
        connect()  # fails now where the key is missing or invalid
        most = limits.get((service, name))
        if most is not None and not most.isdecimal():
            raise InvalidInput(f"{most!r} is no number of requests a second")
        limit = None if most is None else Limit(int(most))
        made.append(Account(service, name, connect, limit))
    for service, name in by_name(made):
        queue_of(service, name)
    return made


def _client_with(key: Hidden, service: str) -> Any:
    return service_module(service).connect(key.value)


def _key(service: str, name: str, file: str | None) -> Hidden:
    """The key of an account; None in it leaves the key to the service module."""
    if file is not None:
        return key_in_file(Path(file))
    if name == "default":
        return Hidden(None)
    variable = f"{service.upper()}_API_KEY_{name.upper().replace('-', '_')}"
    key = Hidden(os.environ.get(variable))
    if not key.value:
        raise InvalidInput(f"There is no key for {service}:{name}. Put it into {variable}, or name a --key-file.")
    return key


def _name(text: str) -> tuple[str, str]:
    service, _, name = text.partition(":")
    check_service(service)
    return service, name or "default"


def _by_account(given: list[str] | None) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for text in given or []:
        name, equals, value = text.partition("=")
        if not equals or not value:
            raise InvalidInput(f"{text!r} is not like promptforge:team=20")
        found[_name(name)] = value
    return found
