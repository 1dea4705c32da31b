"""`jobwait wait`, `status`, `cancel` and `list`: commands for jobs that exist already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from jobwait._model import json_forms
from jobwait._text import strip_link_queries
from jobwait.cli import exits
from jobwait.cli.accounts import Accounts
from jobwait.cli.exits import complain
from jobwait.cli.job_names import Jobs, Name, arguments_for, name_of
from jobwait.cli.options import command, option
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
from jobwait.cli.statuses import Statuses
from jobwait.cli.waiting import WaitOptions, wait_for
from jobwait.errors import InvalidInput, JobWaitError

if TYPE_CHECKING:
    from jobwait import Job


def _wait(
    jobs: Jobs, spec: Spec, accounts: Accounts, statuses: Statuses, wait_options: WaitOptions, output: Output
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
        return wait_for(handles, output, wait_options, spec_arguments=spec.arguments())


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
    service = job.service
    try:
        snapshot = job.status()
    except JobWaitError as error:
        output.json("status", service=service.name, job_id=job.id, state=None, error=error.to_dict())
        complain(str(error))
        return exits.of_error(error)
    seen, done, as_json = job._state, service.progress(snapshot), json_forms.of_model(snapshot)  # noqa: SLF001 - ours
    state, raw = seen.state, seen.raw_status
    output.json("status", service=service.name, job_id=job.id, state=state, error=None, snapshot=as_json)
    parts = [f"{name_of(job)} {state} ({raw})", str(done or ""), service.reason(snapshot)]
    output.text(" ".join(part for part in parts if part))
    if state == "needs_input" and output.chatty:
        complain(f"{name_of(job)} waits for your answer. Answer the service, then wait again.")
    return exits.SUCCEEDED


def _cancel(jobs: Jobs, spec: Spec, accounts: Accounts, output: Output) -> int:
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
            output.json("cancel", service=job.service.name, job_id=job.id)
            again = strip_link_queries(arguments_for([job], spec.arguments()))
            output.text(f"{name_of(job)}: asked to cancel; `jobwait wait {again}` shows how it ends.")
    return exits.SUCCEEDED


def _list(
    *,
    service: Annotated[
        str | None,
        typer.Argument(
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
    for job in found:
        output.json("job", service=name, job_id=str(job.job_id), snapshot=json_forms.of_model(job))
        created = getattr(job, "created_at", None) or getattr(job, "date_created", "")
        ids = (project, job.job_id) if project else (job.job_id,)
        output.text(f"{Name(name, tuple(map(str, ids)))}  {job.status}  {created}")
    return _listed(len(found), output)


def _list_declared(name: str, own: Own, within: str | None, accounts: Accounts, output: Output) -> int:
    page = page_of(name, own)
    declaration = declaration_of(page)
    if declaration is None or declaration.listing is None:
        raise InvalidInput(f"{name!r} lists no jobs; freeplay and fryte do, and declarations with a list.")
    ids = ids_within(within, declaration.listing.endpoint.variables, f"{name} lists the jobs of")
    with accounts.clients([name], own) as clients:
        found = page.list_jobs(clients[name], **ids)
    for job in found:
        own_id = str(declaration.listing.id.first(job))
        output.json("job", service=name, job_id=own_id, snapshot=job)
        before = [ids[one] for one in declaration.ids[:-1] if one in ids]
        output.text(f"{Name(name, (*before, own_id))}  {_word(declaration, job)}".rstrip())
    return _listed(len(found), output)


def _word(declaration: Any, item: Any) -> str:
    """The state of an *item* of a list, in the service's word."""
    from jobwait._declared.vocabulary.rules import word_at  # noqa: PLC0415 - `--help` must not load an HTTP client

    where = declaration.listing.state
    return (declaration.state.word(item) if where is None else word_at(where, item)) or ""


def _listed(count: int, output: Output) -> int:
    if not count and output.chatty:
        complain("there are no jobs.")  # not on stdout, where each line names one
    return exits.SUCCEEDED


wait, status, cancel, list_jobs = (command(function) for function in (_wait, _status, _cancel, _list))
