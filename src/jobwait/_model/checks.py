"""Checks of a caller's arguments and of what is installed, before anything is sent; each error names what is wrong."""

import numbers
import re
from importlib.util import find_spec
from typing import Any, Final
from uuid import UUID

from jobwait.errors import InvalidInput

MOST_FAULTS: Final = 100  # of an input that are named; a file of another kind has one on each line
_REF: Final = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)


def identifier(name: str, value: Any) -> str:
    """The id *value*, a string, whole number or UUID, as text; raises InvalidInput for others, and "", "." and ".."."""
    if isinstance(value, bool) or not isinstance(value, str | numbers.Integral | UUID):
        raise InvalidInput(f"{name} must be an id, not {type(value).__name__}.")
    value = value if isinstance(value, str | UUID) else int(value)
    if str(value) in {"", ".", ".."}:
        raise InvalidInput(f"{name} must not be {str(value)!r}: name the job by the id that its submission gave.")
    return str(value)


def text(name: str, value: Any) -> str:
    """*value*, a string that is not empty; raises InvalidInput if it is something else."""
    if not isinstance(value, str) or not value:
        raise InvalidInput(f"{name} must be text, not {value!r:.60}.")
    return value


def whole(name: str, value: Any) -> int:
    """*value*, a whole number (also one of numpy), as an int; raises InvalidInput if it is something else."""
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise InvalidInput(f"{name} must be a whole number, not {value!r:.60}.")
    return int(value)


def within(name: str, value: Any, least: float, most: float) -> None:
    """Check that *value* is a number from *least* to *most*, both included; raises InvalidInput if it is not."""
    number: Any = value
    is_number = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if not is_number or not least <= number <= most:
        raise InvalidInput(f"{name} must be from {least:g} to {most:g}, not {value!r:.60}.")


def is_ref(text: str) -> bool:
    """Whether *text* names a function, as "package.module:function"; no host and port looks like that."""
    return len(text) <= 200 and _REF.fullmatch(text) is not None


def plain_number(value: object) -> int | float:
    """*value*, a number of numpy for instance, as JSON has it; for `json.dumps(…, default=plain_number)`."""
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return float(value)
    raise TypeError(f"{type(value).__name__} is no type of JSON")


def needs(module: str, package: str, *, extra: str) -> None:
    """Raise a ModuleNotFoundError that says what to install unless *package*, which *extra* installs, is importable."""
    try:
        found = find_spec(package)
    except ModuleNotFoundError:  # nor is the package that it is in
        found = None
    if found is None or found.origin is None:  # no origin: only a folder of that name, such as a folder of DAGs
        raise ModuleNotFoundError(
            f"{module} needs packages that are not installed: pip install 'jobwait[{extra}]'", name=package
        )
