"""Names of jobs as arguments of a command, and the handles on those jobs."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, Final

from attrs import frozen

from jobwait._jobs.registry import SERVICES, is_service, service_module
from jobwait._jobs.service_module import service_of
from jobwait._text import strip_link_queries
from jobwait.cli.accounts import Accounts
from jobwait.cli.completion.words import complete_name
from jobwait.cli.options import argument, option
from jobwait.cli.services import (
    Own,
    Spec,
    arguments_of_job,
    declaration_of,
    has_status_url,
    id_names,
    is_known,
    page_of,
    split_ids,
)
from jobwait.errors import InvalidInput

if TYPE_CHECKING:
    from jobwait import Job

_STATUS_URL: Final = "status_url"


@frozen
class Name:
    """One job's *service*, and its *ids*, the job's own last; or its status URL in place of them."""

    service: str
    ids: tuple[str, ...]

    @property
    def argument(self) -> str:
        """The name as a command takes it; the query of a status URL is in it, which may be a secret."""
        *before, own = self.ids
        return f"{self.service}:{'/'.join([*map(_quoted, before), own])}"

    def __str__(self) -> str:
        return strip_link_queries(self.argument)


def _quoted(value: str) -> str:
    return value.replace("%", "%25").replace("/", "%2F")


@frozen(kw_only=True)
class Jobs:
    """The arguments and options that name jobs."""

    names: Annotated[
        list[str],
        argument(
            metavar="SERVICE ID… | SERVICE:ID…",
            help="Jobs of one service, or of several; where a job has several ids, as at Freeplay, PROJECT/ID; "
            "with --spec FILE the ids alone; - reads names from stdin, one a line.",
            autocompletion=complete_name,
        ),
    ]
    project: Annotated[str | None, option("Freeplay: the project of ids that name none.", metavar="PROJECT")] = None
    tenant: Annotated[int | None, option("FRYTE: the tenant of the jobs.", metavar="NUMBER")] = None

    @contextmanager
    def handles(self, accounts: Accounts, spec: Spec) -> Iterator[list[Job[Any]]]:
        """A handle on each job, in order and without repeats; their clients are closed at the end."""
        own = spec.services()
        names = parse(self.names, self.project, own)
        with accounts.clients((name.service for name in names), own) as clients:
            yield [handle(name, clients[name.service], own, tenant_id=self.tenant) for name in names]

    @contextmanager
    def handle(self, accounts: Accounts, spec: Spec) -> Iterator[Any]:
        """The handle on the only job."""
        with self.handles(accounts, spec) as found:
            if len(found) != 1:
                raise InvalidInput(f"One job is needed here, and {len(found)} are named.")
            yield found[0]


@frozen(kw_only=True)
class OneJob(Jobs):
    """The arguments and options that name the only job of a command."""

    names: Annotated[
        list[str],
        argument(
            metavar="SERVICE ID | SERVICE:ID",
            help="One job; where it has several ids, as at Freeplay, PROJECT/ID; with --spec FILE the id alone; "
            "- reads its name from stdin.",
            autocompletion=complete_name,
        ),
    ]


def parse(arguments: Sequence[str], project: str | None = None, own: Own | None = None) -> list[Name]:
    """The names in *arguments*, each once: a service and its ids, or each with its service; else InvalidInput."""
    own = own or {}
    first, *rest = arguments
    if len(own) == 1:
        (only,) = own
        given = [one if one.startswith(f"{only}:") else f"{only}:{one}" for one in _expanded(arguments)]
        by_id = False
    else:
        by_id = is_known(first, own) or (bool(rest) and ":" not in first and first != "-")
        given = [f"{first}:{one}" for one in _expanded(rest)] if by_id else list(_expanded(arguments))
    if not given:
        raise InvalidInput(f"No job of {first} is named; give its id." if by_id else "No job is named on stdin.")
    return list(dict.fromkeys(_name(one, project, own) for one in given))


def _expanded(arguments: Sequence[str]) -> Iterator[str]:
    """The arguments; "-" stands for the first column of stdin, where it has a name, as `jobwait list` prints it."""
    for one in arguments:
        if one == "-":
            columns = (line.partition("\t")[0].split() for line in sys.stdin)
            yield from (words[0] for words in columns if words)
        else:
            yield one


def _name(argument: str, project: str | None, own: Own) -> Name:
    service, _, text = argument.partition(":")
    if text.partition(":")[0] in {*SERVICES, service}:  # a name from stdin may have its service although one was given
        service, _, text = text.partition(":")
    if not text:
        among = ", ".join(own or SERVICES)
        more = "" if own else ", one of `jobwait atlas`, or what --spec FILE declares"
        raise InvalidInput(
            f"{strip_link_queries(argument)!r} names no job; write SERVICE:ID, where SERVICE is {among}{more}."
        )
    page = page_of(service, own)
    if has_status_url(page):
        return Name(service, (text,))
    names = id_names(page)
    ids = split_ids(text, len(names))
    if len(ids) == len(names) - 1 and project and service == "freeplay":
        ids = [project, *ids]
    if len(ids) != len(names) or not all(ids):
        lacking, own_id = names[: len(names) - len(ids)] or names[:1], ids[-1] or "ID"
        form = "/".join([*(name.removesuffix("_id").upper() for name in names[:-1]), own_id])
        what = " and ".join(name.removesuffix("_id") for name in lacking)
        option_too = " or use --project" if service == "freeplay" else ""
        raise InvalidInput(f"{argument!r} lacks its {what}; write {service}:{form}{option_too}.")
    return Name(service, tuple(ids))


def handle(name: Name, client: Any, own: Own, **more: Any) -> Any:
    """The handle on the job called *name*; *more* is for FRYTE's jobs."""
    page = page_of(name.service, own)
    if has_status_url(page):
        return page.job(client, status_url=name.ids[0])
    if arguments_of_job(page):
        return page.job(client, *name.ids, **(more if name.service == "fryte" else {}))
    if hasattr(page, "job"):
        return page.job(client, **dict(zip(id_names(page), name.ids, strict=True)))
    from jobwait._jobs.handle import handle_of  # noqa: PLC0415 - `--help` must not load an HTTP client
    from jobwait._polling.job_state import JobState  # noqa: PLC0415 - as above

    service = service_of(page)
    return handle_of(JobState(service, client, {service.id: name.ids[0]}))


def arguments_for(jobs: Sequence[Job[Any]], options: str = "") -> str:
    """The arguments that name *jobs* in a command line, and its other *options*, each after a space."""
    names = (shlex.quote(name_of(job).argument) for job in jobs)
    return " ".join(names) + options_for(jobs) + options


def options_for(jobs: Sequence[Job[Any]]) -> str:
    """The options that *jobs* need beside their names, each after a space."""
    tenants = {job._state.ids.get("tenant_id") for job in jobs} - {None}  # noqa: SLF001 - our own handles
    # One option gives all the jobs of a command their tenant.
    return "".join(f" --tenant {one}" for one in tenants)


def name_of(job: Job[Any]) -> Name:
    """The name of *job*, as a command takes it."""
    service, ids = job.service, job._state.ids  # noqa: SLF001 - our own handle
    known = declaration_of(service) is not None or not is_service(service.name)
    return _named(service if known else service_module(service.name), ids)


def name_by_ids(service: str, ids: Mapping[str, str], own: Own) -> Name | None:
    """
    The name of the job of *service* that has these *ids*; None if the job's own is not among them.

    Of a service that is not known here it has all the ids.
    """
    if is_known(service, own):
        page = page_of(service, own)
        return _named(page, ids) if {service_of(page).id, _STATUS_URL} & ids.keys() else None
    if not ids:
        return None
    own_id = ids["job_id"] if "job_id" in ids else [*ids.values()][-1]
    return Name(service, (*(one for one in ids.values() if one != own_id), own_id))


def _named(page: Any, ids: Mapping[str, str]) -> Name:
    service = service_of(page)
    if has_status_url(service):
        return Name(service.name, (ids[_STATUS_URL],))
    names = id_names(page)
    if not set(names) <= set(ids):  # the arguments of job() have other names than the ids
        names = (*(name for name in ids if name not in {service.id, *service.optional_ids}), service.id)
    return Name(service.name, tuple(ids[name] for name in names))
