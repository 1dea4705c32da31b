"""
What an engine keeps: plain, typed, versioned values, which any engine's JSON can hold. No key is ever among them.

They live longer than the program that wrote them: a field is only ever added, with a default; what cannot be read so
gets a new version.
"""

from __future__ import annotations

import json
import zlib
from base64 import b85decode, b85encode
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any, Final, TypeVar

from jobwait._model.checks import identifier
from jobwait._model.policy import Policy
from jobwait.engines.policy_text import Words, policy_of, words_of
from jobwait.engines.wire_keys import Keyed, key, keyed
from jobwait.errors import InvalidInput

VERSION: Final = 1
USUAL: Final = 500  # ids in a batch
AT_MOST: Final = 1000  # more would come near the size that Temporal refuses: 2 MiB
LONGEST_ID: Final = 250  # letters as JSON writes them; with what an Ended holds at most, a thousand stay below that
BEAT_AT_MOST: Final = 24 * 3600.0
STINT_AT_MOST: Final = 365 * 24 * 3600.0
T = TypeVar("T")


@keyed
class Ended(Keyed):
    """How the wait for one job ended, as in an Outcome; times are ISO 8601 in UTC, *done* and *total* its progress."""

    job_id: str = key("job_id")
    state: str = key("state")
    raw_status: str | None = key("raw_status", default=None)
    reason: str | None = key("reason", default=None)
    error: str | None = key("error", default=None)
    polls: int = key("polls", default=0)
    errors: int = key("errors", default=0)
    started: str = key("started", default="")
    seen_at: str = key("seen_at", default="")
    done: int | None = key("done", default=None)
    total: int | None = key("total", default=None)


@keyed
class Checkpoint(Keyed):
    """
    Where the waits of a batch stand: enough to go on elsewhere.

    *counts* says how many ended how, *waiting* how many have not. *packed* holds the ends and, for each job that still
    runs, its token. *canceled* says that the waits were given up.
    """

    counts: dict[str, int] = key("counts", default_factory=dict)
    waiting: int = key("waiting", default=0)
    packed: str = key("packed", default="")
    canceled: bool = key("canceled", default=False)
    version: int = key("version", default=VERSION)

    @classmethod
    def of(cls, ended: Iterable[Ended], tokens: Iterable[str], *, canceled: bool = False) -> Checkpoint:
        """The stand with these ends, and these jobs still to be waited for."""
        known, open_ = list(ended), list(tokens)
        facts = json.dumps({"ended": [asdict(one) for one in known], "tokens": open_}, separators=(",", ":"))
        packed = b85encode(zlib.compress(facts.encode())).decode()  # tokens are much alike: a tenth is left
        return cls(
            counts=dict(Counter(one.state for one in known)), waiting=len(open_), packed=packed, canceled=canceled
        )

    def unpack(self) -> tuple[list[Ended], list[str]]:
        """The ends, and the tokens of the others."""
        facts = json.loads(zlib.decompress(b85decode(self.packed)))
        return [known_of(Ended, one) for one in facts["ended"]], facts["tokens"]


@keyed
class Batch(Keyed):
    """
    Jobs of one service and one account, to be waited for together.

    *account* is the name under which a worker keeps the key. *common* holds what else names the jobs: Freeplay's
    project_id, FRYTE's tenant_id. *timeout* is each job's own, from the beginning of its wait; *until* is one for all,
    in seconds since the epoch. *policy* is a Policy in plain words. *cancel_at_service* has a cancellation of the wait
    reach the jobs, where the service can cancel. *heartbeat*: seconds of silence after which a worker counts as dead.
    *stint*: seconds after which a long wait begins a new history. *stand*: where an earlier one left off.
    """

    service: str = key("service")
    account: str = key("account")
    job_ids: list[str] = key("job_ids")
    common: dict[str, str] = key("common", default_factory=dict)
    timeout: float | None = key("timeout", default=None)
    until: float | None = key("until", default=None)
    policy: Words = key("policy", default_factory=dict)
    cancel_at_service: bool = key("cancel_at_service", default=False)
    heartbeat: float = key("heartbeat", default=30.0)
    continue_after: float = key("stint", default=6 * 3600.0)
    checkpoint: Checkpoint | None = key("stand", default=None)
    version: int = key("version", default=VERSION)


@keyed
class BatchDone(Keyed):
    """How the waits of a batch ended: one Ended for each of its jobs, in their order."""

    service: str = key("service")
    account: str = key("account")
    ended: list[Ended] = key("ended")
    version: int = key("version", default=VERSION)


@keyed
class BatchProgress(Keyed):
    """How far a batch is: *counts* says how many of its *jobs* ended how, *waiting* how many have not."""

    jobs: int = key("jobs")
    waiting: int = key("waiting")
    counts: dict[str, int] = key("counts")
    version: int = key("version", default=VERSION)


def known_of(kind: type[T], facts: Mapping[str, Any]) -> T:
    """A *kind* out of *facts*, of which a newer version may have written more than we know."""
    return kind(**{name: facts[name] for name in kind.__dataclass_fields__ if name in facts})  # type: ignore[attr-defined]


def batches(
    service: str,
    account: str,
    job_ids: Iterable[str],
    *,
    size: int = USUAL,
    timeout: float | None = None,
    policy: Policy | None = None,
    common: Mapping[str, str] | None = None,
    cancel_at_service: bool = False,
    heartbeat: float = 30.0,
    continue_after: float = 6 * 3600.0,
) -> list[Batch]:
    """
    *job_ids*, each once, in batches of *size*; the other arguments are the fields of each Batch.

    Raises:
        InvalidInput: an argument cannot be.

    """
    if not 1 <= size <= AT_MOST:
        raise InvalidInput(f"A batch holds 1 to {AT_MOST} jobs, not {size}.")
    if isinstance(job_ids, str):
        raise InvalidInput(f"job_ids are many, each text, not the text {job_ids!r:.60}. Put a single id into a list.")
    unique = list(dict.fromkeys(identifier("an id of a job", one) for one in job_ids))
    made = [
        Batch(
            service=service,
            account=account,
            job_ids=unique[start : start + size],
            common=dict(common or {}),
            timeout=timeout,
            policy=words_of(policy),
            cancel_at_service=cancel_at_service,
            heartbeat=heartbeat,
            continue_after=continue_after,
        )
        for start in range(0, len(unique), size)
    ]
    for batch in made:
        check(batch)
    return made


def check(batch: Batch) -> None:
    """
    Refuse a *batch* that cannot be waited for.

    Raises:
        InvalidInput: it is from a newer version, too large, empty, names a job twice, or has numbers that cannot be.

    """
    if batch.version > VERSION:
        raise InvalidInput(f"This batch has version {batch.version}, this jobwait reads {VERSION}. Update its workers.")
    if not 1 <= len(batch.job_ids) <= AT_MOST:
        raise InvalidInput(
            f"A batch holds 1 to {AT_MOST} jobs, not {len(batch.job_ids)}. Split them: batches() does that."
        )
    if len(set(batch.job_ids)) != len(batch.job_ids) or not all(batch.job_ids):
        raise InvalidInput("A batch names a job twice, or by nothing. Leave that out: batches() knows each once.")
    for name in batch.job_ids:
        if len(json.dumps(name)) - 2 > LONGEST_ID:
            raise InvalidInput(f"No id of a job is longer than {LONGEST_ID} letters, as {name!r:.60}… is.")
    if not (1 <= batch.heartbeat <= BEAT_AT_MOST and 0 < batch.continue_after <= STINT_AT_MOST):
        raise InvalidInput(
            f"heartbeat is a second to a day and continue_after at most a year, not {batch.heartbeat} s and "
            f"{batch.continue_after} s."
        )
    policy_of(batch.policy, batch.timeout)
