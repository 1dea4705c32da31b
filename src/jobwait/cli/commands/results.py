"""`jobwait result`: what a job made, on stdout."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer
from attrs import frozen

from jobwait._text import visible
from jobwait.cli import _exits
from jobwait.cli.accounts import Accounts
from jobwait.cli.job_names import Jobs
from jobwait.cli.options import command
from jobwait.cli.output import Voice
from jobwait.cli.result_folder import Format, Outputs
from jobwait.cli.results import collect


@frozen(kw_only=True)
class Shape:
    """How a result is printed."""

    format: Annotated[Format, typer.Option(help="PromptForge: how the answers are printed.")] = Format.jsonl
    geojson: Annotated[Path | None, typer.Option(help="FRYTE: write the way as GeoJSON to this file.")] = None
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a GeoJSON file that is there.")] = False


def _result(jobs: Jobs, accounts: Accounts, shape: Shape, voice: Voice) -> int:
    """Print what a finished job made: answers line by line, a plan or an optimization in words."""
    with jobs.handle(accounts) as job, tempfile.TemporaryDirectory(prefix="jobwait-") as folder:
        outputs = Outputs(out=Path(folder), format=shape.format, geojson=shape.geojson, overwrite=shape.overwrite)
        outputs.check(job.service.name, job.id)
        _print(job, outputs, voice)
    return _exits.SUCCEEDED


def _print(job: Any, outputs: Outputs, voice: Voice) -> None:
    made = collect(job, outputs)
    if job.service.name == "promptforge" and not voice.as_json:
        # The answers as they are: JSON and CSV are for programs, and escape what they must.
        with made.files[0].open("rb") as file:
            sys.stdout.flush()
            shutil.copyfileobj(file, sys.stdout.buffer)
        return
    voice.tell("result", service=job.service.name, job_id=job.id, files=[], result=made.facts)
    if not voice.as_json:
        typer.echo("\n".join(map(visible, made.lines)))  # --quiet too: this is what was asked for


result = command(_result)
