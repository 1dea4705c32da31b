"""How patient to be: one frozen value, each knob with one meaning."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import Enum
from typing import Any, Final, Literal, TypeAlias

import attrs
from attrs import frozen

from jobwait.errors import InvalidInput


class Default(Enum):
    """Stands for a field that was left out."""

    DEFAULT = "the service's default"


DEFAULT: Final = Default.DEFAULT
Seconds: TypeAlias = float | timedelta


def seconds(name: str, value: Seconds, *, zero: bool = True) -> float:
    """*value* as a float of seconds; InvalidInput names *name* when it is no duration."""
    number = value.total_seconds() if isinstance(value, timedelta) else value
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise InvalidInput(f"{name} must be seconds or a timedelta, not {type(value).__name__}.")
    try:
        number = float(number)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number) or number < 0 or (number == 0 and not zero):
        least = "0 or more" if zero else "more than 0"
        raise InvalidInput(f"{name} must be a finite number of seconds, {least}, not {number}.")
    return number


def _duration(name: str, value: Any) -> float:
    return seconds(name, value)


def _positive(name: str, value: Any) -> float:
    return seconds(name, value, zero=False)


def _whole(name: str, value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    raise InvalidInput(f"{name} must be a whole number, 1 or more, not {value!r}.")


def _share(name: str, value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 1:
        return float(value)
    raise InvalidInput(f"{name} must be a share above 0 and up to 1, not {value!r}.")


def _choice(name: str, value: Any) -> str:
    if value in ("wait", "raise"):
        return str(value)
    raise InvalidInput(f'{name} must be "wait" or "raise", not {value!r}.')


@frozen
class Lateness:
    """Know of the end about this many seconds after it, on average."""

    seconds: float

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "seconds", _positive("Lateness", self.seconds))


@frozen
class MaxRequests:
    """Spend about this many looks on the whole wait: a forecast, not a promise."""

    requests: int

    def __attrs_post_init__(self) -> None:
        _whole("MaxRequests", self.requests)


@frozen
class DelayPerRequest:
    """One request is worth this many seconds of lateness."""

    seconds: float

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "seconds", _positive("DelayPerRequest", self.seconds))


Aim: TypeAlias = Lateness | MaxRequests | DelayPerRequest


def _aim(name: str, value: Any) -> Aim:
    if isinstance(value, Lateness | MaxRequests | DelayPerRequest):
        return value
    raise InvalidInput(f"{name} must be Lateness, MaxRequests or Patience, not {type(value).__name__}.")


_CHECKS: Final[Mapping[str, Callable[[str, Any], Any]]] = {
    "timeout": _duration,
    "aim": _aim,
    "max_consecutive_errors": _whole,
    "not_found_grace": _duration,
    "min_interval": _positive,
    "max_interval_ratio": _share,
    "max_interval": _positive,
    "on_unknown": _choice,
    "interval": _positive,
    "max_retry_after": _duration,
}
_MAY_BE_NONE: Final = frozenset({"timeout", "aim", "max_interval", "interval", "max_retry_after"})


@frozen(kw_only=True)
class Policy:
    """
    How patient to be. A field left out means the service's default; None means none.

    timeout: seconds until we stop asking. aim: what to spend requests for. error_budget: failures in a row that end
    the wait. not_found_grace: seconds after a submission in which a 404 is not believed. floor: the shortest gap, in
    seconds. hedge: the longest gap as a share of the time spent. longest_silence: the longest gap, in seconds; with an
    aim there is none unless it is given.
    on_unknown: "wait" or "raise" on a status that nobody documented. pace: seconds a look that the service asks for;
    None lifts that ceiling. max_retry_after: the longest Retry-After that is obeyed, in seconds.
    """

    timeout: Seconds | Default | None = DEFAULT
    aim: Aim | Default | None = DEFAULT
    max_consecutive_errors: int | Default = DEFAULT
    not_found_grace: Seconds | Default = DEFAULT
    min_interval: Seconds | Default = DEFAULT
    max_interval_ratio: float | Default = DEFAULT
    max_interval: Seconds | Default | None = DEFAULT
    on_unknown: Literal["wait", "raise"] | Default = DEFAULT
    interval: Seconds | Default | None = DEFAULT
    max_retry_after: Seconds | Default | None = DEFAULT

    def __attrs_post_init__(self) -> None:
        for name, check in _CHECKS.items():
            value = getattr(self, name)
            if value is not DEFAULT and not (value is None and name in _MAY_BE_NONE):
                object.__setattr__(self, name, check(name, value))

    def evolve(self, **changes: Any) -> Policy:
        """
        The same policy with *changes*.

        Raises:
            InvalidInput: there is no such field, or its value cannot be.

        """
        unknown = sorted(set(changes) - set(_CHECKS))
        if unknown:
            raise InvalidInput(f"Policy has no {', '.join(unknown)}; it has {', '.join(_CHECKS)}.")
        return attrs.evolve(self, **changes)


@frozen(kw_only=True)
class PollingDefaults:
    """A policy in which every field is decided; the defaults here are those that the services share."""

    timeout: float | None
    interval: float | None
    first_interval: float  # seconds from our own submission to the first poll
    aim: Aim | None = None
    max_consecutive_errors: int = 5
    not_found_grace: float = 10.0
    min_interval: float = 1.0
    max_interval_ratio: float = 0.5
    max_interval: float | None = 600.0
    on_unknown: Literal["wait", "raise"] = "wait"
    max_retry_after: float | None = None


def resolve_policy(policy: Policy | None, timeout: Seconds | None, defaults: PollingDefaults) -> PollingDefaults:
    """What *policy* and a caller's *timeout* make of a service's *defaults*."""
    if policy is not None and not isinstance(policy, Policy):
        raise InvalidInput(f"policy must be a Policy, not {type(policy).__name__}.")
    asked = policy or _ANY
    return _resolved(asked if timeout is None else asked.evolve(timeout=timeout), defaults)


_ANY: Final = Policy()


@functools.lru_cache(maxsize=256)
def _resolved(asked: Policy, defaults: PollingDefaults) -> PollingDefaults:
    """One for all jobs that are waited for alike."""
    given = {name: getattr(asked, name) for name in _CHECKS if getattr(asked, name) is not DEFAULT}
    if given.get("aim") is not None:  # an aim sets its own gaps, unless the caller bounds them too
        given.setdefault("max_interval", None)
    if "interval" in given:  # whoever sets the pace sets the first look too
        given["first_interval"] = given["interval"] or given.get("min_interval", defaults.min_interval)
    return attrs.evolve(defaults, **given)
