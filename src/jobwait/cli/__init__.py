"""The command `jobwait`; this module needs no extra, so that it can name the one that is missing."""

import os
import sys
from importlib import import_module
from io import TextIOWrapper
from typing import NoReturn


def missing(extra: str) -> NoReturn:
    """Say in one sentence how to install *extra*, and end with exit status 2."""
    sys.stderr.write(f"This needs packages that are not installed: pip install 'jobwait[{extra}]'\n")
    raise SystemExit(2)


def replace_unencodable() -> None:
    """Have a stream write "?" for characters that its encoding lacks: consoles of Windows have no "…", for one."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and not stream.encoding.lower().startswith("utf"):
            stream.reconfigure(errors="replace")


def check_http() -> None:
    """End with a sentence if JOBWAIT_HTTP asks for what is not here; without it --help loads no HTTP client."""
    if os.environ.get("JOBWAIT_HTTP"):
        try:
            import_module("jobwait._httpx")
        except ImportError as error:
            if not str(error).startswith("JOBWAIT_HTTP"):
                raise
            sys.stderr.write(f"{error}\n")
            raise SystemExit(2) from None


def main() -> None:
    """Run the command line; Ctrl-C while modules are still being loaded is no error either."""
    replace_unencodable()
    try:
        check_http()
        from jobwait.cli.app import run  # noqa: PLC0415  # typer may be missing
    except ModuleNotFoundError as error:
        if error.name not in {"typer", "rich"}:
            raise
        missing({"sandbox": "sandbox", "worker": "temporal"}.get("".join(sys.argv[1:2]), "cli"))
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(run())
