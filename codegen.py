"""
Make the clients in generated/ from the specs in specs/.

The stages, one small module of generator/ each:

    load        the vendor's words as plain data        lint        what they get wrong, each with its place
    overlay     our additions and corrections           normalise   the same thing said in one way
    shape       whether its parts are what they must    changes     what a new spec means for callers
    mend        what can be put right safely            facts       what the client generator overlooks
    select      a part of it, if only that is wanted    effective   all of these up to normalise
    clients     models and endpoints                    wire        TypedDicts of the JSON itself
    files       the runtime, headers, py.typed          formatting  ruff, alone
    judge       types, imports, jobwait's pages         manifest    hashes of all that went in and came out
    swap        all at once or not at all               runs        these in their order, for each command

Exit codes: 0 done, 1 a fault, 2 wrong usage, 3 a change that breaks callers (diff).
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from generator.adding import add
from generator.faults import Fault
from generator.summary import FORMATS

from generator import runs


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and give the exit code."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    if chosen.check and chosen.command:
        parser.error("--check is for generated/ as a whole; it goes with no command")
    try:
        said, code = _run(chosen)
    except Fault as fault:
        print(fault, file=sys.stderr)
        return 1
    print(said)
    return code


def _run(chosen: argparse.Namespace) -> tuple[str, int]:
    match chosen.command:
        case "client":
            return runs.client(chosen.spec, chosen.name, chosen.out, chosen.operations, chosen.tags, print), 0
        case "add":
            return add(chosen.name, chosen.spec, chosen.operations, chosen.tags), 0
        case "diff":
            return runs.diff(chosen.old, chosen.new, chosen.format)
        case _:
            return runs.check() if chosen.check else runs.generate(print), 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="codegen.py", description="Make the clients in generated/ from the specs in specs/."
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 if generated/ is not what the specs say"
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    client = commands.add_parser("client", help="make a client of any spec in any folder")
    client.add_argument("spec", type=Path, metavar="SPEC", help="an OpenAPI 3.0 or 3.1 document, YAML or JSON")
    client.add_argument("--name", required=True, help="the package will be called NAME_client")
    client.add_argument("--out", required=True, type=Path, metavar="DIR", help="the folder that the package appears in")
    client.add_argument("--operations", type=_names, default=[], metavar="A,B", help="only these operationIds")
    client.add_argument("--tags", type=_names, default=[], metavar="T", help="only operations with these tags")
    adding = commands.add_parser("add", help="add a service: find its job, propose its states, write its page")
    adding.add_argument("name", metavar="NAME", help="how the service is to be called")
    adding.add_argument("spec", type=Path, metavar="SPEC", help="its OpenAPI document")
    adding.add_argument("--operations", type=_names, default=[], metavar="A,B", help="only these operationIds")
    adding.add_argument("--tags", type=_names, default=[], metavar="T", help="only operations with these tags")
    diff = commands.add_parser("diff", help="say what a new spec means for callers; exit 3 if it breaks them")
    diff.add_argument("old", metavar="OLD", help="a file, or the git revision of NEW that is meant")
    diff.add_argument("new", type=Path, metavar="NEW", help="an OpenAPI document; ours with their overlays")
    diff.add_argument("--format", choices=sorted(FORMATS), default="text", help="how to say it (text)")
    return parser


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


if __name__ == "__main__":
    sys.exit(main())
