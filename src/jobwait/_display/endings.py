"""What is said once jobs have ended: a line for each, a sentence for each reason, and how many ended how."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from jobwait._display.board import JobKey, counted_states
from jobwait._display.lines import took_text
from jobwait._model.types import Outcome
from jobwait._text import visible

_ENDED: Final = {
    "succeeded": "succeeded",
    "failed": "failed",
    "canceled": "was canceled",
    "needs_input": "waits for your answer",
    "timed_out": "is still running as far as we know",
    "unreachable": "could not be asked about",
    "not_found": "was not found",
}
_NAMES: Final = 10  # jobs that the sentence of a reason names
# What differs from job to job.
_OWN: Final = re.compile(r" after [\d.]+ s \(\d+ polls?(?:; [^)]*)?\)|, [\d.]+ s before the deadline")
_ADVICE: Final = re.compile(r"; wait again with a longer timeout\.$")
_NOT_CANCELED: Final = re.compile(r"\. It was not canceled\.$")


def ending_line(name: object, outcome: Outcome[Any]) -> str:
    """How the job called *name* ended, how long that took, and what it had done."""
    took = took_text((outcome.seen_at - outcome.started).total_seconds())
    polls = "1 poll" if outcome.polls == 1 else f"{outcome.polls} polls"
    done = outcome.job.service.progress(outcome.snapshot) if outcome.snapshot is not None else None
    counts = f", {done}" if done is not None and done.stage is None else ""
    reason = outcome.reason or ""
    why = f"{reason.replace('_', ' ')}, " if reason and reason not in _ENDED else ""
    return f"{name} {_ended(outcome)} ({why}{took}, {polls}{counts})"


def _ended(outcome: Outcome[Any]) -> str:
    """How the wait ended, in words; a status that nobody gave a meaning may be that of an ended job."""
    last = outcome.job._state if outcome.state == "timed_out" else None  # noqa: SLF001 - ours
    if last is not None and last.seen and last.state == "unknown":
        return f"may have ended: what its status {visible(str(last.raw_status)):.60} means is not known"
    if outcome.state == "timed_out" and not outcome.polls:
        return "was not polled"
    return _ENDED.get(outcome.reason or "", _ENDED[outcome.state])


def reasons(
    outcomes: Iterable[Outcome[Any]], names: Mapping[JobKey, str], left: Collection[JobKey] = frozenset()
) -> list[str]:
    """
    Why jobs did not succeed: a sentence for each reason, with the *names* of the jobs that have it in common.

    Those that are *left* are not named, nor is it said that they can be waited for again: a command for them follows.
    """
    by_reason: dict[tuple[str, str, bool], list[Outcome[Any]]] = {}
    for outcome in outcomes:
        if outcome.error is not None:
            again = (outcome.service, outcome.job_id) in left
            by_reason.setdefault((outcome.service, _common(outcome, again=again), again), []).append(outcome)
    return [
        _sentence(service, reason, group, {} if again else names)
        for (service, reason, again), group in by_reason.items()
    ]


def summary(states: Sequence[str], open_jobs: int, seconds: float) -> str:
    """How jobs ended, and how many did not: "60 jobs: 48 succeeded, 6 failed, 6 canceled in 2 min 20 s"."""
    parts = [counted_states(Counter(states)), f"{open_jobs} not waited for to the end" if open_jobs else ""]
    return f"{len(states) + open_jobs} jobs: {', '.join(filter(None, parts))} in {took_text(seconds)}"


def _common(outcome: Outcome[Any], *, again: bool) -> str:
    """The reason, without what names the job or differs from job to job."""
    text = _text(outcome, again=again).removeprefix(f"{outcome.service} job {outcome.job_id}")
    return _OWN.sub("", text.replace(outcome.job_id, "…"))


def _text(outcome: Outcome[Any], *, again: bool) -> str:
    """The error in our words; without the advice to wait *again* if a command for that follows."""
    text, subject = str(outcome.error), f"{outcome.service} job {outcome.job_id}"
    if outcome.reason == "not_found":
        rest = text.removeprefix(subject)
        text = f"{subject} was not found{rest if rest.startswith(':') else f': it{rest}'}"
    return _NOT_CANCELED.sub(".", _ADVICE.sub(".", text)) if again else text


def _sentence(service: str, reason: str, group: Sequence[Outcome[Any]], names: Mapping[JobKey, str]) -> str:
    """A sentence for the *group* of jobs that have *reason* in common; no *names*: they are not named."""
    if len(group) == 1:
        return _text(group[0], again=not names)
    named = ", ".join(names.get((one.service, one.job_id), "") for one in group[:_NAMES])
    more = f" and {len(group) - _NAMES} more" if len(group) > _NAMES else ""
    colon = "" if reason.startswith(":") else ", each:"
    return f"{len(group)} {service} jobs{colon}{reason}" + (f" These are {named}{more}." if names else "")
