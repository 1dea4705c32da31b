"""What a command prints on stdout: lines of text for people, or JSON objects for programs."""

from typing import Annotated, Any

from attrs import frozen

from jobwait._text import visible
from jobwait.cli import echo
from jobwait.cli.json_forms import print_line
from jobwait.cli.options import option


@frozen(kw_only=True)
class Output:
    """The options of every command that prints something."""

    as_json: Annotated[bool, option("Print JSON, one object a line, instead of text.", "--json")] = False
    quiet: Annotated[bool, option("No progress, and no text but errors.", "--quiet", "-q")] = False
    debug: Annotated[bool, option("Show the traceback of an error, without secrets.", "--debug")] = False

    @property
    def chatty(self) -> bool:
        """Whether text for people is wanted."""
        return not self.as_json and not self.quiet

    def text(self, *lines: str) -> None:
        """Print each of *lines*, for people; control characters are escaped, so that each stays one line."""
        if self.chatty:
            for line in lines:
                echo(visible(line))

    def line(self, line: str) -> None:
        """Print *line* as it is, for people."""
        if self.chatty:
            echo(line)

    def json(self, kind: str, **facts: Any) -> None:
        """Print one object whose `type` is *kind*, for programs."""
        if self.as_json:
            print_line(kind, **facts)
