"""Groups of options as attrs classes, so that commands that share options share their one definition."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection
from typing import Any, get_type_hints

import attrs

from jobwait.cli.exits import ending


def command(function: Callable[..., int], leave_out: Collection[str] = (), **groups: type[Any]) -> Callable[..., None]:
    """
    What typer makes a command of: *function*, each parameter that is a class of options spread into these.

    *leave_out* names options that would make no sense here; they keep their defaults. *groups* names the class of a
    parameter whose annotation is left open. *function* gives the exit status; what goes wrong in it becomes a sentence
    and an exit status too.
    """
    optional_ids = {**get_type_hints(function, include_extras=True), **groups}
    spread = {
        name: optional_ids[name] for name in inspect.signature(function).parameters if attrs.has(optional_ids[name])
    }
    parameters: list[inspect.Parameter] = []
    for name, parameter in inspect.signature(function).parameters.items():
        own = _fields(spread[name]) if name in spread else [parameter.replace(annotation=optional_ids[name])]
        parameters += [one for one in own if one.name not in leave_out]
    parameters.sort(key=lambda parameter: parameter.default is not inspect.Parameter.empty)

    def run(**given: Any) -> None:
        with ending(debug=bool(given.get("debug")), as_json=bool(given.get("as_json"))) as end:
            made = {
                name: group(
                    **{field.name: given.pop(field.name) for field in attrs.fields(group) if field.name in given}
                )
                for name, group in spread.items()
            }
            end(function(**given, **made))

    keyword = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in parameters]
    run.__name__, run.__doc__ = function.__name__.strip("_"), function.__doc__
    run.__signature__ = inspect.Signature(keyword)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in keyword}
    return run


def _fields(group: type[Any]) -> list[inspect.Parameter]:
    optional_ids = get_type_hints(group, include_extras=True)
    return [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if field.default is attrs.NOTHING else field.default,
            annotation=optional_ids[field.name],
        )
        for field in attrs.fields(group)
    ]
