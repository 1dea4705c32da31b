"""The command `jobwait`; this module needs no extra, so that it can name the one that is missing."""

import gc
import os
import sys
from importlib import import_module
from io import TextIOWrapper
from typing import NoReturn

import jobwait


class Exit(Exception):
    """Ends a command with an exit status."""

    def __init__(self, exit_code: int) -> None:
        super().__init__(exit_code)
        self.exit_code = exit_code


def echo(text: str = "", *, err: bool = False) -> None:
    """Print *text* as a line, at once; by typer where it is loaded, which knows old consoles and encodings."""
    if "typer" in sys.modules:
        import typer  # noqa: PLC0415 - it is there already

        typer.echo(text, err=err)
        return
    stream = sys.stderr if err else sys.stdout
    stream.write(f"{text}\n")
    stream.flush()


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


def print_version() -> None:
    """What `jobwait --version` prints: it needs neither typer nor an HTTP client."""
    sys.stdout.write(f"jobwait {jobwait.__version__}\n")


def without_command_of_httpx() -> None:
    """Have httpx leave its own command out: it would load click, rich and pygments wherever they are installed."""
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # Python's mark of what cannot be imported


def main() -> None:
    """Run the command line; Ctrl-C while modules are still being loaded is no error either."""
    gc.set_threshold(100_000, 20, 20)  # what is loaded stays to the end: to look through it again and again takes long
    replace_unencodable()
    without_command_of_httpx()
    try:
        check_http()
        if sys.argv[1:] in (["--version"], ["-V"]):
            print_version()
            sys.exit(0)
        from jobwait.cli.line.start import runner  # noqa: PLC0415  # typer may be missing

        run = runner()
    except ModuleNotFoundError as error:
        if error.name not in {"typer", "rich"}:
            raise
        missing({"sandbox": "sandbox", "worker": "temporal"}.get("".join(sys.argv[1:2]), "cli"))
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(run())
