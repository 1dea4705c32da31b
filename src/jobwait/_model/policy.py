"""How often to poll a job and when to give up: a policy, and the defaults that it changes."""

import functools
import math
import numbers
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from datetime import timedelta
from enum import Enum
from typing import Any, Final, Literal, Self, TypeAlias

import attrs
from attrs import field, frozen

from jobwait._model.arguments import explained
from jobwait._model.status_map import Meaning, checked_statuses
from jobwait.errors import InvalidInput


class Default(Enum):
    """The value of a field that was left out."""

    __module__ = "jobwait"

    DEFAULT = "the service's default"

    def __repr__(self) -> str:
        return self.name


DEFAULT: Final = Default.DEFAULT
Seconds: TypeAlias = float | timedelta


def seconds(name: str, value: Any, *, zero: bool = True) -> float:
    """A number or timedelta in seconds; raises InvalidInput if it is negative, infinite, or 0 without *zero*."""
    number = value.total_seconds() if isinstance(value, timedelta) else value
    if isinstance(number, bool) or not isinstance(number, numbers.Real):
        raise InvalidInput(f"{name} must be seconds or a timedelta, not {type(value).__name__}.")
    try:
        number = float(number)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number) or number < 0 or (number == 0 and not zero):
        least = "0 or more" if zero else "more than 0"
        raise InvalidInput(f"{name} must be a finite number of seconds, {least}, not {number}.")
    return number


_positive: Final = functools.partial(seconds, zero=False)


def _check(wanted: str, is_valid: Callable[[Any], bool]) -> Callable[[str, Any], Any]:
    def checked(name: str, value: Any) -> Any:
        if isinstance(value, bool) or not is_valid(value):
            raise InvalidInput(f"{name} must be {wanted}, not {value!r}.")
        return value

    return checked


_at_least_one: Final = _check(
    "a whole number, 1 or more", lambda value: isinstance(value, numbers.Integral) and int(value) >= 1
)
_ratio: Final = _check("a share above 0 and up to 1", lambda share: isinstance(share, int | float) and 0 < share <= 1)
_choice: Final = _check('"wait" or "raise"', lambda value: value in ("wait", "raise"))


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise InvalidInput(f"{name} must be True or False, not {value!r:.60}.")
    return value


@frozen
class Lateness:
    """
    An aim: see the end of the job about *seconds* after it happened.

    It is an average over many long jobs; the end of a single one can be seen sooner or later.
    """

    __module__ = "jobwait"

    seconds: float

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "seconds", _positive("Lateness", self.seconds))


@frozen
class MaxRequests:
    """
    An aim: send about *requests* polls in the whole wait; an estimate, not a limit.

    Updates say how late the end is then expected to be seen. If nothing says how long the job takes, the polls are
    spread to the deadline, at most a day, at growing intervals: a job that ends sooner needs fewer. With less than
    about ten polls to a day a job that takes hours needs more, as no poll is sent at more than four times the age of
    the one before.
    """

    __module__ = "jobwait"

    requests: int

    def __attrs_post_init__(self) -> None:
        _at_least_one("MaxRequests", self.requests)


@frozen
class DelayPerRequest:
    """An aim: one poll is worth *seconds* of delay; minimizes delay + seconds * polls."""

    __module__ = "jobwait"

    seconds: float

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "seconds", _positive("DelayPerRequest", self.seconds))


Aim: TypeAlias = Lateness | MaxRequests | DelayPerRequest


def _aim(name: str, value: Any) -> Aim:
    if isinstance(value, Lateness | MaxRequests | DelayPerRequest):
        return value
    raise InvalidInput(f"{name} must be Lateness, MaxRequests or DelayPerRequest, not {type(value).__name__}.")


_CHECKS: Final[Mapping[str, Callable[[str, Any], Any]]] = {
    "timeout": seconds,
    "aim": _aim,
    "max_consecutive_errors": _at_least_one,
    "outage": seconds,
    "not_found_grace": seconds,
    "min_interval": _positive,
    "max_interval_ratio": _ratio,
    "max_interval": _positive,
    "on_unknown": _choice,
    "interval": _positive,
    "max_retry_after": seconds,
    "statuses": checked_statuses,
    "cancel_on_timeout": _flag,
}
_MAY_BE_NONE: Final = frozenset({"timeout", "aim", "outage", "max_interval", "interval", "max_retry_after"})


@frozen(kw_only=True, repr=False)
class Policy:
    """
    How often to poll a job, and when to give up. Durations are seconds or a timedelta.

    A field that is left out has the service's default, which stands in brackets; None means no limit, and no aim.
    Within max_retry_after, a Retry-After of the service delays a poll beyond what the other fields say.

    timeout [3600 at Freeplay, 600 at FRYTE, 86400 at PromptForge]: the wait ends after this time.
    aim [None]: what polls are spent for: Lateness, MaxRequests or DelayPerRequest. Without one, the time between polls
    follows the job's progress and the durations of jobs before it.
    interval [5 at Freeplay, 3 at FRYTE, 5 at PromptForge]: by age t at most 1 + t / interval polls are sent.
    min_interval [1]: the shortest time between two polls.
    max_interval [600]: the longest; with an aim there is none unless it is given.
    max_interval_ratio [0.5]: the longest as a share, up to 1, of the job's age.
    max_consecutive_errors [5], outage [300]: failed polls in a row end the wait only if there are so many of them and
    they have lasted so long; outage=None: only the deadline ends it. A refusal of the service itself ends it at once.
    not_found_grace [10]: the time after our own submission during which a 404 is not final, as the service may not
    know the job yet.
    on_unknown ["wait"]: "wait" or "raise" on an undocumented status.
    max_retry_after [None]: a longer Retry-After of a failed poll ends the wait; of a successful one it is cut to this.
    statuses [those of the service]: what statuses mean that the service does not document:
    statuses={"succeeded": {"DONE"}} adds to its own, for this job and whatever its handle does next; one that
    contradicts them is InvalidInput.
    cancel_on_timeout [False]: if the deadline comes before the job has ended, ask the service to cancel it, where it
    can; that is one request, and may take five seconds more.

    Raises:
        InvalidInput: a value is of another type or outside its limits; the error names the field.

    """

    __module__ = "jobwait"

    timeout: Seconds | Default | None = DEFAULT
    aim: Aim | Default | None = DEFAULT
    max_consecutive_errors: int | Default = DEFAULT
    outage: Seconds | Default | None = DEFAULT
    not_found_grace: Seconds | Default = DEFAULT
    min_interval: Seconds | Default = DEFAULT
    max_interval_ratio: float | Default = DEFAULT
    max_interval: Seconds | Default | None = DEFAULT
    on_unknown: Literal["wait", "raise"] | Default = DEFAULT
    interval: Seconds | Default | None = DEFAULT
    max_retry_after: Seconds | Default | None = DEFAULT
    statuses: Mapping[Meaning, AbstractSet[str]] | Default = field(default=DEFAULT, hash=False)  # a dict has no hash
    cancel_on_timeout: bool | Default = DEFAULT

    def __attrs_post_init__(self) -> None:
        for name, check in _CHECKS.items():
            value = getattr(self, name)
            if value is not DEFAULT and not (value is None and name in _MAY_BE_NONE):
                object.__setattr__(self, name, check(name, value))

    def __repr__(self) -> str:
        given = {name: getattr(self, name) for name in _CHECKS if getattr(self, name) is not DEFAULT}
        return f"Policy({', '.join(f'{name}={value!r}' for name, value in given.items())})"

    def evolve(self, **changes: Any) -> Self:
        """A copy of this policy with *changes*; raises InvalidInput for an unknown field or an invalid value."""
        unknown = sorted(set(changes) - set(_CHECKS))
        if unknown:
            raise InvalidInput(f"Policy has no {', '.join(unknown)}; it has {', '.join(_CHECKS)}.")
        return attrs.evolve(self, **changes)


setattr(Policy, "__init__", explained(Policy.__init__, "Policy"))  # noqa: B010 - a type checker keeps the one of attrs


@frozen(kw_only=True)
class PollingDefaults:
    """
    A service's default for each field of a Policy, in seconds where it is a duration.

    *first_interval* is the time from our own submission to the first poll. The services share the values given here.
    """

    __module__ = "jobwait"

    timeout: float | None
    interval: float | None
    first_interval: float
    aim: Aim | None = None
    max_consecutive_errors: int = 5
    outage: float | None = 300.0
    not_found_grace: float = 10.0
    min_interval: float = 1.0
    max_interval_ratio: float = 0.5
    max_interval: float | None = 600.0
    on_unknown: Literal["wait", "raise"] = "wait"
    max_retry_after: float | None = None
    cancel_on_timeout: bool = False


def resolve_policy(policy: Policy | None, timeout: Seconds | None, defaults: PollingDefaults) -> PollingDefaults:
    """A service's *defaults*, changed by *policy* and a caller's *timeout*; raises InvalidInput if one is invalid."""
    if policy is not None and not isinstance(policy, Policy):
        raise InvalidInput(f"policy must be a Policy, not {type(policy).__name__}.")
    asked = policy or _ANY
    return _resolved(asked if timeout is None else asked.evolve(timeout=timeout), defaults)


_ANY: Final = Policy()


@functools.lru_cache(maxsize=256)
def _resolved(asked: Policy, defaults: PollingDefaults) -> PollingDefaults:
    """Cached, so that all jobs with the same policy share one object."""
    given = {name: getattr(asked, name) for name in _CHECKS if getattr(asked, name) is not DEFAULT}
    given.pop("statuses", None)  # they are of the job: `JobState.add_statuses`
    if given.get("aim") is not None:  # an aim sets the intervals itself, unless the caller limits them too
        given.setdefault("max_interval", None)
    if "interval" in given:  # a caller's interval applies to the first poll too
        given["first_interval"] = given["interval"] or given.get("min_interval", defaults.min_interval)
    return attrs.evolve(defaults, **given)
