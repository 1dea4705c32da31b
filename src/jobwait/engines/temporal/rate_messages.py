"""
What batch runs and the workflow of their account send to each other: plain, typed, versioned, without API keys.

A field name is a stored key and never changes; see payloads. *sweep* is the workflow id of a batch run, *attempt*
identifies one attempt of its activity. *low* and *high* are a range of slots; see rate_slots.

They are checked where they are read: a wrong one must not hold up the others that share the rate.
"""

from dataclasses import dataclass, field, replace
from typing import Final

from jobwait.engines.batches import MAX_JOBS
from jobwait.engines.payloads import VERSION

MAX_REQUESTS: Final = 10**9
LONGEST: Final = 1e9  # seconds of a rate, and the shortest is 1 / LONGEST
LONGEST_HOLD: Final = 60.0  # seconds
LONGEST_CHECK: Final = 3600.0


@dataclass(frozen=True, kw_only=True)
class Rate:
    """At most *requests* in any *seconds*."""

    requests: int
    seconds: float

    @property
    def valid(self) -> bool:
        """Whether it is a rate."""
        return 1 <= self.requests <= MAX_REQUESTS and 1 / LONGEST <= self.seconds <= LONGEST


@dataclass(frozen=True, kw_only=True)
class Join:
    """A batch run starts, or continues with fewer *jobs*; *rate* is the account's, as its worker is configured."""

    sweep: str
    attempt: str
    jobs: int
    rate: Rate
    version: int = VERSION

    @property
    def valid(self) -> bool:
        """Whether the rate can be divided by it."""
        return 1 <= self.jobs <= MAX_JOBS and self.rate.valid


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

    @property
    def valid(self) -> bool:
        """Whether it can have a share."""
        return 1 <= self.jobs <= MAX_JOBS and 0 <= self.low <= self.high <= 1


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

    def checked(self) -> "RateState":
        """This state without what is not valid: such participants join again, and such times are the usual ones."""
        return replace(
            self,
            rate=self.rate if self.rate is not None and self.rate.valid else None,
            members=[one for one in self.members if one.valid],
            hold=self.hold if 0 < self.hold <= LONGEST_HOLD else RateState.hold,
            check=self.check if 0 < self.check <= LONGEST_CHECK else RateState.check,
        )


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What a batch run may use for *hold* seconds from the moment at which it sent the query."""

    rate: Rate
    low: float
    high: float
    hold: float
    version: int = VERSION

    @property
    def valid(self) -> bool:
        """Whether it can be kept to."""
        return self.rate.valid and 0 <= self.low <= self.high <= 1 and 0 < self.hold <= LONGEST_HOLD
