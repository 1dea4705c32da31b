"""What the kit found: a verdict for each scenario, with sentences."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

from attrs import frozen

from jobwait.testing.conformance.scenarios import Scenario
from jobwait.testing.conformance.server import Poll

ROUNDING: Final = 0.05  # seconds


@frozen
class Verdict:
    """
    How one scenario went.

    outcome: how the wait ended, or "no end". error: the exception that the adapter raised. requests: when each came.
    ended: when the wait did. faults: a sentence for each thing that was wrong. skipped: why it was not played.
    """

    scenario: Scenario
    outcome: str = ""
    error: str = ""
    requests: tuple[float, ...] = ()
    ended: float = 0.0
    faults: tuple[str, ...] = ()
    skipped: str = ""

    @property
    def word(self) -> str:
        """Right, wrong or skipped."""
        return "skipped" if self.skipped else "wrong" if self.faults else "right"

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        found: dict[str, Any] = {"scenario": self.scenario.name, "case": self.scenario.case, "verdict": self.word}
        if self.skipped:
            return {**found, "reason": self.skipped}
        facts = {"outcome": self.outcome, "error": self.error or None, "ended": round(self.ended, 3)}
        return {**found, **facts, "requests": [round(at, 3) for at in self.requests], "faults": list(self.faults)}


@frozen
class Scorecard:
    """All verdicts about one SDK."""

    name: str
    verdicts: tuple[Verdict, ...]

    @property
    def wrong(self) -> tuple[Verdict, ...]:
        """What went wrong."""
        return tuple(one for one in self.verdicts if one.faults)

    def counts(self) -> dict[str, int]:
        """How many scenarios were right, wrong and skipped."""
        words = [one.word for one in self.verdicts]
        return {word: words.count(word) for word in ("right", "wrong", "skipped")}

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {"name": self.name, **self.counts(), "verdicts": [one.to_dict() for one in self.verdicts]}

    def markdown(self) -> str:
        """As a page: a table, and what went wrong."""
        return table([self]) + "\n" + self.sentences()

    def sentences(self) -> str:
        """What went wrong and what was skipped, as a list; "" if all was right."""
        lines = [f"- {one.scenario.name}: {'; '.join(one.faults)}." for one in self.wrong]
        skipped = [f"- {one.scenario.name}, skipped: {one.skipped}." for one in self.verdicts if one.skipped]
        return "".join(f"{line}\n" for line in lines + skipped)


def table(cards: Sequence[Scorecard]) -> str:
    """A row for each scenario, a column for each of *cards*, which were all made of the same scenarios."""
    lines = [f"| scenario | case | {' | '.join(card.name for card in cards)} |", "|---" * (len(cards) + 2) + "|"]
    totals = [card.counts() for card in cards]
    for verdicts in zip(*(card.verdicts for card in cards), strict=True):
        scenario = verdicts[0].scenario
        cells = [f"**{one.word}**" if one.faults else one.word for one in verdicts]
        lines.append(f"| {scenario.name} | {scenario.case or ''} | {' | '.join(cells)} |")
    sums = [f"{one['right']} of {one['right'] + one['wrong']}" for one in totals]
    return "\n".join([*lines, f"| right | | {' | '.join(sums)} |"]) + "\n"


def judged(
    scenario: Scenario, outcome: str, error: str, polls: Sequence[Poll], ended: float, late: float = 0.0
) -> Verdict:
    """The verdict on a wait that ended at *ended*; upper limits of times are *late* seconds later."""
    asked = tuple(poll.asked for poll in polls)
    faults = _of_outcome(scenario, outcome, error), *_of_times(scenario, polls, outcome, ended, late)
    return Verdict(scenario, outcome, error, asked, ended, tuple(filter(None, faults)))


def _of_outcome(scenario: Scenario, outcome: str, error: str) -> str:
    right = " or ".join(scenario.right.outcome)
    if outcome in scenario.right.outcome:
        return ""
    if outcome == "no end":
        return f"the wait had not ended after {scenario.bound:g} s, with a timeout of {scenario.timeout:g} s"
    raised = f" ({error})" if error else ""
    return f"the wait ended as {outcome}{raised}, and {right} is right"


def _of_times(scenario: Scenario, polls: Sequence[Poll], outcome: str, ended: float, late: float) -> Iterator[str]:
    right = scenario.right
    fewest, most = right.requests
    if len(polls) < fewest and outcome in right.outcome:
        yield f"{_requests(len(polls))}, and {fewest} is the fewest"
    if most is not None and len(polls) > most and outcome != "no end":
        yield f"{_requests(len(polls))}, and {most} is the most"
    for number, (one, other) in enumerate(pairwise(polls), 2):
        if one.answer.next is not None and one.answered is not None:
            gap = other.asked - one.answered
            yield _outside(gap, one.answer.next, late, f"request {number} came {{:.1f}} s after the answer before it")
    if right.ends is not None and outcome in right.outcome:
        yield _outside(ended, right.ends, late, "the wait ended after {:.1f} s")


def _outside(seconds: float, bounds: tuple[float, float], late: float, sentence: str) -> str:
    earliest, latest = bounds
    if seconds < earliest - ROUNDING:
        return f"{sentence.format(seconds)}, and {earliest:g} s is the earliest"
    if seconds > latest + late + ROUNDING:
        return f"{sentence.format(seconds)}, and {latest:g} s is the latest"
    return ""


def _requests(number: int) -> str:
    return f"{number} request{'' if number == 1 else 's'}"
