"""What the statuses of a service mean, in our own words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final, Literal, TypeAlias, get_args

from jobwait.errors import InvalidInput

Meaning: TypeAlias = Literal["queued", "running", "succeeded", "failed", "canceled", "needs_input"]
StatusMeaning: TypeAlias = Literal[Meaning, "unknown"]
MEANINGS: Final[tuple[Meaning, ...]] = get_args(Meaning)
TERMINAL: Final[frozenset[str]] = frozenset({"succeeded", "failed", "canceled"})
_CACHED: Final = 256  # raw statuses whose meaning is cached


class StatusMap:
    """
    What each raw status means: `StatusMap(running={"RUNNING"}, succeeded={"DONE"})`.

    Case, spaces, hyphens and the second l of "cancelled" make no difference. A status in no set is "unknown": it never
    ends a wait. needs_input: the job waits for its caller. Raises ValueError if a status is in two sets.
    """

    __module__ = "jobwait"

    def __init__(
        self,
        *,
        queued: AbstractSet[str] = frozenset(),
        running: AbstractSet[str] = frozenset(),
        succeeded: AbstractSet[str] = frozenset(),
        failed: AbstractSet[str] = frozenset(),
        canceled: AbstractSet[str] = frozenset(),
        needs_input: AbstractSet[str] = frozenset(),
    ) -> None:
        self.queued, self.running, self.needs_input = queued, running, needs_input
        self.succeeded, self.failed, self.canceled = succeeded, failed, canceled
        meanings: dict[str, StatusMeaning] = {}
        for name in MEANINGS:
            for status in getattr(self, name):
                if meanings.setdefault(plain_word(status), name) != name:
                    raise ValueError(f"status {status!r} is in two sets of the status map")
        self.known = _Known(meanings)

    def of(self, status: object) -> StatusMeaning:
        """The meaning of a raw *status*, whatever type the service sent."""
        return self.known[str(status)]

    def adding(self, statuses: Mapping[Meaning, AbstractSet[str]]) -> StatusMap:
        """This map with *statuses* too, itself if it has them all; ValueError if one has another meaning here."""
        if all(self.of(raw) == name for name, raws in statuses.items() for raw in raws):
            return self
        return StatusMap(**{name: getattr(self, name) | statuses.get(name, frozenset()) for name in MEANINGS})


class _Known(dict[str, StatusMeaning]):
    """A cache of the meanings of raw statuses."""

    def __init__(self, meanings: Mapping[str, StatusMeaning]) -> None:
        self._meanings = meanings

    def __missing__(self, status: str) -> StatusMeaning:
        meaning = self._meanings.get(plain_word(status), "unknown")
        if len(self) < _CACHED:
            self[status] = meaning
        return meaning


def plain_word(status: str) -> str:
    """*status* in the spelling that is compared."""
    return status.strip().lower().replace("-", "_").replace(" ", "_").replace("cancelled", "canceled")


def state_text(state: str, reason: str | None) -> str:
    """The *state* as people read it; a job that the service does not know is "not found"."""
    return "not found" if reason == "not_found" else state


def checked_statuses(name: str, value: Any) -> dict[Meaning, frozenset[str]]:
    """A caller's mapping of meanings to raw statuses; raises InvalidInput if it is none, or contradicts itself."""
    if not isinstance(value, Mapping):
        raise InvalidInput(f'{name} must be a mapping such as {{"succeeded": {{"DONE"}}}}, not {value!r:.60}.')
    for meaning, raws in value.items():
        if meaning not in MEANINGS:
            raise InvalidInput(f"{name} has {meaning!r:.60}, and a status can mean {', '.join(MEANINGS)}.")
        if isinstance(raws, str | bytes) or not isinstance(raws, Iterable):
            raise InvalidInput(f"{name}[{meaning!r}] must be a set of statuses, not {raws!r:.60}.")
    found: dict[Meaning, frozenset[str]] = {meaning: frozenset(raws) for meaning, raws in value.items()}
    odd = [raw for raws in found.values() for raw in raws if not isinstance(raw, str) or not raw.strip()]
    if odd:
        raise InvalidInput(f"{name} has the status {odd[0]!r:.60}; a status is text, as the service writes it.")
    try:
        StatusMap(**found)
    except ValueError as error:
        raise InvalidInput(f"{name}: {error}.") from None
    return {meaning: raws for meaning, raws in found.items() if raws}
