"""
What batch runs and the workflow of their account send to each other: plain, typed, versioned, without API keys.

A field name is a stored key and never changes; see payloads. *sweep* is the workflow id of a batch run, *attempt*
identifies one attempt of its activity. *low* and *high* are a range of slots; see rate_slots.
"""

from dataclasses import dataclass, field

from jobwait.engines.payloads import VERSION


@dataclass(frozen=True, kw_only=True)
class Rate:
    """At most *requests* in any *seconds*."""

    requests: int
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Join:
    """A batch run starts, or continues with fewer *jobs*; *rate* is the account's, as its worker is configured."""

    sweep: str
    attempt: str
    jobs: int
    rate: Rate
    version: int = VERSION


@dataclass(frozen=True, kw_only=True)
class Leave:
    """This attempt of a batch run sends no more requests."""

    sweep: str
    attempt: str
    version: int = VERSION


@dataclass(frozen=True, kw_only=True)
class Participant:
    """A batch run that takes a share of the account's rate, and its range of slots."""

    sweep: str
    attempt: str
    jobs: int
    low: float = 0.0
    high: float = 0.0


@dataclass(frozen=True, kw_only=True)
class RateState:
    """
    The state of an account's workflow, which each run passes to the next.

    *hold*: seconds for which a share is valid after it was requested. *check*: seconds between two checks that all
    participants still run.
    """

    rate: Rate | None = None
    members: list[Participant] = field(default_factory=list)
    hold: float = 6.0
    check: float = 30.0
    version: int = VERSION


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What a batch run may use for *hold* seconds from the moment at which it sent the query."""

    rate: Rate
    low: float
    high: float
    hold: float
    version: int = VERSION
