"""`jobwait wait`, `status`, `cancel` and `list`: commands for jobs that exist already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from jobwait._jobs.registry import service_module
from jobwait._model import json_forms
from jobwait.cli import exits
from jobwait.cli.accounts import Accounts
from jobwait.cli.exits import complain
from jobwait.cli.job_names import Jobs, name_of
from jobwait.cli.options import command, option
from jobwait.cli.output import Output
from jobwait.cli.statuses import Statuses
from jobwait.cli.waiting import WaitOptions, wait_for
from jobwait.errors import InvalidInput, JobWaitError

if TYPE_CHECKING:
    from jobwait import Job


def _wait(jobs: Jobs, accounts: Accounts, statuses: Statuses, wait_options: WaitOptions, output: Output) -> int:
    """Wait for jobs, of one service or of several."""
    wait_options.check()
    with jobs.handles(accounts) as handles:
        statuses.add_to(handles)
        return wait_for(handles, output, wait_options)


def _status(jobs: Jobs, accounts: Accounts, statuses: Statuses, output: Output) -> int:
    """Show the status of jobs, by one request for each."""
    with jobs.handles(accounts) as handles:
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
    raw, done = str(service.status(snapshot)), service.progress(snapshot)
    state, as_json = service.statuses.of(raw), json_forms.of_model(snapshot)
    output.json("status", service=service.name, job_id=job.id, state=state, error=None, snapshot=as_json)
    parts = [f"{name_of(job)} {state} ({raw})", str(done or ""), service.reason(snapshot)]
    output.text(" ".join(part for part in parts if part))
    return exits.SUCCEEDED


def _cancel(jobs: Jobs, accounts: Accounts, output: Output) -> int:
    """Ask a service to cancel jobs; only Freeplay can."""
    with jobs.handles(accounts) as handles:
        for job in handles:
            if not hasattr(job, "cancel"):
                raise InvalidInput(f"{name_of(job)}: {job.service.name} cannot cancel a job; nothing was canceled.")
        for job in handles:
            job.cancel()  # type: ignore[attr-defined]
            output.json("cancel", service=job.service.name, job_id=job.id)
            output.text(f"{name_of(job)}: asked to cancel; `jobwait wait {name_of(job)}` shows how it ends.")
    return exits.SUCCEEDED


def _list(
    *,
    service: Annotated[str, typer.Argument(help="freeplay or fryte; PromptForge has no list.")],
    project: Annotated[str | None, option("Freeplay: the project; required.")] = None,
    status: Annotated[str | None, option("Freeplay: only jobs with this status.")] = None,
    user: Annotated[int | None, option("FRYTE: the user's number; required.")] = None,
    tenant: Annotated[int | None, option("FRYTE: the tenant.")] = None,
    accounts: Accounts,
    output: Output,
) -> int:
    """List the jobs of a Freeplay project or a FRYTE user."""
    of_service: dict[str, tuple[str, Any, dict[str, Any]]] = {
        "freeplay": ("project", project, {"status": status}),
        "fryte": ("user", user, {"tenant_id": tenant}),
    }
    if service not in of_service:
        raise InvalidInput(f"{service!r} lists no jobs; freeplay and fryte do.")
    owner, whose, more = of_service[service]
    if whose is None:
        raise InvalidInput(f"{service} lists the jobs of a {owner}; add --{owner}.")
    with accounts.clients([service]) as clients:
        found = list(service_module(service).list_jobs(clients[service], whose, **more))
    prefix = f"{service}:{project}/" if project else f"{service}:"
    for job in found:
        output.json("job", service=service, job_id=str(job.job_id), snapshot=json_forms.of_model(job))
        created = getattr(job, "created_at", None) or getattr(job, "date_created", "")
        output.text(f"{prefix}{job.job_id}  {job.status}  {created}")
    if not found and output.chatty:
        complain("there are no jobs.")  # not on stdout, where each line names one
    return exits.SUCCEEDED


wait, status, cancel, list_jobs = (command(function) for function in (_wait, _status, _cancel, _list))
