"""What sweeps and their account's workflow tell each other: plain, typed, versioned, without keys."""

from __future__ import annotations

from jobwait.engines.payloads import VERSION
from jobwait.engines.wire_keys import Keyed, key, keyed


@keyed
class Rate(Keyed):
    """At most so many requests within any so many seconds."""

    requests: int = key("requests")
    seconds: float = key("seconds")


@keyed
class Join(Keyed):
    """
    A sweep begins, or goes on with fewer jobs.

    *sweep* is its workflow's id, *attempt* tells one attempt at it from others, *rate* is the account's, as this worker
    knows it.
    """

    batch_run: str = key("sweep")
    attempt: str = key("attempt")
    jobs: int = key("jobs")
    rate: Rate = key("rate")
    version: int = key("version", default=VERSION)


@keyed
class Leave(Keyed):
    """That attempt at a sweep sends nothing any more."""

    batch_run: str = key("sweep")
    attempt: str = key("attempt")
    version: int = key("version", default=VERSION)


@keyed
class Member(Keyed):
    """A sweep that shares, and the arc of the circle that it may use."""

    batch_run: str = key("sweep")
    attempt: str = key("attempt")
    jobs: int = key("jobs")
    low: float = key("low", default=0.0)
    high: float = key("high", default=0.0)


@keyed
class Sharing(Keyed):
    """
    The state of an account's workflow, as it goes from one run to the next.

    *hold*: seconds for which a part may be used after it was asked for. *check*: seconds between two looks at whether
    all who share still run.
    """

    rate: Rate | None = key("rate", default=None)
    members: list[Member] = key("members", default_factory=list)
    hold: float = key("hold", default=6.0)
    check: float = key("check", default=30.0)
    version: int = key("version", default=VERSION)


@keyed
class Part(Keyed):
    """What a sweep may use for *hold* seconds, from the moment at which it asked."""

    rate: Rate = key("rate")
    low: float = key("low")
    high: float = key("high")
    hold: float = key("hold")
    version: int = key("version", default=VERSION)
