"""Which jobs: names as people type them, and the handles that they stand for."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer
from attrs import frozen

from jobwait._jobs.registry import SERVICES
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
        """As it can be typed again."""
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
        """A handle on each job, in order and without repeats, whose clients are closed at the end."""
        names = parse(self.names, self.project)
        with accounts.clients(name.service for name in names) as clients:
            yield [handle(name, clients, self.tenant) for name in names]

    @contextmanager
    def handle(self, accounts: Accounts) -> Iterator[Any]:
        """The handle on the only job."""
        with self.handles(accounts) as found:
            if len(found) != 1:
                raise InvalidInput(f"One job is needed here, and {len(found)} are named.")
            yield found[0]


def parse(words: Sequence[str], project: str | None = None) -> list[Name]:
    """
    The names in *words*, each once: a service and its ids, or each with its service.

    Raises:
        InvalidInput: a word names no job.

    """
    first, *rest = words
    words = [f"{first}:{word}" for word in _read(rest)] if first in SERVICES else list(_read(words))
    if not words:
        said = f"No job of {first} is named; give its id." if first in SERVICES else "No job is named on stdin."
        raise InvalidInput(said)
    return list(dict.fromkeys(_name(word, project) for word in words))


def _read(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        if word == "-":
            # The first word of a line, so that what `jobwait list` prints can be waited for.
            yield from (line.split()[0] for line in sys.stdin if line.strip())
        else:
            yield word


def _name(word: str, project: str | None) -> Name:
    # A name from stdin may come with its service although one was given.
    service, _, job_id = word.partition(":")
    if job_id.partition(":")[0] in SERVICES:
        service, _, job_id = job_id.partition(":")
    if service not in SERVICES or not job_id:
        raise InvalidInput(f"{word!r} names no job; write SERVICE:ID, where SERVICE is {', '.join(SERVICES)}.")
    if service != "freeplay":
        return Name(service, job_id)
    owner, slash, last = job_id.rpartition("/")
    project = owner if slash else project
    if not project or not last:
        raise InvalidInput(f"{word!r} lacks its project; write freeplay:PROJECT/{last or 'ID'} or use --project.")
    return Name(service, last, project)


def handle(name: Name, clients: Mapping[str, Any], tenant: int | None = None) -> Job[Any]:
    """The handle on the job called *name*."""
    from jobwait import freeplay, fryte, promptforge  # noqa: PLC0415 - whoever only asks for help pays for no page

    client = clients[name.service]
    if name.service == "freeplay":
        return freeplay.job(client, name.project or "", name.id)
    return fryte.job(client, name.id, tenant) if name.service == "fryte" else promptforge.job(client, name.id)


def words_for(jobs: Sequence[Job[Any]]) -> str:
    """What names *jobs* in a command that is typed again."""
    tenants = {job._state.ids.get("tenant_id") for job in jobs} - {None}  # noqa: SLF001 - our own handles
    more = [f"--tenant {tenant}" for tenant in tenants]  # one option gives all the jobs of a command their tenant
    return " ".join([*(shlex.quote(str(name_of(job))) for job in jobs), *more])


def name_of(job: Job[Any]) -> Name:
    """The name of *job*, to be typed again."""
    ids = job._state.ids  # noqa: SLF001 - our own handle
    return Name(job.service.name, job.id, ids.get("project_id"))
