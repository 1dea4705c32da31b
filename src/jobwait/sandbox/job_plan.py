"""
What a job will do, as data.

A job's state at an instant is a pure function of its plan and its age, so nothing here needs a timer and a
look costs the same with one job or with a hundred thousand.
"""

import random
import uuid
from collections.abc import Sequence

import attrs

FOR_EVER = float("inf")


@attrs.frozen
class Stage:
    """A stretch of a job's life: its *name* and its length in service seconds."""

    name: str
    seconds: float


@attrs.frozen
class Moment:
    """
    Where a job is.

    *index* is the number of the stage, len(stages) when all are over; *share* is how much of it is done.
    """

    index: int
    name: str
    share: float
    over: bool


@attrs.frozen
class Plan:
    """The *stages* of a job, one after another, and the *ending* that follows them for ever."""

    stages: tuple[Stage, ...]
    ending: str

    @property
    def seconds(self) -> float:
        """Length of the job in service seconds."""
        return sum(stage.seconds for stage in self.stages)

    def start_of(self, name: str) -> float:
        """Age in service seconds at which the stage *name* begins."""
        before = 0.0
        for stage in self.stages:
            if stage.name == name:
                return before
            before += stage.seconds
        raise KeyError(name)

    def at(self, age: float) -> Moment:
        """Where the job is at *age* service seconds."""
        left = age
        for index, stage in enumerate(self.stages):
            if left < stage.seconds:
                return Moment(index, stage.name, max(left, 0.0) / stage.seconds, over=False)
            left -= stage.seconds
        return Moment(len(self.stages), self.ending, 1.0, over=True)

    def cut(self, share: float) -> "Plan":
        """The same plan ended early: its last stage is only *share* as long."""
        *before, last = self.stages
        return attrs.evolve(self, stages=(*before, Stage(last.name, last.seconds * share)))


def dice(seed: int, *what: object) -> random.Random:
    """A source of numbers that is always the same for the same *seed* and *what*."""
    return random.Random(":".join(str(part) for part in (seed, *what)))  # nosec B311  # noqa: S311  # chance, not secrecy


def lasting(rng: random.Random, stages: Sequence[tuple[str, float]]) -> tuple[Stage, ...]:
    """The *stages* with up to a fifth added to or taken from each, so that no two jobs are alike."""
    return tuple(Stage(name, seconds * rng.uniform(0.8, 1.2)) for name, seconds in stages)


def make_uuid(rng: random.Random) -> str:
    """A version 4 UUID drawn from *rng*."""
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))
