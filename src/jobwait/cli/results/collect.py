"""What a finished job produced, as files and as lines of text: one small function for each service."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrs import field, frozen

from jobwait._model.json_forms import of_model
from jobwait._polling.unknown_status import not_ended
from jobwait.cli import json_forms
from jobwait.cli.exits import if_interrupted
from jobwait.cli.job_names import arguments_for
from jobwait.cli.output import Output
from jobwait.cli.results.folder import RESULTS, Format, ResultFolder
from jobwait.cli.results.plan import plan_lines
from jobwait.errors import InvalidInput, JobCanceled, JobFailed

if TYPE_CHECKING:
    from freeplay_client.models import PromptOptimizationJobStatusResponse
    from jobwait.promptforge import MergeSummary


@frozen
class Collected:
    """
    *lines* and *warnings* for people, *facts* for programs, and the *files* that were written.

    *records* are those of the files that have a JSON object a line, by what each line is: an answer, a failure.
    *content* is a result that is no JSON. *told*: the warnings are those of the submission, which were printed then.
    """

    lines: tuple[str, ...]
    facts: Mapping[str, Any]
    files: tuple[Path, ...]
    warnings: tuple[str, ...] = ()
    records: Mapping[str, Path] = field(factory=dict)
    content: bytes | None = None
    told: bool = False

    @property
    def all_lines(self) -> tuple[str, ...]:
        """The lines, and one for each warning that nobody has seen yet."""
        return (*self.lines, *(f"Warning: {warning}" for warning in self.warnings if not self.told))


def collect(job: Any, folder: ResultFolder) -> Collected:
    """Write the results of *job* to its folder; InvalidInput before it has ended, JobFailed if it has no results."""
    return _COLLECT.get(job.service.name, _plain)(job, _final_status(job), folder)


def deliver(job: Any, folder: ResultFolder, output: Output, typed: str = "") -> None:
    """Write the results of *job* to its folder and print a summary; *typed* options are those to go on with."""
    with if_interrupted(f"What has arrived is kept; go on with: {download_command(job, folder, typed)}"):
        collected = collect(job, folder)
    files = [str(path) for path in collected.files]
    known = {"service": job.service.name, "job_id": job.id, "files": files, "warnings": list(collected.warnings)}
    output.json("result", **known, result=collected.facts)
    output.text(*collected.all_lines)
    if job.service.name != "promptforge":
        output.text(f"written to {', '.join(files)}")


def download_command(job: Any, folder: ResultFolder, typed: str = "") -> str:
    """The command line that collects the results of *job*."""
    return f"jobwait download {arguments_for([job], typed)}{folder.options()}"


def _final_status(job: Any) -> Any:
    seen, service = job._state, job.service  # noqa: SLF001 - our own handle
    if seen.outcome is None or seen.outcome.error is not None:
        job.status()
    state, raw, snapshot = seen.state, seen.raw_status, seen.snapshot
    facts = {"service": service.name, "job_id": job.id, "snapshot": snapshot}
    if state == "succeeded":
        return snapshot
    if state not in {"failed", "canceled"}:
        raise InvalidInput(f"{service.name} job {job.id}: {not_ended(service, state, str(raw))}", **facts)
    reason, kind = service.reason(snapshot), JobCanceled if state == "canceled" else JobFailed
    why = f": {reason}" if reason else "."
    raise kind(f"{service.name} job {job.id} ended as {raw}, without results{why}", **facts)


def _answers(job: Any, final: Any, folder: ResultFolder) -> Collected:
    from jobwait import promptforge  # noqa: PLC0415 - `--help` must not load an HTTP client

    path = folder.path(job.id)
    summary = promptforge.merge(
        job.download(path / "parts"),
        path / folder.file_name("promptforge"),
        format=folder.format.value,
        prompts=folder.submitted,
        overwrite=folder.overwrite,
    )
    files = (summary.file, *filter(None, (summary.failures_file, summary.missing_file)))
    facts = {**json_forms.of_merged(summary), "counted_by_service": final.completed_count}
    records = {"answer": summary.file} if folder.format is Format.jsonl else {}
    if summary.failures_file is not None:
        records["failure"] = summary.failures_file
    return Collected(tuple(_answer_lines(summary, final.completed_count)), facts, files, records=records)


def _answer_lines(summary: MergeSummary, counted: object) -> Iterator[str]:
    yield f"{summary.answers} answers in {summary.file}"
    if summary.failures:
        yield f"{summary.failures} prompts failed, with the reasons in {summary.failures_file}"
    if summary.problems:
        yield f"{summary.problems} lines have neither an answer nor an error; {summary.failures_file} has them"
    if summary.missing_file:
        yield f"{summary.missing} prompts have no answer; submit {summary.missing_file} to try them again"
    if summary.repeated:
        yield f"{summary.repeated} lines answered a prompt again; the first answer of each was kept"
    if isinstance(counted, int) and counted != summary.answers:
        yield f"the service counted {counted} answers, its files hold {summary.answers}"


def _plan(job: Any, _final: Any, folder: ResultFolder) -> Collected:
    plan = job.result()
    facts = of_model(plan)
    files = [folder.write_json(folder.path(job.id) / f"{RESULTS}.json", facts)]
    if folder.geojson is not None:
        from jobwait.cli.results.geojson import features  # noqa: PLC0415 - its library may be missing

        files.append(folder.write_json(folder.geojson, features(plan)))
    return Collected(tuple(plan_lines(plan)), facts, tuple(files), warnings=tuple(map(str, job.warnings)), told=True)


def _optimization(job: Any, final: Any, folder: ResultFolder) -> Collected:
    facts = of_model(final)
    file = folder.write_json(folder.path(job.id) / f"{RESULTS}.json", facts)
    return Collected(tuple(_optimization_lines(final)), facts, (file,))


def _optimization_lines(final: PromptOptimizationJobStatusResponse) -> Iterator[str]:
    """Both versions, what changed, and from which data."""
    ids = {
        "Original version": final.original_version_id,
        "Optimized version": final.optimized_version_id,
        "Test run": final.test_run_id,
        "Comparison": final.comparison_id,
    }
    yield from (f"{title}: {value}" for title, value in ids.items() if value)
    data = final.data_sources_used
    if data:
        yield f"Data used: {data.human_labels_count} labels, {data.customer_feedback_count} pieces of feedback"
    if final.changes_summary:
        yield "Changes:"
        yield from (f"  {line}" for line in final.changes_summary.splitlines())


def _plain(job: Any, final: Any, folder: ResultFolder) -> Collected:
    """The result of a job at any other service: JSON, or the bytes that the service sent."""
    found = job.result() if hasattr(job, "result") else final
    path = folder.path(job.id) / folder.file_name(job.service.name)
    if isinstance(found, bytes):
        file = folder.write(path.with_suffix(""), found)
        return Collected((), {"bytes": len(found)}, (file,), content=found)
    facts = of_model(found)
    return Collected((), facts, (folder.write_json(path, facts),))


_COLLECT: Final[Mapping[str, Callable[[Any, Any, ResultFolder], Collected]]] = {
    "promptforge": _answers,
    "fryte": _plan,
    "freeplay": _optimization,
}
