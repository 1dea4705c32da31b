"""Where errors of an overlay are: its file, and the action by number and line; also of errors that it brings about."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from generator.errors import GeneratorError
from generator.spec.load import start_lines

Where = Callable[[int], str]  # the place of the action with a number, counted from 1, as messages begin


def where_of(path: Path) -> Where:
    """The places of actions in the file *path*, with their lines."""

    def where(number: int) -> str:
        lines = start_lines(path, "actions")
        line = f"Line {lines[number - 1]} of " if number <= len(lines) else ""
        return f"{line}{path}, action {number}"

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
    pointer = place.removeprefix(f"{name} at ").partition(": ")[0]
    parents = [pointer[:end] for end in range(len(pointer), 0, -1) if end == len(pointer) or pointer[end] == "/"]
    number = next((written[one] for one in parents if one in written), None)
    return place if number is None else f"{place} ({where(number)})"
