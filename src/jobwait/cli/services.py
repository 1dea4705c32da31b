"""The services that a command can name: those that jobwait knows, and those that files given by --spec declare."""

from __future__ import annotations

import inspect
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeAlias
from urllib.parse import unquote

import typer
from attrs import frozen

from jobwait._jobs.registry import SERVICES, is_service, service_module, service_names
from jobwait._jobs.service_module import service_of
from jobwait.cli.options import meant, option
from jobwait.errors import InvalidInput

Own: TypeAlias = Mapping[str, Any]
"""The services that files declare, by name."""

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def complete_service(incomplete: str) -> list[str]:
    """The names of services that begin so."""
    return [name for name in service_names() if name.startswith(incomplete)]


def complete_job(context: typer.Context, incomplete: str) -> list[str]:
    """The names of the jobs in the files of --spec that begin so."""
    try:
        return [name for name in Spec(spec=context.params.get("spec")).services() if name.startswith(incomplete)]
    except InvalidInput:
        return []


@frozen(kw_only=True)
class Spec:
    """The options of every command that takes declared jobs."""

    spec: Annotated[
        list[Path] | None,
        option("A file that declares the job, alone or in an OpenAPI document; may be repeated.", metavar="FILE"),
    ] = None
    job: Annotated[
        str | None,
        option("Which job of --spec, if it declares several.", metavar="NAME", autocompletion=complete_job),
    ] = None

    def services(self) -> dict[str, Any]:
        """The services that the files declare, by name; InvalidInput if one cannot be used, or there is none."""
        files = self.spec or []
        if self.job is not None and len(files) != 1:
            raise InvalidInput("--job names one of the jobs that a file declares; name that file with --spec.")
        found: dict[str, Any] = {}
        for file in files:
            services = self._read(file)
            twice = next((name for name in services if name in {*found, *SERVICES}), None)
            if twice is not None:
                raise InvalidInput(f"{file} declares {twice!r}, and there is another service of that name: rename one.")
            if not services:
                raise InvalidInput(f"{file} declares no job; see what it seems to have with: {_jobs_command(file)}")
            found |= services
        return found

    def arguments(self) -> str:
        """The options as they are typed in a command line, each after a space."""
        files = "".join(f" --spec {shlex.quote(str(file))}" for file in self.spec or ())
        return files + (f" --job {shlex.quote(self.job)}" if self.job is not None else "")

    def _read(self, file: Path) -> dict[str, Any]:
        from jobwait._declared.service import load, load_all  # noqa: PLC0415 - `--help` must not load an HTTP client

        if self.job is None:
            return load_all(file)
        service = load(file, self.job)
        return {service.name: service}


def _jobs_command(file: Path) -> str:
    return f"jobwait jobs --spec {shlex.quote(str(file))}"


def is_known(name: str, own: Own) -> bool:
    """Whether *name* is that of a service."""
    return name in own or is_service(name)


def page_of(name: str, own: Own) -> Any:
    """The service module called *name*, or a Service that is one; raises InvalidInput if there is none."""
    if not is_known(name, own):
        others = f"there are {', '.join(own or SERVICES)}, those of `jobwait atlas`, and what --spec FILE declares."
        raise InvalidInput(f"There is no service {name!r:.80}; {meant(name, [*own, *service_names()], others)}")
    return own[name] if name in own else service_module(name)


def declaration_of(page: Any) -> Any:
    """The declaration that *page* is made of; None if it is not made of one."""
    return getattr(service_of(page), "declaration", None)


def arguments_of_job(page: Any) -> tuple[str, ...]:
    """The ids that job() of *page* takes by position, after the client; none where it takes them by name."""
    if not hasattr(page, "job"):
        return ()
    after_client = [*inspect.signature(page.job).parameters.values()][1:]
    return tuple(one.name for one in after_client if one.default is one.empty and one.kind in _POSITIONAL)


def id_names(page: Any) -> tuple[str, ...]:
    """The names of the ids that name a job of *page*, the job's own last."""
    declaration = declaration_of(page)
    return arguments_of_job(page) or (declaration.ids if declaration is not None else (service_of(page).id,))


def has_status_url(page: Any) -> bool:
    """Whether a job of *page* is named by its status URL."""
    declaration = declaration_of(page)
    return declaration is not None and declaration.poll is None


def only_service(name: str | None, own: Own) -> str:
    """The service that *name* or --spec names; raises InvalidInput if none or several are."""
    if name is None and len(own) == 1:
        return next(iter(own))
    if name is None:
        raise InvalidInput(
            f"--spec declares {', '.join(own)}: choose one with --job." if own else "Name a service, or --spec FILE."
        )
    if own and name not in own:
        raise InvalidInput(f"{name!r} is not what --spec declares, which is {', '.join(own)}: leave one out.")
    return name


def split_ids(text: str, count: int) -> list[str]:
    """The *count* ids in *text*, between slashes; the last one may have some itself, in others they are %2F."""
    *before, own = text.split("/", count - 1)
    return [*map(unquote, before), own]


def ids_within(text: str | None, names: Sequence[str], fact: str) -> dict[str, str]:
    """The ids called *names* in the *text* of --in; InvalidInput that begins with *fact* if they are others."""
    ids = split_ids(text, len(names)) if text and names else []
    if len(ids) != len(names) or not all(ids) or (text and not names):
        form = "/".join(name.removesuffix("_id").upper() for name in names)
        raise InvalidInput(f"{fact} {form}; add --in {form}." if names else f"{fact} nothing: leave --in out.")
    return dict(zip(names, ids, strict=True))


def can_cancel(job: Any) -> bool:
    """Whether *job* has a cancellation; a declared one has it only if that is declared."""
    declared = declaration_of(job.service) is not None
    return job.service.cancel is not None or (hasattr(job, "cancel") and not declared)
