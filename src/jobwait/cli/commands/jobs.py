"""`jobwait wait`, `status`, `cancel` and `list`: commands for jobs that exist already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from jobwait._model import json_forms
from jobwait._polling.unknown_status import reported, step_of_status
from jobwait._text import strip_link_queries
from jobwait.cli import exits
from jobwait.cli.accounts import Accounts
from jobwait.cli.exits import complain
from jobwait.cli.going_on import ACCOUNT, WAIT, typed_options
from jobwait.cli.job_names import Jobs, Name, arguments_for, name_of
from jobwait.cli.options import Typed, argument, command, option
from jobwait.cli.output import Output
from jobwait.cli.services import (
    Own,
    Spec,
    can_cancel,
    complete_service,
    declaration_of,
    ids_within,
    only_service,
    page_of,
)
from jobwait.cli.statuses import Statuses, status_text, unasked_text
from jobwait.cli.waiting import WaitOptions, wait_for
from jobwait.errors import InvalidInput, JobWaitError

if TYPE_CHECKING:
    from jobwait import Job
    from jobwait.cli.rows.listed import Listed


def _wait(
    jobs: Jobs,
    spec: Spec,
    accounts: Accounts,
    statuses: Statuses,
    wait_options: WaitOptions,
    output: Output,
    typed: Typed,
) -> int:
    """
    Wait for jobs, of one service or of several.

    Examples:
      jobwait wait fryte c3f1c944 --timeout 10m
      jobwait wait openai-batches:batch_7 fryte:c3f1c944
      jobwait wait --spec renders.yaml r-7 r-8
    """
    wait_options.check()
    with jobs.handles(accounts, spec) as handles:
        statuses.add_to(handles)
        return wait_for(handles, output, wait_options, typed=spec.arguments() + typed_options(typed, WAIT))


def _status(jobs: Jobs, spec: Spec, accounts: Accounts, statuses: Statuses, output: Output) -> int:
    """
    Show the status of jobs, by one request for each.

    Examples:
      jobwait status openai-batches:batch_7
      jobwait status --spec renders.yaml r-7
    """
    with jobs.handles(accounts, spec) as handles:
        statuses.add_to(handles)
        return max(_print_status(job, output) for job in handles)


def _print_status(job: Job[Any], output: Output) -> int:
    service, name = job.service, name_of(job)
    known = {"service": service.name, "job_id": job.id, "name": str(name)}
    try:
        snapshot = job.status()
    except JobWaitError as error:
        nothing = dict.fromkeys(("raw_status", "progress", "why", "snapshot"))
        output.json("status", **known, state=None, **nothing, reason=error.reason, error=error.to_dict())
        output.text(f"{name} {unasked_text(error.reason)}")
        complain(str(error))
        return exits.of_error(error)
    seen, done, why = job._state, service.progress(snapshot), service.reason(snapshot) or ""  # noqa: SLF001 - ours
    state, raw = seen.state, seen.raw_status
    counts = done and {"done": done.done, "total": done.total, "stage": done.stage}
    told = {"state": state, "reason": None, "raw_status": raw, "progress": counts, "why": why}
    output.json("status", **known, **told, error=None, snapshot=json_forms.of_model(snapshot))
    output.text(f"{name} {status_text(state, raw, str(done or ''), why)}")
    if state == "unknown" and output.chatty:
        complain(f"{name}{reported(service, str(raw))}; {step_of_status(service, str(raw))}.")
    if state == "needs_input" and output.chatty:
        complain(f"{name_of(job)} waits for your answer. Answer the service, then wait again.")
    return exits.SUCCEEDED


def _cancel(jobs: Jobs, spec: Spec, accounts: Accounts, output: Output, typed: Typed) -> int:
    """
    Ask a service to cancel jobs; of the three services only Freeplay can.

    Examples:
      jobwait cancel freeplay:PROJECT/9a1f2a52
      jobwait cancel --spec renders.yaml r-7
    """
    with jobs.handles(accounts, spec) as handles:
        for job in handles:
            if not can_cancel(job):
                raise InvalidInput(f"{name_of(job)}: {job.service.name} cannot cancel a job; nothing was canceled.")
        for job in handles:
            job.cancel()  # type: ignore[attr-defined]
            output.json("cancel", service=job.service.name, job_id=job.id, name=str(name_of(job)))
            again = strip_link_queries(arguments_for([job], spec.arguments() + typed_options(typed, ACCOUNT)))
            output.text(f"{name_of(job)}: asked to cancel; `jobwait wait {again}` shows how it ends.")
    return exits.SUCCEEDED


def _list(
    *,
    service: Annotated[
        str | None,
        argument(
            help="freeplay, fryte, or another that has a list; left out with --spec.", autocompletion=complete_service
        ),
    ] = None,
    within: Annotated[
        str | None, option("The ids that the list is of, as in OWNER/REPO.", "--in", metavar="ID/ID")
    ] = None,
    project: Annotated[str | None, option("Freeplay: the project; required.", metavar="PROJECT")] = None,
    status: Annotated[str | None, option("Freeplay: only jobs with this status.", metavar="STATUS")] = None,
    user: Annotated[int | None, option("FRYTE: the user's number; required.", metavar="NUMBER")] = None,
    tenant: Annotated[int | None, option("FRYTE: the tenant.", metavar="NUMBER")] = None,
    spec: Spec,
    accounts: Accounts,
    output: Output,
) -> int:
    """
    List the jobs of a Freeplay project, of a FRYTE user, or of a declared service.

    Examples:
      jobwait list freeplay --project PROJECT
      jobwait list fryte --user 1
      jobwait list github-actions --in OWNER/REPO
      jobwait list --spec renders.yaml
    """
    from jobwait.cli.rows.listed import Listed, iso_text  # noqa: PLC0415 - a wait prints no rows

    own = spec.services()
    name = only_service(service, own)
    of_service: dict[str, tuple[str, Any, dict[str, Any]]] = {
        "freeplay": ("project", project, {"status": status}),
        "fryte": ("user", user, {"tenant_id": tenant}),
    }
    if name not in of_service:
        return _list_declared(name, own, within, accounts, output)
    owner, whose, more = of_service[name]
    if whose is None:
        raise InvalidInput(f"{name} lists the jobs of a {owner}; add --{owner}.")
    with accounts.clients([name]) as clients:
        found = list(page_of(name, own).list_jobs(clients[name], whose, **more))

    def row_of(job: Any) -> Listed:
        created = getattr(job, "created_at", None) or getattr(job, "date_created", "")
        ids = (project, job.job_id) if project else (job.job_id,)
        return Listed(str(Name(name, tuple(map(str, ids)))), str(job.status), iso_text(created))

    jobs = [(row_of(job), str(job.job_id), json_forms.of_model(job)) for job in found]
    return _print_list(name, jobs, output)


def _list_declared(name: str, own: Own, within: str | None, accounts: Accounts, output: Output) -> int:
    from jobwait.cli.rows.listed import Listed  # noqa: PLC0415 - a wait prints no rows

    page = page_of(name, own)
    declaration = declaration_of(page)
    if declaration is None or declaration.listing is None:
        raise InvalidInput(f"{name!r} lists no jobs; freeplay and fryte do, and declarations with a list.")
    ids = ids_within(within, declaration.listing.endpoint.variables, f"{name} lists the jobs of")
    with accounts.clients([name], own) as clients:
        found = page.list_jobs(clients[name], **ids)
    before = [ids[one] for one in declaration.ids[:-1] if one in ids]

    def row_of(job: Any, own_id: str) -> Listed:
        return Listed(str(Name(name, (*before, own_id))), _word(declaration, job))

    with_ids = [(str(declaration.listing.id.first(job)), job) for job in found]
    return _print_list(name, [(row_of(job, own_id), own_id, job) for own_id, job in with_ids], output)


def _word(declaration: Any, item: Any) -> str:
    """The state of an *item* of a list, in the service's word."""
    from jobwait._declared.vocabulary.rules import word_at  # noqa: PLC0415 - `--help` must not load an HTTP client

    where = declaration.listing.state
    return (declaration.state.word(item) if where is None else word_at(where, item)) or ""


def _print_list(service: str, jobs: list[tuple[Listed, str, Any]], output: Output) -> int:
    """Print the rows of *jobs*, each with its id and the service's answer."""
    from jobwait.cli.rows.listed import COLUMNS  # noqa: PLC0415 - a wait prints no rows
    from jobwait.cli.rows.table import print_rows  # noqa: PLC0415 - as above

    for row, own_id, snapshot in jobs:
        facts = {"name": row.name, "status": row.status, "created": row.created or None}
        output.json("job", service=service, job_id=own_id, **facts, snapshot=snapshot)
    print_rows([row for row, _, _ in jobs], COLUMNS, output)
    if not jobs and output.chatty:
        complain("there are no jobs.")  # not on stdout, where each line names one
    return exits.SUCCEEDED


wait, status, cancel, list_jobs = (command(function) for function in (_wait, _status, _cancel, _list))
