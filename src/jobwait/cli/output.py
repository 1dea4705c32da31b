"""How a command speaks: lines for people or JSON for programs, on stdout; nothing but results goes there."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from attrs import frozen

from jobwait._text import visible


@frozen(kw_only=True)
class Voice:
    """The options of every command that talks."""

    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, one object a line, instead of text.")] = False
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, and no text but errors.")] = False
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error, without secrets.")] = False

    def say(self, *lines: str) -> None:
        """Each of *lines* on stdout, for people; none of them can make itself two."""
        if not self.as_json and not self.quiet:
            for line in lines:
                typer.echo(visible(line))

    def tell(self, kind: str, **facts: Any) -> None:
        """One JSON object of *kind* on stdout, for programs."""
        if self.as_json:
            typer.echo(json.dumps({"type": kind, **facts}, default=str))
