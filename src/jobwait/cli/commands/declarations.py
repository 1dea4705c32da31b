"""`jobwait jobs` and `jobwait atlas`: which jobs a file declares or seems to have, and those that jobwait knows."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from jobwait.cli import exits
from jobwait.cli.exits import complain
from jobwait.cli.options import argument, command, option
from jobwait.cli.output import Output
from jobwait.errors import InvalidInput

if TYPE_CHECKING:
    from jobwait._declared.guess import Guess
    from jobwait.service import DeclaredService

_SHOWN: Final = 20  # guesses of which people see a line


def complete_entry(incomplete: str) -> list[str]:
    """The entries of the atlas that begin so."""
    from jobwait import atlas  # noqa: PLC0415 - `--help` needs none

    return [name for name in atlas.names() if name.startswith(incomplete)]


def _jobs(
    *, spec: Annotated[Path, option("The file: a declaration, or an OpenAPI document.", metavar="FILE")], output: Output
) -> int:
    """
    List the jobs that a file declares, and what is odd in each; if an OpenAPI document has none, what looks like one.

    Example:
      jobwait jobs --spec openapi.yaml
    """
    from jobwait._declared.vocabulary.source import read  # noqa: PLC0415 - `--help` must not load an HTTP client

    found = read(spec)
    if not found.jobs and found.document is not None:
        from jobwait._declared.guess import guesses  # noqa: PLC0415 - as above

        return _print_guesses(guesses(found.document), spec, output)
    return max([_print_job(spec, name, output) for name in found.jobs], default=exits.SUCCEEDED)


def _print_job(spec: Path, name: str, output: Output) -> int:
    from jobwait.service import check, load  # noqa: PLC0415 - as above

    try:
        service, odd = load(spec, name), check(spec, name)
    except InvalidInput as error:
        output.json("declared", name=name, error=error.to_dict())
        complain(str(error))
        return exits.USAGE
    facts = _facts(service)
    output.json("declared", name=name, error=None, **facts, odd=odd)
    can = f"; can {', '.join(facts['can'])}" if facts["can"] else ""
    key = f"key from {service.key_variable}" if service.key_variable else "no key"
    ids = "STATUS-URL" if service.declaration.poll is None else "/".join(one.upper() for one in facts["ids"])
    output.text(
        f"{name}  a job is named {ids}; at {facts['server'] or f'--base-url or {service.url_variable}'}; {key}{can}"
    )
    output.text(*(f"  odd: {sentence}" for sentence in odd))
    return exits.SUCCEEDED


def _facts(service: DeclaredService) -> dict[str, Any]:
    declared = service.declaration
    parts = {"submit": declared.submit, "cancel": declared.cancel, "list": declared.listing}
    return {
        "ids": list(declared.ids),
        "server": declared.server,
        "key_variable": service.key_variable or None,
        "can": [name for name, part in parts.items() if part is not None],
    }


def _print_guesses(found: list[Guess], spec: Path, output: Output) -> int:
    for guess in found:
        facts = {"operation": guess.operation or None, "path": guess.path, "state": guess.state}
        more = {"words": guess.words, "unclear": guess.unclear, "declaration": guess.declaration}
        output.json("guess", **facts, **more)
    for guess in found[:_SHOWN]:
        named = f" ({guess.operation})" if guess.operation else ""
        words = f"is {', '.join(guess.words)}" if guess.words else "has words that the document does not list"
        unclear = f"; what {', '.join(guess.unclear)} means is not clear" if guess.unclear else ""
        output.text(f"guess: GET {guess.path}{named}: {guess.state} {words}{unclear}")
    if len(found) > _SHOWN:
        output.text(f"{len(found) - _SHOWN} more with --json")
    if not found:
        raise InvalidInput(f"{spec} declares no job, and no GET with an id in its path answers with a status or state.")
    if output.chatty:
        first = found[0].declaration
        complain(f"{spec} declares no job: these are guesses. The first as a declaration, whose words you must check:")
        typer.echo(json.dumps(first, indent=2, ensure_ascii=True))
        file = f"{first['name']}.json"
        complain(
            f"put it into {file}, then: jobwait wait --spec {shlex.quote(file)} ID; docs/declare.md has all fields."
        )
    return exits.SUCCEEDED


def _atlas(
    *,
    name: Annotated[str | None, argument(help="An entry; all if left out.", autocompletion=complete_entry)] = None,
    output: Output,
) -> int:
    """
    List the job APIs that jobwait has a declaration of, or show one with its sources and what is not known.

    Examples:
      jobwait atlas
      jobwait atlas openai-batches
    """
    from jobwait import atlas  # noqa: PLC0415 - `--help` needs none

    entries = [atlas.entry(one) for one in (atlas.names() if name is None else [name])]
    width = max(len(one.name) for one in entries)
    for entry in entries:
        facts = {"name": entry.name, "title": entry.title, "sources": entry.sources, "checked": entry.checked}
        more = {} if name is None else {"declaration": entry.declaration}
        output.json("entry", **facts, unknown=entry.unknown, notes=entry.notes, **more)
        if name is None:
            output.text(f"{entry.name:{width}}  {entry.checked}  {entry.title}")
    if name is not None:
        _print_entry(entries[0], output)
    return exits.SUCCEEDED


def _print_entry(entry: Any, output: Output) -> None:
    output.text(f"{entry.name}: {entry.title}", f"checked on {entry.checked} with:")
    output.text(*(f"  {source}" for source in entry.sources))
    output.text(*(f"not known: {fact}" for fact in entry.unknown), *(f"note: {fact}" for fact in entry.notes))
    output.text(*json.dumps(entry.declaration, indent=2).splitlines())


jobs, atlas = command(_jobs), command(_atlas)
