"""`jobwait sandbox`: local copies of the three services."""

import json
import signal
import threading
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jobwait.cli import missing
from jobwait.cli.options import option

if TYPE_CHECKING:
    from jobwait.sandbox import Sandbox


class Mode(StrEnum):
    """How the sandbox's PromptForge behaves."""

    server = "server"
    docs = "docs"


def sandbox(
    *,
    port: Annotated[int, option("First of four ports in a row; 0 takes free ones.", min=0, max=65532)] = 0,
    speed: Annotated[float, option("Seconds of a job's life in one real second.")] = 60,
    seed: Annotated[int, option("Makes keys, identifiers and durations repeatable.")] = 7,
    as_json: Annotated[bool, option("Print addresses and keys as one line of JSON.", "--json")] = False,
    mode: Annotated[
        Mode, option("PromptForge as its published server behaves, or as documented.", "--promptforge-mode")
    ] = Mode.server,
    state: Annotated[Path | None, option("File that keeps the state, so that a stopped sandbox goes on.")] = None,
    limit: Annotated[list[str] | None, option("Requests a second, as promptforge=20; 0 removes the limit.")] = None,
) -> None:
    """Run local copies of Freeplay, FRYTE and PromptForge until interrupted."""
    try:
        from jobwait.sandbox import Sandbox  # noqa: PLC0415  # its packages may be missing
    except ModuleNotFoundError as error:
        if error.name not in ("starlette", "uvicorn"):
            raise
        missing("sandbox")

    limits = dict(map(_limit, limit or []))
    try:
        box = Sandbox(speed=speed, seed=seed, promptforge_mode=mode.value, limits=limits, state=state, port=port)
    except (ValueError, OSError) as error:
        raise typer.BadParameter(str(error)) from None
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with box:
        typer.echo(_ready(box, as_json=as_json))  # flushes
        while not ended.wait(1.0):  # Windows handles no signal while a thread waits without end
            pass


def _ready(box: "Sandbox", *, as_json: bool) -> str:
    addresses = {"freeplay": box.freeplay, "fryte": box.fryte, "promptforge": box.promptforge}
    if as_json:
        facts: dict[str, dict[str, str]] = {name: {"url": at.url, "key": at.key} for name, at in addresses.items()}
        facts["promptforge"]["other_key"] = str(box.promptforge.other_key)
        return json.dumps(facts)
    return "\n".join(f"{name:12} {at.url}  {at.key}" for name, at in addresses.items())


def _limit(text: str) -> tuple[str, int | None]:
    service, _, most = text.partition("=")
    if not most.isdecimal():
        raise typer.BadParameter(f"{text!r} is not like promptforge=20", param_hint="--limit")
    return service, int(most) or None
