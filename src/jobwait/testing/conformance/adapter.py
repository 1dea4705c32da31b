"""What the kit needs to know of an SDK."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, TypeAlias, get_args

from attrs import field, frozen

Word: TypeAlias = Literal["succeeded", "failed", "canceled", "needs_input", "timed_out", "unreachable"]
WORDS: Final[tuple[str, ...]] = get_args(Word)


def _as_it_is(job: Mapping[str, Any]) -> Any:
    return job


@frozen
class Adapter:
    """
    How one SDK waits.

    name: for the scorecard. wait: called with the URL of the job, and with timeout and interval in seconds; waits and
    returns how it ended: "succeeded", "failed", "canceled", "needs_input", "timed_out", or "unreachable" if the job
    could not be asked for. An exception counts as "unreachable". A POST to the URL without its last part submits the
    job, and names it as `id` and in Operation-Location; whoever needs no submission leaves it out.

    answer: makes of the server's JSON, `{"id", "status", "progress"}`, that which the SDK expects. virtual: the SDK
    waits with jobwait, or sleeps by `time.sleep` in the thread that calls it and knows the time by `time.monotonic` or
    `time.time`, called by these names; then nothing takes real time. skips: the scenarios that mean nothing for this
    SDK, each with the reason.
    """

    name: str
    wait: Callable[[str, float, float], str]
    answer: Callable[[Mapping[str, Any]], Any] = _as_it_is
    virtual: bool = False
    skips: Mapping[str, str] = field(factory=dict[str, str])
