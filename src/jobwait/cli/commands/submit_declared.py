"""What `jobwait submit` and `jobwait run` take for services without a command of their own: SERVICE BODY."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final

from attrs import frozen

from jobwait.cli.help.classes import Group
from jobwait.cli.options import argument, option
from jobwait.cli.services import Own, complete_service, declaration_of, ids_within, only_service, page_of
from jobwait.errors import InvalidInput

DECLARED: Final = "declared"


class AnyService(Group):
    """Commands by service; whatever names none of them is for the command of declared jobs."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put that command before a name that is no command, and before the option --spec."""
        known = not args or args[0] in {*self.commands, *self.get_help_option_names(ctx)}
        return super().parse_args(ctx, args if known else [DECLARED, *args])

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:
        """The commands, then the names of other services."""
        found = super().shell_complete(ctx, incomplete)
        kind = type(next(iter(super().shell_complete(ctx, ""))))  # the class of such items is not public in typer
        return [*found, *(kind(name) for name in complete_service(incomplete) if name not in self.commands)]


@frozen(kw_only=True)
class Declared:
    """A job of any other service."""

    title: ClassVar[str] = "a job to any other service"
    examples: ClassVar[tuple[str, ...]] = ("--spec renders.yaml render.json", "openai-batches batch.json")
    leaves_out: ClassVar[tuple[str, ...]] = ("format", "submitted", "geojson")

    words: Annotated[
        list[str] | None,
        argument(
            metavar="[SERVICE] [BODY]",
            help="The service, unless --spec declares it; a file with the body as JSON, - for stdin, or nothing.",
            autocompletion=complete_service,
        ),
    ] = None
    within: Annotated[
        str | None, option("The ids that are in the path, as in OWNER/REPO.", "--in", metavar="ID/ID")
    ] = None

    def service_and_body(self, own: Own) -> tuple[str, Any]:
        """The service, and the body that is submitted to it; InvalidInput if they are not named, or not as JSON."""
        words = self.words or []
        name = only_service(None if len(own) == 1 and words[:1] != [*own] else next(iter(words), None), own)
        files = words[1:] if words[:1] == [name] else words
        if len(files) > 1:
            raise InvalidInput(f"One file with a body is needed, and there are {len(files)}: {', '.join(files)}.")
        if not hasattr(page_of(name, own), "submit"):
            raise InvalidInput(f"The package of {name} has no submit(): nothing can be submitted to it.")
        return name, body_in(files[0]) if files else None

    def ids(self, name: str, own: Own) -> dict[str, str]:
        """The ids in the path of the submission to *name*."""
        declaration = declaration_of(page_of(name, own))
        if declaration is None or declaration.submit is None:
            return {}
        return ids_within(self.within, declaration.submit.endpoint.variables, f"{name} takes a submission for")


def body_in(file: str) -> Any:
    """The JSON in *file*, - being stdin; InvalidInput if it cannot be read, or is none."""
    place = "stdin" if file == "-" else file
    try:
        return json.loads(sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes())
    except OSError as error:
        raise InvalidInput(f"{place}: cannot be read ({error.strerror}). Name a file with the body as JSON.") from error
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{place}: not JSON ({error}). The body is sent as JSON.") from None
