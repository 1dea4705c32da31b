"""Groups of options as attrs classes that commands share, and the type of an option that takes a duration."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple, get_args, get_type_hints

import attrs
from attrs import frozen

from jobwait._text import nearest
from jobwait.cli.exits import errors_as_sentences

if TYPE_CHECKING:
    import typer

_SECONDS: Final = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_NUMBER: Final = r"(?:\d+(?:\.\d*)?|\.\d+)"
_WHOLE: Final = re.compile(rf"(?:{_NUMBER}(?:d|h|ms|m|s))+|{_NUMBER}")
_PART: Final = re.compile(rf"({_NUMBER})(d|h|ms|m|s)?")
_LONGEST: Final = 366 * 86400.0


class BadValue(Exception):
    """What was typed cannot be the value; its text says why."""


class Parameter(NamedTuple):
    """An option or an argument: what its help says *about* it, its *names* as they are typed, and *more* for typer."""

    about: str
    names: tuple[str, ...]
    more: Mapping[str, Any]
    is_option: bool = True

    def for_typer(self) -> Any:
        """The same as typer's."""
        import typer  # noqa: PLC0415 - a plain command line is read without it

        more = dict(self.more)
        if "parser" in more:
            more["parser"] = _raising_for_typer(more["parser"])
        make = typer.Option if self.is_option else typer.Argument
        return make(*self.names, help=self.about, **more)


def option(about: str, *names: str, **more: Any) -> Any:
    """An option: what its help says *about* it, then its *names* if they are not the parameter's."""
    return Parameter(about, names, more)


def argument(**more: Any) -> Any:
    """An argument; *more* is typer's, `help` among it."""
    return Parameter(more.pop("help"), (), more, is_option=False)


def typer_option(about: str, *names: str, **more: Any) -> Any:
    """An option of a function that typer itself reads."""
    return Parameter(about, names, more).for_typer()


def _raising_for_typer(parser: Callable[[Any], Any]) -> Callable[[Any], Any]:
    import typer  # noqa: PLC0415 - as above

    def parse(value: Any) -> Any:
        try:
            return parser(value)
        except BadValue as error:
            raise typer.BadParameter(str(error)) from None

    return parse


def duration(text: str | float) -> float:
    """Seconds in *text*, such as 90, 90s, 1.5h, 1h30m or 2d; BadValue if it is no duration."""
    plain = str(text).strip().lower()
    if not plain.isascii() or not _WHOLE.fullmatch(plain):
        raise BadValue(f"{str(text)[:60]!r} is no duration; write one like 90, 90s, 2h or 1h30m.")
    seconds = sum(float(number) * _SECONDS[unit or "s"] for number, unit in _PART.findall(plain))
    if seconds > _LONGEST:
        raise BadValue(f"{plain[:60]} is more than a year; the longest duration is 366d.")
    return seconds


def duration_words(seconds: float) -> str:
    """*seconds* as an option takes them: 250ms, 30s, 1h30m, 2d."""
    parts, left = [], round(seconds * 1000)
    for unit, size in _SECONDS.items():
        count, left = divmod(left, round(size * 1000))
        parts += [f"{count}{unit}"] if count else []
    return "".join(parts) or "0s"


def meant(name: str, known: Collection[str], others: str = "") -> str:
    """The end of a sentence about a *name* that is none of *known*: the nearest of them, else all, or *others*."""
    by_small = {one.lower(): one for one in known}
    near = nearest(name.lower(), by_small, 1)
    return f"did you mean {by_small[near[0]]}?" if near else others or f"there are {', '.join(known)}."


class Typed(NamedTuple):
    """
    Which options were typed: the name of each on the command line, and its value, by the parameter's name.

    *profile* is the one that was typed before the command.
    """

    options: Mapping[str, tuple[str, Any]]
    profile: str | None = None


def _typed_in(context: Any) -> Typed:
    """What was typed, as a context of typer's knows it."""
    root = context.find_root()
    found = {
        str(one.name): (one.opts[0], context.params[one.name])
        for one in context.command.params
        if one.param_type_name == "option" and one.name in context.params and _is_typed(context, one.name)
    }
    return Typed(found, str(root.obj) if _is_typed(root, "profile") else None)


def _is_typed(context: Any, name: str) -> bool:
    return str(context.get_parameter_source(name)).endswith("COMMANDLINE")


class Field(NamedTuple):
    """A parameter of a command: the type of its value, its default, and of which *group* of options it is, if any."""

    name: str
    hint: Any
    parameter: Parameter
    default: Any
    group: str | None

    @property
    def names(self) -> Sequence[str]:
        """What is typed for the option."""
        return self.parameter.names or (self.flag,)

    @property
    def flag(self) -> str:
        """The first of its names."""
        return (*self.parameter.names, f"--{self.name.replace('_', '-')}")[0]

    @property
    def is_option(self) -> bool:
        """Whether it is an option, and no argument."""
        return self.parameter.is_option

    @property
    def is_flag(self) -> bool:
        """Whether the option takes no value."""
        return self.hint is bool

    @property
    def is_required(self) -> bool:
        """Whether it has no default."""
        return self.default is inspect.Parameter.empty

    def for_typer(self) -> inspect.Parameter:
        """The same as a parameter of a function for typer."""
        kind: Any = Annotated  # of a value, not of a name that a type checker knows
        hint = kind[self.hint, self.parameter.for_typer()]
        return inspect.Parameter(self.name, inspect.Parameter.KEYWORD_ONLY, default=self.default, annotation=hint)


@frozen(slots=False)
class CommandFunction:
    """
    A command: a *function*, each of whose parameters that is of a class of options stands for those options.

    *leave_out* names options that the command does not have; they keep their defaults. *groups* gives the class of a
    parameter that is annotated as Any. The exit status is what the function returns, or that of the error it raises.
    A parameter of the class Typed gets what was typed.
    """

    function: Callable[..., int]
    leave_out: Collection[str]
    groups: Mapping[str, type[Any]]

    @cached_property
    def _types(self) -> Mapping[str, Any]:
        hints = get_type_hints(self.function, include_extras=True)
        return {name: hints[name] for name in inspect.signature(self.function).parameters} | dict(self.groups)

    @cached_property
    def fields(self) -> list[Field]:
        """The parameters of the command, the required ones first."""
        found: list[Field] = []
        for name, parameter in inspect.signature(self.function).parameters.items():
            kind = self._types[name]
            if attrs.has(kind):
                found += _fields_of(name, kind, self.leave_out)
            elif kind is not Typed:
                found.append(_field(name, kind, parameter.default, None))
        return sorted(found, key=lambda field: not field.is_required)

    def call(self, given: Mapping[str, Any], typed: Typed) -> int:
        """Run the function with the values of all parameters; the exit status. Raises Exit for an error."""
        with errors_as_sentences(debug=bool(given.get("debug")), as_json=bool(given.get("as_json"))):
            values: dict[str, Any] = {field.name: given[field.name] for field in self.fields if field.group is None}
            for name, kind in self._types.items():
                if kind is Typed:
                    values[name] = typed
                elif attrs.has(kind):
                    values[name] = kind(**{one.name: given[one.name] for one in self.fields if one.group == name})
            return self.function(**values)

    def for_typer(self) -> Callable[..., None]:
        """The same as a function for typer."""
        import typer  # noqa: PLC0415 - as above

        def run(context: typer.Context, **given: Any) -> None:
            raise typer.Exit(self.call(given, _typed_in(context)))

        run.__name__, run.__doc__ = self.function.__name__.strip("_"), self.function.__doc__
        context = inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
        parameters = [context, *(field.for_typer() for field in self.fields)]
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return run


def _fields_of(group: str, kind: type[Any], leave_out: Collection[str]) -> list[Field]:
    hints = get_type_hints(kind, include_extras=True)
    return [
        _field(
            one.name, hints[one.name], inspect.Parameter.empty if one.default is attrs.NOTHING else one.default, group
        )
        for one in attrs.fields(kind)
        if one.name not in leave_out
    ]


def _field(name: str, hint: Any, default: Any, group: str | None) -> Field:
    kind, parameter = get_args(hint)
    return Field(name, kind, parameter, default, group)


def command(function: Callable[..., int], leave_out: Collection[str] = (), **groups: type[Any]) -> CommandFunction:
    """The command that *function* is, without the options in *leave_out*; see CommandFunction."""
    return CommandFunction(function, leave_out, groups)
