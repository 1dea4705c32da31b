"""
Generate the clients in generated/ from the specs in specs/.

The rooms of generator/, each of which imports only those below it:

    pipeline     what the commands below do, step by step
    watch/       what vendors publish now: fetched, tried, and put in place if it breaks nothing
    scaffold/    add: the files of a new service             diff/     what a new spec changes for callers
    publish/     verify new packages, swap them in, manifest
    emit/        one document to one client package: models, endpoints, wire types, runtime
    spec/        a spec file to one document: load, overlay, shape, repair, select, plain forms, lint, normalise

Exit codes: 0 done, 1 an error, 2 wrong usage, 3 a change that breaks callers (diff, watch).
"""

import sys

if __name__ == "__main__":  # before the other imports: Ctrl-C may come at any time

    def interrupted(kind: type[BaseException], *more: object) -> None:
        """One sentence for Ctrl-C; all else as ever. Python itself ends with the signal then."""
        if issubclass(kind, KeyboardInterrupt):
            print("Interrupted: no file is left half-written.", file=sys.stderr)
        else:
            sys.__excepthook__(kind, *more)  # type: ignore[arg-type]

    sys.excepthook = interrupted

import argparse
import gc
import os
from collections.abc import Sequence
from pathlib import Path

from generator import pipeline
from generator.diff.summary import FORMATS
from generator.errors import FAILURES, failure_text
from generator.options import Options, options


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    if chosen.check and chosen.command:
        parser.error("--check is for generated/ as a whole; it goes with no command")
    try:
        message, code = _run(chosen)
    except FAILURES as error:
        print(failure_text(error), file=sys.stderr)
        return 1
    print(message)
    return code


def _run(chosen: argparse.Namespace) -> tuple[str, int]:
    match chosen.command:
        case "client":
            return pipeline.client(chosen.spec, chosen.name, chosen.out, _options(chosen), print), 0
        case "add":
            return pipeline.add(chosen.name, chosen.spec, _options(chosen), chosen.job, page=chosen.page), 0
        case "diff":
            return pipeline.diff(chosen.old, chosen.new, chosen.format)
        case "watch":
            return pipeline.watch(chosen.names, write=chosen.write, report=chosen.report)
        case "overlay":
            return pipeline.overlay(chosen.spec, chosen.overlay, prune=chosen.prune), 0
        case _:
            return pipeline.check() if chosen.check else pipeline.generate(print), 0


def _options(chosen: argparse.Namespace) -> Options:
    return options(
        chosen.operations,
        chosen.tags,
        chosen.skip,
        chosen.overlay,
        chosen.config,
        strict=getattr(chosen, "strict", False),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="codegen.py", description="Generate the clients in generated/ from the specs in specs/."
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 if generated/ is not what the specs give"
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    client = commands.add_parser("client", help="generate a client of any spec in any folder")
    client.add_argument("spec", type=Path, metavar="SPEC", help="an OpenAPI 3.0 or 3.1 document, YAML or JSON")
    client.add_argument("--name", required=True, help="the name of the package is NAME_client")
    client.add_argument("--out", required=True, type=Path, metavar="DIR", help="the folder for the package")
    client.add_argument("--strict", action="store_true", help="refuse what can only be kept in a plain form")
    _add_options(client)
    adding = commands.add_parser("add", help="add a service: find its job, guess its states, declare it")
    adding.add_argument("name", metavar="NAME", help="the name of the service")
    adding.add_argument("spec", type=Path, metavar="SPEC", help="its OpenAPI document")
    _add_options(adding)
    adding.add_argument("--job", default="", metavar="NAME", help="the operationId that reports the job's status")
    adding.add_argument("--page", action="store_true", help="write a module of jobwait too, with its contract test")
    diff = commands.add_parser("diff", help="report what a new spec changes for callers; exit 3 if it breaks them")
    diff.add_argument("old", metavar="OLD", help="a file, or a git revision of NEW")
    diff.add_argument("new", type=Path, metavar="NEW", help="an OpenAPI document; ours with its overlay")
    diff.add_argument("--format", choices=sorted(FORMATS), default="text", help="the output format (text)")
    pruning = commands.add_parser("overlay", help="name what overlays add although the vendor has published it")
    pruning.add_argument("spec", type=Path, nargs="?", metavar="SPEC", help="a document; all of specs/ if left out")
    pruning.add_argument("--overlay", type=Path, metavar="FILE", help="its overlay (overlay.yaml beside it)")
    pruning.add_argument("--prune", action="store_true", help="remove that from the overlays; the rest stays as it is")
    watching = commands.add_parser("watch", help="try what vendors publish now; exit 3 if it breaks callers or a check")
    watching.add_argument("names", nargs="*", metavar="NAME", help="a service with specs/NAME/watch.yaml; all of them")
    watching.add_argument("--write", action="store_true", help="put in place what breaks nothing; all else stays")
    watching.add_argument("--report", type=Path, metavar="FILE", help="write the text of a pull request, in Markdown")
    return parser


def _add_options(command: argparse.ArgumentParser) -> None:
    for option, shown, what in (
        ("--operations", "A,B", "only these operationIds"),
        ("--tags", "T", "only operations with these tags"),
        ("--skip", "A,B", "all but these operationIds"),
    ):
        command.add_argument(option, type=_names, action="extend", default=[], metavar=shown, help=what)
    command.add_argument("--overlay", type=Path, metavar="FILE", help="an Overlay 1.0 document with your corrections")
    command.add_argument("--config", type=Path, metavar="FILE", help="a YAML or JSON file with these options")


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


if __name__ == "__main__":
    gc.freeze()  # the modules stay to the end
    gc.set_threshold(100_000, 20, 20)
    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)  # to free all objects one by one takes longer than some of the steps
