"""What a status means: the option for what the service does not document, and the words that `status` prints."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

from attrs import frozen

from jobwait.cli.options import option
from jobwait.errors import InvalidInput

if TYPE_CHECKING:
    from jobwait import Job, Policy


@frozen(kw_only=True)
class Statuses:
    """The option, as often as there are statuses."""

    status_means: Annotated[
        list[str] | None,
        option("What an undocumented status means: DONE=succeeded; may be repeated.", metavar="STATUS=STATE"),
    ] = None

    @property
    def policy(self) -> Policy:
        """A policy with these statuses; InvalidInput if one is malformed."""
        from jobwait import Policy  # noqa: PLC0415 - `--help` must not load an HTTP client

        found: dict[Any, set[str]] = {}
        for given in self.status_means or ():
            raw, equals, state = given.rpartition("=")
            if not equals:
                raise InvalidInput(f"{given!r:.60} gives no meaning; write it as in --status-means DONE=succeeded.")
            found.setdefault(state.strip(), set()).add(raw)
        return Policy(statuses=found) if found else Policy()

    def check(self, service: Any) -> None:
        """InvalidInput if one is malformed, or the Service contradicts it: before anything is submitted."""
        from jobwait._polling.job_state import with_statuses  # noqa: PLC0415 - as above

        with_statuses(service, self.policy)

    def add_to(self, jobs: Iterable[Job[Any]]) -> None:
        """Have *jobs* know these statuses; InvalidInput if their service contradicts one."""
        from jobwait._jobs.handle import state_of  # noqa: PLC0415 - as above

        for job in jobs if self.status_means else ():
            state_of(job).add_statuses(self.policy)


def status_text(state: str, raw: str | None, done: str, why: str) -> str:
    """What `status` says of a job: each fact once, so the service's word not where the rest says it already."""
    from jobwait._model.status_map import plain_word  # noqa: PLC0415 - as above

    said = plain_word(f"{state} {done} {why}")
    word = plain_word(raw or "")
    return " ".join(part for part in (state, f"({raw})" if word and word not in said else "", done, why) if part)


def unasked_text(reason: str | None) -> str:
    """What `status` and `wait` say of a job that could not be asked about, for this `reason` of the error."""
    if reason == "not_found":
        return "not found"
    return "could not be asked about" + (f" ({reason.replace('_', ' ')})" if reason else "")
