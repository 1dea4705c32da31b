"""What sweeps and their account's workflow tell each other: plain, typed, versioned, without keys."""

from __future__ import annotations

from dataclasses import dataclass, field

from jobwait.engines.payloads import VERSION


@dataclass(frozen=True, kw_only=True)
class Rate:
    """At most so many requests within any so many seconds."""

    requests: int
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Join:
    """
    A sweep begins, or goes on with fewer jobs.

    *sweep* is its workflow's id, *attempt* tells one attempt at it from others, *rate* is the account's, as this worker
    knows it.
    """

    batch_run: str
    attempt: str
    jobs: int
    rate: Rate
    version: int = VERSION


@dataclass(frozen=True, kw_only=True)
class Leave:
    """That attempt at a sweep sends nothing any more."""

    batch_run: str
    attempt: str
    version: int = VERSION


@dataclass(frozen=True, kw_only=True)
class Member:
    """A sweep that shares, and the arc of the circle that it may use."""

    batch_run: str
    attempt: str
    jobs: int
    low: float = 0.0
    high: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Sharing:
    """
    The state of an account's workflow, as it goes from one run to the next.

    *hold*: seconds for which a part may be used after it was asked for. *check*: seconds between two looks at whether
    all who share still run.
    """

    rate: Rate | None = None
    members: list[Member] = field(default_factory=list)
    hold: float = 6.0
    check: float = 30.0
    version: int = VERSION


@dataclass(frozen=True, kw_only=True)
class Part:
    """What a sweep may use for *hold* seconds, from the moment at which it asked."""

    rate: Rate
    low: float
    high: float
    hold: float
    version: int = VERSION
