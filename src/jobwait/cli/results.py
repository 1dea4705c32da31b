"""What a finished job made, as files and as text: one small function a service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from jobwait.cli import json_forms
from jobwait.cli._summaries import optimized, planned
from jobwait.cli.result_folder import RESULTS, Outputs
from jobwait.errors import InvalidInput, JobCanceled, JobFailed


@frozen
class Collected:
    """*lines* for people, *facts* for programs, and the *files* that were written."""

    lines: tuple[str, ...]
    facts: Mapping[str, Any]
    files: tuple[Path, ...]


def collect(job: Any, outputs: Outputs) -> Collected:
    """The results of *job*, which has succeeded, in its folder."""
    return _OF_SERVICE[job.service.name](job, outputs)


def _answers(job: Any, outputs: Outputs) -> Collected:
    from jobwait import promptforge  # noqa: PLC0415 - whoever only asks for help pays for no page

    final, folder = _final(job), outputs.folder(job.id)
    parts = job.download(folder / "parts")
    made = promptforge.merge(
        parts,
        folder / outputs.file_name("promptforge"),
        format=outputs.format.value,
        prompts=outputs.submitted,
        overwrite=outputs.overwrite,
    )
    counted = final.completed_count
    lines = [f"{made.answers} answers in {made.file}"]
    if made.failures_file:
        lines.append(f"{made.failures} prompts failed, with the reasons in {made.failures_file}")
    if made.missing_file:
        lines.append(f"{made.missing} prompts have no answer; submit {made.missing_file} to try them again")
    if made.repeated:
        lines.append(f"{made.repeated} lines answered a prompt again; the first answer of each was kept")
    if isinstance(counted, int) and counted != made.answers:
        lines.append(f"the service counted {counted} answers, its files hold {made.answers}")
    files = (made.file, *filter(None, (made.failures_file, made.missing_file)))
    return Collected(tuple(lines), {**json_forms.of_merged(made), "counted_by_service": counted}, files)


def _plan(job: Any, outputs: Outputs) -> Collected:
    _final(job)
    plan = job.result()
    files = [outputs.write_json(outputs.folder(job.id) / f"{RESULTS}.json", json_forms.of_model(plan))]
    if outputs.geojson is not None:
        from jobwait.cli.geojson import features  # noqa: PLC0415 - its library may be missing, and few ask for it

        files.append(outputs.write_json(outputs.geojson, features(plan)))
    return Collected(tuple(planned(plan, job.warnings)), json_forms.of_model(plan), tuple(files))


def _optimization(job: Any, outputs: Outputs) -> Collected:
    final = _final(job)
    files = (outputs.write_json(outputs.folder(job.id) / f"{RESULTS}.json", json_forms.of_model(final)),)
    return Collected(tuple(optimized(final)), json_forms.of_model(final), files)


def _final(job: Any) -> Any:
    """
    The status of *job*, which says that it has succeeded.

    Raises:
        InvalidInput: it has not ended yet.
        JobFailed: it ended badly.

    """
    snapshot, service = job.status(), job.service
    raw = str(service.status(snapshot))
    verdict, facts = service.statuses.of(raw), {"service": service.name, "job_id": job.id, "snapshot": snapshot}
    if verdict == "succeeded":
        return snapshot
    if verdict in {"failed", "canceled"}:
        reason = service.reason(snapshot)
        kind = JobCanceled if verdict == "canceled" else JobFailed
        raise kind(
            f"{service.name} job {job.id} ended as {raw}, without results{f': {reason}' if reason else '.'}", **facts
        )
    raise InvalidInput(f"{service.name} job {job.id} is {raw}: wait for it first.", **facts)


_OF_SERVICE: Final[Mapping[str, Callable[[Any, Outputs], Collected]]] = {
    "promptforge": _answers,
    "fryte": _plan,
    "freeplay": _optimization,
}
