"""How what a watched function returns is read: the state, progress and the reason of a failure."""

import enum
import inspect
import numbers
import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from jobwait._model.paths import at_path, is_path, reason_text
from jobwait._model.status_map import MEANINGS, Meaning, StatusMap
from jobwait._model.types import Progress
from jobwait._watch.raised import failed, harmless
from jobwait.errors import InvalidInput

Reader = Callable[[Any], Any]
_LONGEST: Final = 200  # characters of a status
_OF_DONE: Final[Mapping[object, str]] = {False: "running", True: "succeeded"}


def statuses(sets: Mapping[Meaning, Iterable[object]]) -> StatusMap:
    """The words of *sets* by their meaning; InvalidInput if they contradict one another, or nothing is a success."""
    known: dict[Meaning, frozenset[str]] = {}
    for meaning, words in sets.items():
        if isinstance(words, str | bytes | Mapping) or not isinstance(words, Iterable):
            raise InvalidInput(f"{meaning} must be a set of statuses, as in {{{words!r:.60}}}.")
        known[meaning] = frozenset(word(one) for one in words)
        if "" in known[meaning] or "None" in known[meaning]:
            raise InvalidInput(f"{meaning} has a status without a text; what is not there never ends a wait.")
    if not known["succeeded"]:
        raise InvalidInput("succeeded names no status, so that the job could never succeed. Name one, or give done=.")
    try:
        return StatusMap(**known)
    except ValueError as error:
        raise InvalidInput(f"{error}. Give each status one meaning.") from None


def states() -> StatusMap:
    """Our own words for the states, for done()."""
    return StatusMap(**{meaning: frozenset({meaning}) for meaning in MEANINGS})


def word(value: object) -> str:
    """A raw status as text: of an enumeration its value if that is text, else its name."""
    if isinstance(value, enum.Enum):
        value = value.value if isinstance(value.value, str) else value.name
    return str(value).strip()[:_LONGEST]


def status_reader(status: Any) -> Callable[[Any], str]:
    """Reads the raw status, by a path or a function; what is not there has a word of its own, which is unknown."""
    read, place = reader("status", status), f"at {status!r}" if isinstance(status, str) else "of status()"

    def found(snapshot: Any) -> str:
        value = _checked(read, snapshot)
        return word(value) if value is not None and value != "" else f"nothing {place}"

    return found


def done_reader(done: Any) -> Callable[[Any], str]:
    """Reads the state by a function that returns False, True, or the name of a state."""
    read = _function("done", done)

    def found(snapshot: Any) -> str:
        value = _checked(read, snapshot)
        try:
            return _OF_DONE[value]
        except (KeyError, TypeError):
            return word(value) or "nothing of done()"

    return found


def progress_reader(name: str, progress: Any) -> Callable[[Any], Progress | None]:
    """Reads progress, by a pair of paths or functions, or by a function to Progress; a fault of it ends nothing."""
    read = _function("progress", progress) if callable(progress) else _pair(progress)

    def checked(snapshot: Any) -> Progress | None:
        found = read(snapshot)
        if found is None:
            return None
        count = _count(found.done) if isinstance(found, Progress) else None
        if count is None:
            raise TypeError(f"it returned {found!r:.60}, which is no Progress with a number")
        return Progress(count, _count(found.total), None if found.stage is None else harmless(found.stage))

    return _forgiving(name, "progress", checked)


def _pair(progress: Any) -> Reader:
    if not isinstance(progress, tuple | list) or len(progress) != 2:
        raise InvalidInput('progress must be two paths, as in ("counts.done", "counts.total"), or a function.')
    done, total = (reader("progress", one) for one in progress)

    def read(snapshot: Any) -> Progress | None:
        count = _count(done(snapshot))
        return None if count is None else Progress(count, _count(total(snapshot)))

    return read


def reason_reader(name: str, reason: Any) -> Callable[[Any], str | None]:
    """Reads why the job failed, by a path or a function."""
    read = reader("reason", reason)

    def found(snapshot: Any) -> str | None:
        text = reason_text(read(snapshot))
        return None if text is None else harmless(text) or None

    return _forgiving(name, "reason", found)


def reader(name: str, value: Any) -> Reader:
    """The function that reads what the argument *name* says, by a path or a function."""
    if is_path(value):
        return at_path(value)
    if isinstance(value, str):
        raise InvalidInput(f'{name} must be a path such as "status", "task.state" or "tasks[0].state", not {value!r}.')
    return _function(name, value)


def _function(name: str, value: Any) -> Reader:
    if not callable(value) or inspect.iscoroutinefunction(value):
        raise InvalidInput(f"{name} must be a path or a plain function of what the call returns, not {value!r:.60}.")
    found: Reader = value
    return found


def _checked(read: Reader, snapshot: Any) -> Any:
    """What *read* makes of *snapshot*; an exception is one of the call, and fails the poll."""
    try:
        return read(snapshot)
    except Exception as error:  # noqa: BLE001 - raised again as what it means
        raise failed(error) from None


def _count(value: Any) -> int | None:
    """*value*, a number or its digits, as a count; None if it is none."""
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < 20:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return None
    number = float(value)
    return int(number) if abs(number) < 2**53 else None


def _forgiving(name: str, argument: str, read: Reader) -> Reader:
    """*read*, without its exceptions: what it tells is shown alone; the first is a warning."""
    warned: list[bool] = []

    def found(snapshot: Any) -> Any:
        try:
            return read(snapshot)
        except Exception as error:  # noqa: BLE001 - whatever it is, the wait goes on
            if not warned:
                warned.append(True)
                fact = f"{argument} of the watch {name} raised {type(error).__name__}: {harmless(error)}"
                warnings.warn(f"{fact}. It is left out; the wait goes on.", RuntimeWarning, stacklevel=2)
            return None

    return found
