"""Groups of options as attrs classes that commands share, and the type of an option that takes a duration."""

import inspect
import re
from collections.abc import Callable, Collection
from difflib import get_close_matches
from typing import Any, Final, get_type_hints

import attrs
import typer

from jobwait.cli.exits import errors_as_sentences

_SECONDS: Final = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_NUMBER: Final = r"(?:\d+(?:\.\d*)?|\.\d+)"
_WHOLE: Final = re.compile(rf"(?:{_NUMBER}(?:d|h|ms|m|s))+|{_NUMBER}")
_PART: Final = re.compile(rf"({_NUMBER})(d|h|ms|m|s)?")
_LONGEST: Final = 366 * 86400.0


def option(about: str, *names: str, **more: Any) -> Any:
    """A typer option: what its help says *about* it, then its *names* if they are not the parameter's."""
    return typer.Option(*names, help=about, **more)


def duration(text: str | float) -> float:
    """Seconds in *text*, such as 90, 90s, 1.5h, 1h30m or 2d; typer.BadParameter if it is no duration."""
    plain = str(text).strip().lower()
    if not plain.isascii() or not _WHOLE.fullmatch(plain):
        raise typer.BadParameter(f"{str(text)[:60]!r} is no duration; write one like 90, 90s, 2h or 1h30m.")
    seconds = sum(float(number) * _SECONDS[unit or "s"] for number, unit in _PART.findall(plain))
    if seconds > _LONGEST:
        raise typer.BadParameter(f"{plain[:60]} is more than a year; the longest duration is 366d.")
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
    near = get_close_matches(name.lower(), by_small, 1)
    return f"did you mean {by_small[near[0]]}?" if near else others or f"there are {', '.join(known)}."


def is_typed(context: Any, name: str) -> bool:
    """Whether the parameter *name* was typed in the command line of *context*."""
    return str(context.get_parameter_source(name)).endswith("COMMANDLINE")


def command(function: Callable[..., int], leave_out: Collection[str] = (), **groups: type[Any]) -> Callable[..., None]:
    """
    A typer command from *function*: each parameter whose type is a class of options becomes those options.

    *leave_out* names options that the command does not have; they keep their defaults. *groups* gives the class of a
    parameter that is annotated as Any. The exit status is what *function* returns, or that of the error it raises.
    """
    types = {**get_type_hints(function, include_extras=True), **groups}
    spread: dict[str, type[Any]] = {}
    parameters: list[inspect.Parameter] = []
    for name, parameter in inspect.signature(function).parameters.items():
        if attrs.has(types[name]):
            spread[name] = types[name]
            hints = get_type_hints(types[name], include_extras=True)
            for field in attrs.fields(types[name]):
                if field.name not in leave_out:
                    default = inspect.Parameter.empty if field.default is attrs.NOTHING else field.default
                    kind, hint = inspect.Parameter.KEYWORD_ONLY, hints[field.name]
                    parameters.append(inspect.Parameter(field.name, kind, default=default, annotation=hint))
        else:
            parameters.append(parameter.replace(annotation=types[name], kind=inspect.Parameter.KEYWORD_ONLY))
    parameters.sort(key=lambda parameter: parameter.default is not inspect.Parameter.empty)

    def run(**given: Any) -> None:
        with errors_as_sentences(debug=bool(given.get("debug")), as_json=bool(given.get("as_json"))):
            made = {
                name: group(**{one.name: given.pop(one.name) for one in attrs.fields(group) if one.name in given})
                for name, group in spread.items()
            }
            raise typer.Exit(function(**given, **made))

    run.__name__, run.__doc__ = function.__name__.strip("_"), function.__doc__
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run
