"""What a job will do, as data: its state is a pure function of its plan and its age, so nothing needs a timer."""

import random
import uuid
from collections.abc import Sequence

import attrs

FOREVER = float("inf")


@attrs.frozen
class Stage:
    """One stage of a job: its *name* and its length in service seconds."""

    name: str
    seconds: float


@attrs.frozen
class Moment:
    """The state of a job at a point in time."""

    index: int  # of the stage; the number of stages when all are over
    name: str
    share: float  # of the stage that is done
    over: bool


@attrs.frozen
class Plan:
    """The *stages* of a job, in order, and its final status, *ending*."""

    stages: tuple[Stage, ...]
    ending: str

    @property
    def seconds(self) -> float:
        """Length of the job, in service seconds."""
        return sum(stage.seconds for stage in self.stages)

    def start_of(self, name: str) -> float:
        """Age at which the stage *name* begins, in service seconds."""
        index = [stage.name for stage in self.stages].index(name)
        return sum(stage.seconds for stage in self.stages[:index])

    def at(self, age: float) -> Moment:
        """The state of the job at *age* service seconds."""
        left = age
        for index, stage in enumerate(self.stages):
            if left < stage.seconds:
                return Moment(index, stage.name, max(left, 0.0) / stage.seconds, over=False)
            left -= stage.seconds
        return Moment(len(self.stages), self.ending, 1.0, over=True)

    def cut(self, share: float) -> "Plan":
        """The same plan with its last stage shortened to the fraction *share*."""
        *before, last = self.stages
        return attrs.evolve(self, stages=(*before, Stage(last.name, last.seconds * share)))


def random_for(seed: int, *what: object) -> random.Random:
    """A random generator that repeats for the same *seed* and *what*."""
    return random.Random(":".join(str(part) for part in (seed, *what)))  # nosec B311  # noqa: S311  # not for secrets


def varied(rng: random.Random, stages: Sequence[tuple[str, float]]) -> tuple[Stage, ...]:
    """The *stages*, each longer or shorter by up to 20 %, so that jobs differ."""
    return tuple(Stage(name, seconds * rng.uniform(0.8, 1.2)) for name, seconds in stages)


def make_uuid(rng: random.Random) -> str:
    """A version 4 UUID drawn from *rng*."""
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))
