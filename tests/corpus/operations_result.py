"""The figures of one client, and what of it is not as the document says."""

from collections import Counter
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Mismatch:
    """What of an operation is not as the document says, and the notice that had said so."""

    operation: str
    subject: str
    reason: str
    notice: str = ""

    def __str__(self) -> str:
        said = f" [said: {self.notice}]" if self.notice else ""
        return f"{self.operation}: {self.subject}: {self.reason}{said}"


@dataclass
class Result:
    """How many operations, requests and answers there were; *unjudged* counts by reason what nobody could judge."""

    operations: int = 0
    requests: int = 0
    accepted: int = 0
    answers: int = 0
    decoded: int = 0
    unjudged: Counter[str] = field(default_factory=Counter)
    mismatches: list[Mismatch] = field(default_factory=list)

    def add(self, one: "Result", notice: str) -> None:
        """Count the operation *one* too, about which the client's README has the *notice*."""
        said = [replace(mismatch, notice=notice) for mismatch in one.mismatches]
        self.merge(replace(one, operations=1, mismatches=said))

    def merge(self, one: "Result") -> None:
        """Count *one* too."""
        self.operations += one.operations
        self.requests += one.requests
        self.accepted += one.accepted
        self.answers += one.answers
        self.decoded += one.decoded
        self.unjudged += one.unjudged
        self.mismatches += one.mismatches

    @property
    def silent(self) -> list[Mismatch]:
        """The mismatches that no notice had said."""
        return [one for one in self.mismatches if not one.notice]

    def __str__(self) -> str:
        return (
            f"{self.operations} operations, {self.accepted} of {self.requests} requests accepted, {self.decoded} of "
            f"{self.answers} answers decoded, {len(self.silent)} silent mismatches, "
            f"{len(self.mismatches) - len(self.silent)} with a notice, {sum(self.unjudged.values())} not judged"
        )
