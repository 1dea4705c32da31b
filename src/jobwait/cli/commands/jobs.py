"""`jobwait list`: where the service lists."""

from typing import Annotated, Any

import typer
from attrs import frozen

from jobwait.cli import _exits, json_forms
from jobwait.cli.accounts import Accounts
from jobwait.cli.exits import complain
from jobwait.cli.options import command
from jobwait.cli.output import Voice
from jobwait.errors import InvalidInput


@frozen(kw_only=True)
class Where:
    """Whose jobs are listed."""

    service: Annotated[str, typer.Argument(help="freeplay or fryte; PromptForge has no list.")]
    project: Annotated[str | None, typer.Option(help="Freeplay: the project; needed.")] = None
    status: Annotated[str | None, typer.Option(help="Freeplay: only jobs with this status.")] = None
    user: Annotated[int | None, typer.Option(help="FRYTE: the user's number; needed.")] = None
    tenant: Annotated[int | None, typer.Option(help="FRYTE: the tenant.")] = None

    def jobs(self, accounts: Accounts) -> list[Any]:
        """The service's own models, newest first where it says so."""
        from jobwait import freeplay, fryte  # noqa: PLC0415 - whoever only asks for help pays for no page

        if self.service == "freeplay":
            if self.project is None:
                raise InvalidInput("freeplay lists the jobs of a project; add --project.")
            with accounts.clients([self.service]) as clients:
                return list(freeplay.list_jobs(clients[self.service], self.project, status=self.status))
        if self.service == "fryte":
            if self.user is None:
                raise InvalidInput("fryte lists the jobs of a user; add --user.")
            with accounts.clients([self.service]) as clients:
                return list(fryte.list_jobs(clients[self.service], self.user, tenant_id=self.tenant))
        raise InvalidInput(f"{self.service!r} lists no jobs; freeplay and fryte do.")


def _list(where: Where, accounts: Accounts, voice: Voice) -> int:
    """List the jobs of a Freeplay project or a FRYTE user."""
    found = where.jobs(accounts)
    for job in found:
        voice.tell("job", service=where.service, job_id=str(job.job_id), snapshot=json_forms.of_model(job))
        name = f"{where.service}:{where.project}/{job.job_id}" if where.project else f"{where.service}:{job.job_id}"
        began = getattr(job, "created_at", None) or getattr(job, "date_created", "")
        voice.say(f"{name}  {job.status}  {began}")
    if not found and not voice.quiet and not voice.as_json:
        complain("there are no jobs.")  # not on stdout, where each line names one
    return _exits.SUCCEEDED


listing = command(_list)
