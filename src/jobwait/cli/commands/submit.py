"""`jobwait submit SERVICE` and `jobwait run SERVICE`: what can be submitted to each service, and its options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import attrs
import typer
from attrs import field, frozen

from jobwait._jobs.service_module import service_of
from jobwait._text import visible
from jobwait.cli import exits
from jobwait.cli.accounts import Accounts
from jobwait.cli.commands.submit_declared import DECLARED, AnyService, Declared
from jobwait.cli.completion.recent_jobs import remember
from jobwait.cli.exits import complain, if_interrupted
from jobwait.cli.going_on import ACCOUNT, WAIT, typed_options
from jobwait.cli.help.classes import App
from jobwait.cli.inputs.submissions import SUBMISSIONS
from jobwait.cli.job_names import name_of
from jobwait.cli.options import command
from jobwait.cli.output import Output
from jobwait.cli.results.collect import deliver, download_command
from jobwait.cli.results.folder import ResultFolder
from jobwait.cli.services import Own, Spec, has_status_url, page_of
from jobwait.cli.statuses import Statuses
from jobwait.cli.waiting import WaitOptions, wait_for
from jobwait.errors import InvalidInput

if TYPE_CHECKING:
    from jobwait import Outcome

_SUBMIT: Final = """
Submit a job and print its name, without waiting.

Examples:
  jobwait submit fryte tour.json
  jobwait submit promptforge prompts.jsonl --provider openai --model gpt-4o-mini
"""
_RUN: Final = """
Submit a job, wait for it and collect its results.

Examples:
  jobwait run fryte tour.json
  jobwait run promptforge prompts.jsonl --provider openai --model gpt-4o-mini
"""
SPEC: Final = ("spec", "job")  # options of declared jobs alone

submit_app = App(name="submit", cls=AnyService, help=_SUBMIT)
run_app = App(name="run", cls=AnyService, help=_RUN)


@frozen
class Request:
    """What is submitted to the service *name*, by submit() of its *page*; *own* are those that files declare."""

    name: str
    page: Any
    arguments: tuple[Any, ...]
    options: Mapping[str, Any]
    in_doubt: str
    own: Own = field(factory=dict)
    spec_arguments: str = ""

    def send(self, client: Any) -> Any:
        """Submit it with *client*; the handle."""
        return self.page.submit(client, *self.arguments, **self.options)

    @classmethod
    def of(cls, what: Any, spec: Spec) -> Request:
        """The request that the arguments of a command ask for."""
        if isinstance(what, Declared):
            own = spec.services()
            name, body = what.service_and_body(own)
            page, ids = page_of(name, own), what.ids(name, own)
            in_doubt = f"The job may have been submitted; {name} knows."
            return cls(name, page, (body,), ids, in_doubt, own, spec.arguments())
        with example_named(what.service):
            first, options = what.arguments()
        return cls(what.service, page_of(what.service, {}), (first,), options, what.in_doubt)


def _submit(what: Any, spec: Spec, accounts: Accounts, output: Output) -> int:
    request = Request.of(what, spec)
    with accounts.clients([request.name], request.own) as clients:
        name = tell(_sent(request, clients[request.name]), request.name, output)
    if not output.as_json:
        typer.echo(visible(name))
    return exits.SUCCEEDED


def _run(
    what: Any,
    spec: Spec,
    accounts: Accounts,
    statuses: Statuses,
    wait_options: WaitOptions,
    folder: ResultFolder,
    output: Output,
    context: typer.Context,
) -> int:
    request = Request.of(what, spec)
    folder.check(request.name)
    wait_options.check()
    statuses.check(service_of(page_of(request.name, request.own)))
    account = request.spec_arguments + typed_options(context, ACCOUNT)
    folder = attrs.evolve(folder, submitted=getattr(what, "prompts", None))
    with accounts.clients([request.name], request.own) as clients:
        job = _sent(request, clients[request.name])
        tell(job, request.name, output)
        statuses.add_to([job])
        if output.chatty:
            complain(f"submitted {name_of(job)}")

        def on_outcome(outcome: Outcome[Any]) -> None:
            if outcome.state == "succeeded":
                deliver(job, folder, output, account)

        after = f" && {download_command(job, folder, account)}"
        again = request.spec_arguments + typed_options(context, WAIT)
        return wait_for([job], output, wait_options, on_outcome, again, after)


def _sent(request: Request, client: Any) -> Any:
    with if_interrupted(request.in_doubt), example_named(request.name):
        return request.send(client)


def tell(job: Any, service: str, output: Output, *, sent: bool = True) -> str:
    """
    Say that *job* of *service* was submitted, in JSON, and what it warns of; its name, which completion remembers.

    *sent*: false if it was submitted before.
    """
    name = name_of(job).argument
    if not has_status_url(job.service):
        remember(name)
    output.json("submitted", service=service, job_id=job.id, name=name, token=job.token(), sent=sent)
    for warning in getattr(job, "warnings", ()):
        complain(warning)
    return name


@contextmanager
def example_named(service: str) -> Iterator[None]:
    """Have an error about a file say where a valid one comes from."""
    try:
        yield
    except InvalidInput as error:
        if error.faults:
            error.add_note(f"`jobwait example {service}` prints input that is valid.")
        raise


def help_of(verb: str, what: type[Any], sentence: str) -> str:
    """The help text of a command that submits *what*: a *sentence*, and examples."""
    lines = "\n".join(f"  jobwait {verb} {example}" for example in what.examples)
    left_out = "The word `declared` may be left out.\n\n" if what is Declared else ""
    return f"{sentence}\n\n{left_out}Examples:\n{lines}"


for submission in SUBMISSIONS:
    submitted, ran = f"Submit {submission.title}.", f"Submit {submission.title}; wait for it and collect its results."
    name = submission.service
    submit_app.command(name, help=help_of(f"submit {name}", submission, submitted))(
        command(_submit, SPEC, what=submission)
    )
    run_app.command(name, help=help_of(f"run {name}", submission, ran), epilog=exits.MEANING)(
        command(_run, (*SPEC, *submission.leaves_out), what=submission)
    )
submit_app.command(DECLARED, help=help_of("submit", Declared, f"Submit {Declared.title}."))(
    command(_submit, what=Declared)
)
run_app.command(
    DECLARED,
    help=help_of("run", Declared, f"Submit {Declared.title}; wait for it and collect its result."),
    epilog=exits.MEANING,
)(command(_run, Declared.leaves_out, what=Declared))
