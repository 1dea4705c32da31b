"""What a command prints on stdout: lines of text for people, or JSON objects for programs."""

import json
from typing import Annotated, Any

import typer
from attrs import frozen

from jobwait._text import visible


@frozen(kw_only=True)
class Output:
    """The options of every command that prints something."""

    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, one object a line, instead of text.")] = False
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, and no text but errors.")] = False
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error, without secrets.")] = False

    @property
    def chatty(self) -> bool:
        """Whether text for people is wanted."""
        return not self.as_json and not self.quiet

    def text(self, *lines: str) -> None:
        """Print each of *lines*, for people; control characters are escaped, so that each stays one line."""
        if self.chatty:
            for line in lines:
                typer.echo(visible(line))

    def json(self, kind: str, **facts: Any) -> None:
        """Print one object whose `type` is *kind*, for programs."""
        if self.as_json:
            typer.echo(json.dumps({"type": kind, **facts}, default=str))
