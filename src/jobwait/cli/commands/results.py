"""`jobwait result` and `jobwait download`: the results of a finished job, on stdout or in a folder."""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer
from attrs import frozen

from jobwait._text import visible
from jobwait.cli import exits
from jobwait.cli.accounts import Accounts
from jobwait.cli.job_names import Jobs
from jobwait.cli.options import command
from jobwait.cli.output import Output
from jobwait.cli.result_folder import Format, ResultFolder
from jobwait.cli.results import collect, deliver


@frozen(kw_only=True)
class Printed:
    """The options that say how a result is printed."""

    format: Annotated[Format, typer.Option(help="PromptForge: how the answers are printed.")] = Format.jsonl
    geojson: Annotated[Path | None, typer.Option(help="FRYTE: write the route as GeoJSON to this file.")] = None
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an existing GeoJSON file.")] = False


def _result(jobs: Jobs, accounts: Accounts, printed: Printed, output: Output) -> int:
    """Print the results of a finished job: answers line by line, a plan or an optimization as a summary."""
    with jobs.handle(accounts) as job, tempfile.TemporaryDirectory(prefix="jobwait-") as name:
        folder = ResultFolder(
            out=Path(name), format=printed.format, geojson=printed.geojson, overwrite=printed.overwrite
        )
        folder.check(job.service.name, job.id)
        _print(job, folder, output)
    return exits.SUCCEEDED


def _print(job: Any, folder: ResultFolder, output: Output) -> None:
    collected = collect(job, folder)
    if job.service.name == "promptforge" and not output.as_json:
        # The answers unchanged: JSON and CSV are for programs, and escape control characters themselves.
        with collected.files[0].open("rb") as file:
            sys.stdout.flush()
            shutil.copyfileobj(file, sys.stdout.buffer)
        return
    output.json("result", service=job.service.name, job_id=job.id, files=[], result=collected.facts)
    if not output.as_json:
        typer.echo("\n".join(map(visible, collected.lines)))  # with --quiet too: it is what was asked for


def _download(jobs: Jobs, accounts: Accounts, folder: ResultFolder, output: Output) -> int:
    """Write the results of a finished job to a folder; continues an interrupted download."""
    with jobs.handle(accounts) as job:
        folder.check(job.service.name, job.id)
        deliver(job, folder, output)
    return exits.SUCCEEDED


result, download = command(_result), command(_download)
