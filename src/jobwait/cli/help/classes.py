"""The classes of jobwait's commands and of their groups: each prints the help pages of this package."""

import os
from collections.abc import Callable
from typing import Any, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup

from jobwait.cli import Exit
from jobwait.cli.help.groups import in_order
from jobwait.cli.help.layout import columns
from jobwait.cli.help.page import page_of
from jobwait.cli.options import CommandFunction

_Function = TypeVar("_Function", bound=Callable[..., Any] | CommandFunction)


def _write(command: Any, context: Any, formatter: Any) -> None:
    page = page_of(command, context, columns())
    plain = "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
    formatter.write(_without_codes(page) if plain else page)  # typer removes the codes where there is no terminal


def _without_codes(text: str) -> str:
    return text.replace("\x1b[1m", "").replace("\x1b[0m", "")


def _shown(parameter: Any) -> str:
    """A parameter as a message names it."""
    if parameter.param_type_name == "option":
        return str(max(parameter.opts, key=len))
    return str(parameter.metavar or parameter.name.upper())


class Command(TyperCommand):
    """A command."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write its page."""
        _write(self, ctx, formatter)

    def invoke(self, ctx: Any) -> Any:
        """Run it; what ends it is one of typer's exceptions."""
        try:
            return super().invoke(ctx)
        except Exit as ended:
            raise typer.Exit(ended.exit_code) from None

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse *args*; an error that names all that is missing, where typer names the first alone."""
        given = list(args)
        try:
            return super().parse_args(ctx, args)
        except typer.BadParameter as error:
            if getattr(error, "param_type", self) is self:  # only an error about what is missing has that
                raise
            known, _, _ = self.make_parser(ctx).parse_args(given)
            required = [one for one in self.params if one.required]
            missing = [one for one in required if not known.get(one.name) and not ctx.lookup_default(one.name)]
            if len(missing) < 2:
                raise
            error.param_type, error.param_hint = "parameters", ", ".join(map(_shown, missing))  # type: ignore[attr-defined]
            raise


class Group(TyperGroup):
    """A group of commands, in the order in which a new user needs them."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write its page."""
        _write(self, ctx, formatter)

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of its commands."""
        return in_order(super().list_commands(ctx))


class App(typer.Typer):
    """Typer's collector of commands, with these classes."""

    def __init__(self, *, cls: type[TyperGroup] = Group, **more: Any) -> None:
        super().__init__(cls=cls, no_args_is_help=True, pretty_exceptions_enable=False, **more)

    def command(
        self, name: str | None = None, *, cls: type[TyperCommand] | None = None, **more: Any
    ) -> Callable[[_Function], _Function]:
        """A decorator that adds a command."""
        add = super().command(name, cls=cls or Command, **more)

        def added(function: Any) -> Any:
            add(function.for_typer() if isinstance(function, CommandFunction) else function)
            return function

        return added
