"""`jobwait example`: a valid input for a service on stdout, and what its fields mean on stderr."""

from __future__ import annotations

from typing import Annotated

import typer

from jobwait.cli import exits
from jobwait.cli.help.layout import columns, command_line, definitions, paragraph
from jobwait.cli.inputs.samples import SAMPLES, Sample
from jobwait.cli.options import command, meant, option
from jobwait.errors import InvalidInput


def complete_sample(incomplete: str) -> list[str]:
    """The services that begin so, of those that have a sample."""
    return [name for name in SAMPLES if name.startswith(incomplete)]


def _example(
    *,
    service: Annotated[
        str,
        typer.Argument(metavar="SERVICE", help=f"One of {', '.join(SAMPLES)}.", autocompletion=complete_sample),
    ],
    quiet: Annotated[bool, option("Do not explain the fields on stderr.", "--quiet", "-q")] = False,
    debug: Annotated[bool, option("Show the traceback of an error, without secrets.", "--debug")] = False,  # noqa: ARG001 - command() reads it
) -> int:
    """
    Print input for a service, and explain its fields on stderr; the sandbox and the service itself take it.

    Examples:
      jobwait example fryte > tour.json
      jobwait example promptforge > prompts.jsonl
      jobwait example freeplay > optimization.json
    """
    if service not in SAMPLES:
        raise InvalidInput(f"There is no example for {service!r:.60}; {meant(service, SAMPLES)}")
    sample = SAMPLES[service]
    typer.echo(sample.text(), nl=False)
    if not quiet:
        typer.echo("\n".join(_explained(service, sample, columns())), err=True)
    return exits.SUCCEEDED


def _explained(service: str, sample: Sample, width: int) -> list[str]:
    return [
        "",
        *paragraph("The sandbox takes this as it is, and needs no key. To use it:", width),
        *command_line(f"jobwait example {service} > {sample.name}", width),
        *command_line(f"jobwait sandbox -- jobwait run {sample.command}", width),
        "",
        *paragraph(f"{sample.own} With your key:", width),
        *command_line(f"jobwait run {sample.command}", width),
        "",
        *paragraph("Its fields:" if sample.file.endswith(".json") else "The fields of each line:", width),
        *definitions(sample.fields, width),
    ]


example = command(_example)
