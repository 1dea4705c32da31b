"""
What an engine stores: plain, typed, versioned values that every engine's JSON can hold. None holds an API key.

Engines read and write these dataclasses by their field names, so a field name is a stored key and never changes
(tests/contract/golden pins them all). Where the code has a better name than 0.1.0 stored, a property has it. Fields are
only added, with a default; a change that an older reader would misread increments `version`.
"""

import json
import zlib
from base64 import b85decode, b85encode
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final, Self, TypeVar

from jobwait.engines.policy_json import PolicyDict

VERSION: Final = 1
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How the wait for one job ended, as in Outcome. Times are ISO 8601 in UTC; *done* of *total* is its progress."""

    job_id: str
    state: str
    raw_status: str | None = None
    reason: str | None = None
    error: str | None = None
    polls: int = 0
    errors: int = 0
    started: str = ""
    seen_at: str = ""
    done: int | None = None
    total: int | None = None


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """
    The state of a batch's waits: enough to continue them on another machine.

    *counts* is the number of ended jobs by state, *waiting* the number of the others. *packed* holds the Ended values
    and, for each job that still runs, its token. *canceled*: the batch was canceled.
    """

    counts: dict[str, int] = field(default_factory=dict)
    waiting: int = 0
    packed: str = ""
    canceled: bool = False
    version: int = VERSION

    @classmethod
    def of(cls, ended: Iterable[Ended], tokens: Iterable[str], *, canceled: bool = False) -> Self:
        """A checkpoint of the *ended* jobs and the *tokens* of those that still run."""
        known, waiting = list(ended), list(tokens)
        facts = json.dumps({"ended": [asdict(one) for one in known], "tokens": waiting}, separators=(",", ":"))
        packed = b85encode(zlib.compress(facts.encode())).decode()  # tokens are similar: a tenth of the size is left
        counts = dict(Counter(one.state for one in known))
        return cls(counts=counts, waiting=len(waiting), packed=packed, canceled=canceled)

    def unpack(self) -> tuple[list[Ended], list[str]]:
        """The ended jobs, and the tokens of the others."""
        facts = json.loads(zlib.decompress(b85decode(self.packed)))
        return [from_dict(Ended, one) for one in facts["ended"]], facts["tokens"]


@dataclass(frozen=True, kw_only=True)
class Batch:
    """
    Jobs of one service and one account that are waited for together; `batches` makes and checks them.

    *account*: the name under which a worker has the API key. *common*: what identifies the jobs besides their ids
    (Freeplay's project_id, FRYTE's tenant_id). *timeout*: seconds for each job, from the start of its wait. *until*: a
    deadline for all, in seconds since the epoch. *policy*: from `policy_to_dict`. *cancel_at_service*: canceling the
    wait also cancels the jobs, where the service can. *heartbeat*: seconds without a heartbeat after which a worker
    counts as dead. *stint* and *stand* are `continue_after` and `checkpoint`.
    """

    service: str
    account: str
    job_ids: list[str]
    common: dict[str, str] = field(default_factory=dict)
    timeout: float | None = None
    until: float | None = None
    policy: PolicyDict = field(default_factory=dict)
    cancel_at_service: bool = False
    heartbeat: float = 30.0
    stint: float = 6 * 3600.0
    stand: Checkpoint | None = None
    version: int = VERSION

    @property
    def continue_after(self) -> float:
        """Seconds after which a long wait continues in a new run, with an empty history."""
        return self.stint

    @property
    def checkpoint(self) -> Checkpoint | None:
        """Where an earlier run stopped."""
        return self.stand


@dataclass(frozen=True, kw_only=True)
class BatchDone:
    """How the waits of a batch ended: one Ended for each job, in the order of the batch."""

    service: str
    account: str
    ended: list[Ended]
    version: int = VERSION


@dataclass(frozen=True, kw_only=True)
class BatchProgress:
    """Progress of a batch of *jobs* jobs: *counts* is the number of ended ones by state, *waiting* of the others."""

    jobs: int
    waiting: int
    counts: dict[str, int]
    version: int = VERSION


def from_dict(kind: type[T], facts: Mapping[str, Any]) -> T:
    """A *kind* made of *facts*; keys that a newer version added are ignored."""
    return kind(**{one.name: facts[one.name] for one in fields(kind) if one.name in facts})  # type: ignore[arg-type]
