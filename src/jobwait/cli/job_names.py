"""Names of jobs as arguments of a command, and the handles on those jobs."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer
from attrs import frozen

from jobwait._jobs.registry import SERVICES, service_module
from jobwait.cli.accounts import Accounts
from jobwait.errors import InvalidInput

if TYPE_CHECKING:
    from jobwait import Job


@frozen
class Name:
    """One job's *service*, its *id* and, at Freeplay, its *project*."""

    service: str
    id: str
    project: str | None = None

    def __str__(self) -> str:
        return f"{self.service}:{self.project}/{self.id}" if self.project else f"{self.service}:{self.id}"


@frozen(kw_only=True)
class Jobs:
    """The arguments and options that name jobs."""

    names: Annotated[
        list[str],
        typer.Argument(
            metavar="SERVICE ID… | SERVICE:ID…",
            help="Jobs of one service, or of several; at Freeplay PROJECT/ID; - reads names from stdin, one a line.",
        ),
    ]
    project: Annotated[str | None, typer.Option(help="Freeplay: the project of ids that name none.")] = None
    tenant: Annotated[int | None, typer.Option(help="FRYTE: the tenant of the jobs.")] = None

    @contextmanager
    def handles(self, accounts: Accounts) -> Iterator[list[Job[Any]]]:
        """A handle on each job, in order and without repeats; their clients are closed at the end."""
        names = parse(self.names, self.project)
        with accounts.clients(name.service for name in names) as clients:
            yield [_handle(name, clients[name.service], self.tenant) for name in names]

    @contextmanager
    def handle(self, accounts: Accounts) -> Iterator[Any]:
        """The handle on the only job."""
        with self.handles(accounts) as found:
            if len(found) != 1:
                raise InvalidInput(f"One job is needed here, and {len(found)} are named.")
            yield found[0]


def parse(arguments: Sequence[str], project: str | None = None) -> list[Name]:
    """The names in *arguments*, each once: a service and its ids, or each with its service; else InvalidInput."""
    first, *rest = arguments
    given = [f"{first}:{one}" for one in _expanded(rest)] if first in SERVICES else list(_expanded(arguments))
    if not given:
        by_id = first in SERVICES
        raise InvalidInput(f"No job of {first} is named; give its id." if by_id else "No job is named on stdin.")
    return list(dict.fromkeys(_name(one, project) for one in given))


def _expanded(arguments: Sequence[str]) -> Iterator[str]:
    """The arguments; "-" stands for the first word of each line of stdin, as `jobwait list` prints them."""
    for argument in arguments:
        if argument == "-":
            yield from (line.split()[0] for line in sys.stdin if line.strip())
        else:
            yield argument


def _name(argument: str, project: str | None) -> Name:
    service, _, job_id = argument.partition(":")
    if job_id.partition(":")[0] in SERVICES:  # a name from stdin may have its service although one was given
        service, _, job_id = job_id.partition(":")
    if service not in SERVICES or not job_id:
        raise InvalidInput(f"{argument!r} names no job; write SERVICE:ID, where SERVICE is {', '.join(SERVICES)}.")
    if service != "freeplay":
        return Name(service, job_id)
    owner, slash, last = job_id.rpartition("/")
    project = owner if slash else project
    if not project or not last:
        raise InvalidInput(f"{argument!r} lacks its project; write freeplay:PROJECT/{last or 'ID'} or use --project.")
    return Name(service, last, project)


def _handle(name: Name, client: Any, tenant: int | None) -> Job[Any]:
    owner, more = [name.project] if name.project else [], [tenant] if name.service == "fryte" else []
    return service_module(name.service).job(client, *owner, name.id, *more)  # type: ignore[no-any-return]


def arguments_for(jobs: Sequence[Job[Any]]) -> str:
    """The arguments that name *jobs* in a command line."""
    tenants = {job._state.ids.get("tenant_id") for job in jobs} - {None}  # noqa: SLF001 - our own handles
    # One option gives all the jobs of a command their tenant.
    return " ".join([*(shlex.quote(str(name_of(job))) for job in jobs), *(f"--tenant {one}" for one in tenants)])


def name_of(job: Job[Any]) -> Name:
    """The name of *job*, as a command takes it."""
    return Name(job.service.name, job.id, job._state.ids.get("project_id"))  # noqa: SLF001 - our own handle
