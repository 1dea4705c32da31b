"""Where errors of an overlay are: its file, and the action by number and line; also of errors that it brings about."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from generator.errors import GeneratorError
from generator.spec.yaml_places import start_lines

Where = Callable[[int], str]  # the place of the action with a number, counted from 1, as messages begin


def where_of(path: Path, name: str = "") -> Where:
    """The places of actions in the file *path*, by default called so, with their lines."""
    known: list[list[int]] = []  # the lines, once they are asked for

    def where(number: int) -> str:
        lines = known[0] if known else start_lines(path, "actions")
        known[:] = [lines]
        line = f"Line {lines[number - 1]} of " if 0 < number <= len(lines) else ""
        return f"{line}{name or path}, action {number}"

    return where


@contextmanager
def named_in_errors(written: dict[str, int], name: str, where: Where) -> Iterator[None]:
    """Let errors at places of the document *name* that an action has *written* name that action."""
    try:
        yield
    except GeneratorError as error:
        if not written or not error.places:
            raise
        sentence = str(error).partition("\n")[0]
        raise GeneratorError(sentence, [_blamed(place, written, name, where) for place in error.places]) from None


def _blamed(place: str, written: dict[str, int], name: str, where: Where) -> str:
    return place + action_of(place.removeprefix(f"{name} at ").partition(": ")[0], written, where)


def action_of(pointer: str, written: dict[str, int], where: Where) -> str:
    """The action that has *written* the value at *pointer*, in parentheses as the end of a sentence; else empty."""
    parents = [pointer[:end] for end in range(len(pointer), 0, -1) if end == len(pointer) or pointer[end] == "/"]
    number = next((written[one] for one in parents if one in written), None)
    return "" if number is None else f" ({where(number)})"
