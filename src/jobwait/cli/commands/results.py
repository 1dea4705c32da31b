"""`jobwait result` and `jobwait download`: the results of a finished job, on stdout or in a folder."""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Annotated

from jobwait._text import visible
from jobwait.cli import echo, exits
from jobwait.cli.accounts import Accounts
from jobwait.cli.exits import if_interrupted
from jobwait.cli.going_on import ACCOUNT, typed_options
from jobwait.cli.job_names import OneJob, arguments_for
from jobwait.cli.options import Typed, command, option
from jobwait.cli.output import Output
from jobwait.cli.results.as_json import print_as_json
from jobwait.cli.results.collect import collect, deliver
from jobwait.cli.results.folder import Format, ResultFolder
from jobwait.cli.services import Spec
from jobwait.cli.statuses import Statuses
from jobwait.errors import InvalidInput


def _result(
    *,
    jobs: OneJob,
    spec: Spec,
    accounts: Accounts,
    format: Annotated[Format, option("PromptForge: how the answers are printed.", metavar="jsonl|csv")] = Format.jsonl,  # noqa: A002
    geojson: Annotated[Path | None, option("FRYTE: write the route as GeoJSON to this file.", metavar="FILE")] = None,
    overwrite: Annotated[bool, option("Replace an existing GeoJSON file.", "--overwrite")] = False,
    statuses: Statuses,
    output: Output,
    typed: Typed,
) -> int:
    """
    Print the results of a finished job: answers line by line, a plan or an optimization as a summary, others unchanged.

    Examples:
      jobwait result fryte:c3f1c944
      jobwait result --spec renders.yaml r-7
    """
    with jobs.handle(accounts, spec) as job, tempfile.TemporaryDirectory(prefix="jobwait-") as name:
        statuses.add_to([job])
        kept = Format.jsonl if output.as_json else format
        folder = ResultFolder(out=Path(name), format=kept, geojson=geojson, overwrite=overwrite)
        folder.check(job.service.name, job.id)
        again = f"jobwait result {arguments_for([job], spec.arguments() + typed_options(typed, ACCOUNT))}"
        with if_interrupted(f"No result was printed; ask again with: {again}"):
            collected = collect(job, folder)
        if output.as_json:
            print_as_json(job, collected, geojson, output)
            return exits.SUCCEEDED
        if job.service.name not in {"fryte", "freeplay"}:
            if collected.files[0].suffix == "" and sys.stdout.isatty():
                raise InvalidInput("The result is not JSON and may not be text: write it to a file, or download it.")
            # Unchanged: JSON and CSV are for programs, and escape control characters themselves.
            with collected.files[0].open("rb") as file:
                sys.stdout.flush()
                shutil.copyfileobj(file, sys.stdout.buffer)
            return exits.SUCCEEDED
        echo("\n".join(map(visible, collected.all_lines)))  # with --quiet too: it is what was asked for
    return exits.SUCCEEDED


def _download(
    jobs: OneJob,
    spec: Spec,
    accounts: Accounts,
    statuses: Statuses,
    folder: ResultFolder,
    output: Output,
    typed: Typed,
) -> int:
    """
    Write the results of a finished job to a folder; continues an interrupted download.

    Examples:
      jobwait download promptforge:3f7a1c2e --out results
      jobwait download --spec renders.yaml r-7
    """
    with jobs.handle(accounts, spec) as job:
        statuses.add_to([job])
        folder.check(job.service.name, job.id)
        deliver(job, folder, output, spec.arguments() + typed_options(typed, ACCOUNT))
    return exits.SUCCEEDED


result, download = command(_result), command(_download)
