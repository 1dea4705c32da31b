"""The scenarios: what the server answers, and what a right waiter does. All times are in seconds."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from attrs import field, frozen

from jobwait.errors import InvalidInput

INTERVAL: Final = 5.0  # that every wait is asked to keep


@frozen
class Answer:
    """
    What the server answers to `times` requests, or until a time.

    job: the job, or its status alone. code: the HTTP status. text, type: a body that is no job, and its content type.
    etag: a request that names it is told 304. retry_after: seconds from now; retry_after_date: the same as a date.
    delay: seconds until the answer. cut: the connection closes "before" the answer or in its "body". hold: there is no
    answer. drip: a byte at a time. next: when the next request may come, at the earliest and at the latest, in seconds
    after this answer.
    """

    job: Any = None
    code: int = 200
    headers: Mapping[str, str] = field(factory=dict[str, str])
    text: str | None = None
    type: str = "text/html"
    etag: str | None = None
    retry_after: float | None = None
    retry_after_date: float | None = None
    delay: float = 0.0
    cut: str | None = None
    hold: bool = False
    drip: bool = False
    times: int = 1
    until: float | None = None
    next: tuple[float, float] | None = None

    def body(self) -> Mapping[str, Any] | None:
        """The job; None if the answer has none."""
        if self.job is None:
            return None
        return {"id": "j-1", **(self.job if isinstance(self.job, Mapping) else {"status": self.job})}


@frozen
class Right:
    """What is right: the outcomes, the fewest and the most requests, the earliest and the latest end."""

    outcome: tuple[str, ...]
    requests: tuple[int, int | None] = (0, None)
    ends: tuple[float, float] | None = None


@frozen
class Scenario:
    """One scenario. case: its number among the cases. says: the rule. real: only real time shows it."""

    name: str
    says: str
    answers: tuple[Answer, ...]
    right: Right
    case: int | None = None
    timeout: float = 600.0
    real: bool = False

    @property
    def bound(self) -> float:
        """When the server ends a wait that has no end."""
        return 2 * self.timeout + 20


def scenarios(*names: str) -> tuple[Scenario, ...]:
    """
    All scenarios, or those of these *names*.

    Raises:
        InvalidInput: there is none of such a name.

    """
    found = {one["name"]: one for one in _data()["scenarios"]}
    unknown = [name for name in names if name not in found]
    if unknown:
        raise InvalidInput(f"There is no scenario {unknown[0]!r}. These are there: {', '.join(found)}.")
    return tuple(_scenario(found[name]) for name in names or found)


def cases() -> list[dict[str, Any]]:
    """The cases that a waiter must get right: number, about, and why one is left out of the scenarios."""
    return list(_data()["cases"])


@cache
def _data() -> dict[str, Any]:
    text = files("jobwait.testing.conformance").joinpath("scenarios.json").read_text("utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


def _scenario(one: Mapping[str, Any]) -> Scenario:
    answers = tuple(Answer(**_tuples(answer)) for answer in one["answers"])
    return Scenario(**{**one, "answers": answers, "right": Right(**_tuples(one["right"]))})


def _tuples(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if _is_list(value) else value for name, value in fields.items()}


def _is_list(value: Any) -> bool:
    return isinstance(value, Iterable) and not isinstance(value, str | Mapping)
