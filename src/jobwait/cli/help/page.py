"""The help page of a command, from what typer knows of its arguments and options."""

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any, Final

import typer

from jobwait.cli.help.groups import OPTIONS, environment_of, section_of_command, section_of_option
from jobwait.cli.help.layout import command_line, definitions, paragraph, usage
from jobwait.cli.options import duration_words

_EXAMPLES: Final = ("Example:", "Examples:")


def page_of(command: Any, context: Any, width: int) -> str:
    """The page of *command*, whose lines have at most *width* columns, with the codes of bold text."""
    sections = _sections(command, context)
    parts = [usage(_usage(command, context), width), *_description(command.help or "", width)]
    for title, rows in sections:
        if rows:
            parts.append([_bold(title), *definitions(rows, width, _bold)])
    if command.epilog:
        parts.append(paragraph(command.epilog, width))
    return "\n\n".join("\n".join(part) for part in parts)


def examples_in(text: str) -> list[str]:
    """The command lines in the paragraphs of a help text that begin with `Example:` or `Examples:`."""
    blocks = [block.splitlines() for block in text.split("\n\n")]
    return [line.strip() for first, *rest in blocks if first.strip() in _EXAMPLES for line in rest]


def _description(text: str, width: int) -> Iterator[list[str]]:
    for block in text.split("\n\n"):
        first, *rest = block.splitlines() or [""]
        if first.strip() in _EXAMPLES:
            yield [_bold(first.strip(" :")), *(part for line in rest for part in command_line(line, width))]
        elif block:
            yield paragraph(block, width)


def _usage(command: Any, context: Any) -> list[str]:
    arguments, options = _parameters(command, context)
    required = [f"{max(option.opts, key=len)} {_value(option)}" for option in options if option.required]
    below = ["COMMAND …"] if hasattr(command, "commands") else []
    return [f"Usage: {context.command_path}", "[OPTIONS]", *required, *map(_form, arguments), *below]


def _sections(command: Any, context: Any) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    arguments, options = _parameters(command, context)
    path = context.command_path
    yield "Arguments", [(_form(one), _meaning(one)) for one in arguments]
    by_title: dict[str, list[tuple[str, str]]] = {"Input": [], "Options": [], **{title: [] for title in OPTIONS}}
    for option in options:
        by_title[section_of_option(option.opts, path)].append((_names(option), _meaning(option)))
    commands: Mapping[str, Any] = getattr(command, "commands", {})
    yield from _commands(commands, command.list_commands(context) if commands else (), is_root=context.parent is None)
    yield from by_title.items()
    yield "Environment", environment_of(path, {name for option in options for name in option.opts})


def _commands(
    commands: Mapping[str, Any], names: Iterable[str], *, is_root: bool
) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for name in names:
        title = section_of_command(name) if is_root else "Commands"
        found.setdefault(title, []).append((name, (commands[name].help or "").partition("\n\n")[0]))
    yield from found.items()


def _parameters(command: Any, context: Any) -> tuple[list[Any], list[Any]]:
    """The arguments and the options that are not hidden."""
    shown = [one for one in command.get_params(context) if not getattr(one, "hidden", False)]
    arguments = [one for one in shown if one.param_type_name == "argument"]
    return arguments, [one for one in shown if one.param_type_name == "option"]


def _form(argument: Any) -> str:
    """An argument as it stands in a usage line."""
    name = argument.metavar or argument.name.upper()
    name = name if "|" not in name or name.startswith("[") else f"{{{name}}}"
    optional = name.startswith("[") or argument.required
    return name if optional else f"[{name}]"


def _names(option: Any) -> str:
    """The names of an option, the short one first, and what stands for its value; no line breaks between the two."""
    short_first = sorted(option.opts, key=len)
    value = "" if option.is_flag else f" {_value(option)}"
    return f"{', '.join(short_first)}{value}{''.join(f' / {name}' for name in option.secondary_opts)}"


def _value(option: Any) -> str:
    return str(option.metavar or max(option.opts, key=len).strip("-").upper())


def _meaning(parameter: Any) -> str:
    facts = [] if parameter.param_type_name == "argument" or not parameter.required else ["required"]
    shown = parameter.show_default
    default = shown if isinstance(shown, str) else _default(parameter) if shown else ""
    facts += [f"default: {default}"] if default else []
    variable = parameter.envvar
    facts += [f"environment: {variable if isinstance(variable, str) else ', '.join(variable)}"] if variable else []
    more = f" ({'; '.join(facts)})" if facts else ""
    return f"{parameter.help or ''}{more}"


def _default(parameter: Any) -> str:
    value = parameter.default
    if getattr(parameter, "is_flag", False):
        return parameter.opts[0] if value is True and parameter.secondary_opts else ""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, float) and parameter.metavar == "DURATION":
        return duration_words(value)
    return str(value) if isinstance(value, str | int | float | Path) and str(value) else ""


def _bold(text: str) -> str:
    return typer.style(text, bold=True)
