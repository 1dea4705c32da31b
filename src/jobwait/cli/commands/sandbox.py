"""`jobwait sandbox`: local copies of the three services."""

from __future__ import annotations

import json
import os
import shlex
import signal
import socket
import subprocess  # nosec B404
import threading
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from jobwait.cli import missing
from jobwait.cli.exits import complain
from jobwait.cli.help.layout import columns, definitions, paragraph
from jobwait.cli.inputs.endings import ENDINGS
from jobwait.cli.options import option

if TYPE_CHECKING:
    from jobwait.sandbox import Sandbox

_TRIES: Final = 20  # for four free ports in a row
_SEED: Final = 7
_NO_COUNTS: Final = (
    "PromptForge reports no counts while a job runs, as its published server does; "
    "`jobwait sandbox --promptforge-mode docs` has the counts that its documentation promises."
)


class Mode(StrEnum):
    """How the sandbox's PromptForge behaves."""

    server = "server"
    docs = "docs"


def sandbox(
    *,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[-- COMMAND…]", help="A command to run in the sandbox, which ends with it."),
    ] = None,
    port: Annotated[
        int, option("First of four ports in a row; 0 takes free ones.", min=0, max=65532, metavar="PORT")
    ] = 0,
    speed: Annotated[float, option("Seconds of a job's life in one real second.", metavar="SPEED")] = 60,
    seed: Annotated[int, option("Makes keys, identifiers and durations repeatable.", metavar="NUMBER")] = _SEED,
    as_json: Annotated[bool, option("Print addresses and keys as one line of JSON.", "--json")] = False,
    env: Annotated[
        bool, option("Print the export lines of the sandbox at --port, and end: nothing is started.", "--env")
    ] = False,
    mode: Annotated[
        Mode,
        option(
            "PromptForge as its published server behaves, or as documented (docs).",
            "--promptforge-mode",
            metavar="server|docs",
        ),
    ] = Mode.server,
    state: Annotated[
        Path | None, option("File that keeps the state, so that a stopped sandbox goes on.", metavar="FILE")
    ] = None,
    limit: Annotated[
        list[str] | None,
        option("Requests a second, as promptforge=20; 0 removes the limit.", metavar="SERVICE=N"),
    ] = None,
) -> None:
    """
    Run local copies of Freeplay, FRYTE and PromptForge, until Ctrl-C or around one command.

    It prints export lines with keys and addresses, for another terminal: the commands there then reach the sandbox.
    With a command they are set for that, whose exit status is the sandbox's.

    Examples:
      jobwait sandbox
      jobwait sandbox -- jobwait run fryte tour.json
      jobwait sandbox --port 8700
      eval "$(jobwait sandbox --env --port 8700)"
    """
    try:
        from jobwait.sandbox.sandbox import environment_at  # noqa: PLC0415 - its packages may be missing
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"starlette", "uvicorn"}:
            raise
        missing("sandbox")
    if sum((bool(words), as_json, env)) > 1:
        raise typer.BadParameter("--env, --json and a command exclude one another.")
    if env:
        if not port:
            raise typer.BadParameter("--env needs the port that the sandbox was started with: --port 8700.")
        _print_exports(environment_at(port, seed))
        if not _serves(port):
            complain(f"nothing serves there yet; start it in another terminal: jobwait sandbox --port {port}")
        return
    limits = dict(map(_limit, limit or []))
    try:
        box = _made(port, speed=speed, seed=seed, promptforge_mode=mode.value, limits=limits, state=state)
    except (ValueError, OSError) as error:
        raise typer.BadParameter(str(error)) from None
    if words:
        with box:
            code = _run(words, box.environment())
        raise typer.Exit(code)
    _serve(box, seed, mode, as_json=as_json)


def _made(port: int, **options: Any) -> Sandbox:
    """A sandbox at *port*, or at four free ports in a row if there are some soon."""
    from jobwait.sandbox import Sandbox  # noqa: PLC0415 - as above

    for _ in range(0 if port else _TRIES):
        with socket.create_server(("127.0.0.1", 0)) as free:
            candidate = free.getsockname()[1]
        try:
            return Sandbox(port=candidate, **options)
        except (OSError, ValueError) as error:
            if isinstance(error, ValueError) and "port" not in str(error):
                raise
    return Sandbox(port=port, **options)


def _serve(box: Sandbox, seed: int, mode: Mode, *, as_json: bool) -> None:
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with box:
        if as_json:
            typer.echo(_as_json(box))  # flushes
        else:
            _print_exports(box.environment())
            typer.echo("\n".join(_explained(box, seed, mode)), err=True)
        while not ended.wait(1.0):  # Windows handles no signal while a thread waits without end
            pass


def _explained(box: Sandbox, seed: int, mode: Mode) -> list[str]:
    """What to do with the lines that were printed."""
    from jobwait.sandbox.sandbox import environment_at  # noqa: PLC0415 - as above

    port = int(box.freeplay.url.rpartition(":")[2])
    more = "" if seed == _SEED else f" --seed {seed}"
    in_a_row = environment_at(port, seed) == box.environment()
    paste = [f'  eval "$(jobwait sandbox --env --port {port}{more})"'] if in_a_row else ["  (the lines above)"]
    return [
        "",
        "The three services are served until Ctrl-C. In another terminal, paste the lines above, or:",
        *paste,
        "Then submit something there:",
        "  jobwait example fryte > tour.json",
        "  jobwait run fryte tour.json",
        "Some inputs choose how a job ends:",
        *definitions(ENDINGS, columns(), widest=40),
        *(paragraph(_NO_COUNTS, columns()) if mode is Mode.server else ()),
    ]


def _run(words: list[str], variables: Mapping[str, str]) -> int:
    """Run the command *words* with these *variables* too; its exit status, as a shell counts it."""
    signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C reaches the command too, which says how it ends
    try:
        process = subprocess.Popen(words, env={**os.environ, **variables})  # noqa: S603  # nosec B603
    except OSError as error:
        complain(f"{words[0]}: cannot be run ({error.strerror}). Write `jobwait sandbox -- COMMAND ARGUMENTS`.")
        return 127 if isinstance(error, FileNotFoundError) else 126  # a shell's own statuses
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    code = process.wait()
    return code if code >= 0 else 128 - code


def _print_exports(variables: Mapping[str, str]) -> None:
    typer.echo("\n".join(f"export {name}={shlex.quote(value)}" for name, value in variables.items()))


def _serves(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def _as_json(box: Sandbox) -> str:
    addresses = {"freeplay": box.freeplay, "fryte": box.fryte, "promptforge": box.promptforge}
    facts: dict[str, dict[str, str]] = {name: {"url": at.url, "key": at.key} for name, at in addresses.items()}
    facts["promptforge"]["other_key"] = str(box.promptforge.other_key)
    return json.dumps(facts)


def _limit(text: str) -> tuple[str, int | None]:
    service, _, most = text.partition("=")
    if not most.isdecimal():
        raise typer.BadParameter(f"{text!r} is not like promptforge=20", param_hint="--limit")
    return service, int(most) or None
