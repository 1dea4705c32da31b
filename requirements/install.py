"""
Install the packages of a lock into an environment: by uv where it can be had, else by pip. Both check the hashes.

    install.py ENVIRONMENT LOCK [--project]     the packages of requirements/LOCK.lock, then jobwait itself
    install.py --uv ARGUMENTS                   run uv with the package index that pip is configured for

The uv on PATH is used, else the wheel that uv.lock pins, which goes into .venv. uv does not read pip's configuration:
what it says of indexes, certificates and proxies is handed to uv as environment variables, and is written nowhere.
This script needs the standard library alone. The Python that makes the environments runs it.
"""

import argparse
import ast
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

LOCKS = Path(__file__).resolve().parent
ROOT = LOCKS.parent
OWN_UV = ROOT / ".venv" / "bin" / "uv"
# A lock is complete, and may differ from what a package declares: [tool.uv] in pyproject.toml.
CHECKED = ("--require-hashes", "--no-deps", "-r")
EDITABLE = ("--quiet", "--no-deps", "--no-build-isolation", "-e", str(ROOT))
# Each option of pip with the variable that uv reads for it.
MAIN_INDEX = {
    "index-url": "UV_DEFAULT_INDEX",
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
    "proxy": "ALL_PROXY",
    "trusted-host": "UV_INSECURE_HOST",
}
ALL_INDEXES = MAIN_INDEX | {"extra-index-url": "UV_INDEX", "find-links": "UV_FIND_LINKS", "no-index": "UV_NO_INDEX"}
PHASES = ("Resolved", "Prepared", "Installed", "Audited", "Installing collected")
SECONDS_BETWEEN_LINES = 5
WIDTH = 100


def main(arguments: Sequence[str]) -> int:
    """Do what *arguments* say; the exit status."""
    if arguments[:1] == ["--uv"]:
        return run_uv(arguments[1:])
    parser = argparse.ArgumentParser(description="Install the packages of a lock into an environment.")
    parser.add_argument("environment", type=Path, help="the folder of a virtual environment")
    parser.add_argument("lock", help="the name of a file in requirements/, without .lock")
    parser.add_argument("--project", action="store_true", help="install jobwait itself too, editable")
    chosen = parser.parse_args(arguments)
    return install(chosen.environment.resolve(), LOCKS / f"{chosen.lock}.lock", project=chosen.project)


def run_uv(arguments: Sequence[str]) -> int:
    """
    Run uv; its exit status.

    Only the main index is handed on: locks are made so, and a further index may have some of a release's files only.
    """
    uv = find_uv()
    if uv is None:
        print("this needs uv, which could not be installed", file=sys.stderr)
        return 1
    return subprocess.run([uv, *arguments], cwd=ROOT, env=uv_environment(MAIN_INDEX), check=False).returncode


def install(environment: Path, lock: Path, *, project: bool) -> int:
    """Install, and say what is done while it is done; 0, or 1 if neither tool could."""
    began = time.monotonic()
    steps = [[*CHECKED, str(lock)], *([[*EDITABLE]] if project else [])]
    for name, command, variables in tools(environment / "bin" / "python"):
        print(f"installing {lock.parent.name}/{lock.name} into {environment.name} with {name} …", flush=True)
        if all(run([*command, *step], variables, pins(lock)) for step in steps):
            print(f"  done in {time.monotonic() - began:.0f} s", flush=True)
            return 0
        print(f"{name} could not install {lock.parent.name}/{lock.name}; its last lines say why", flush=True)
    return 1


def tools(python: Path) -> Iterator[tuple[str, list[str], Mapping[str, str]]]:
    """The tools that install into the environment of *python*: name, command, environment variables; best first."""
    uv = find_uv()
    if uv is not None:
        yield "uv", [uv, "--color=never", "pip", "install", "--python", str(python)], uv_environment(ALL_INDEXES)
    yield "pip", [*pip_for(python), "install"], os.environ


def find_uv() -> str | None:
    """The path of a uv that runs: on PATH, in .venv, or newly installed there; None if it cannot be installed."""
    for path in filter(None, (shutil.which("uv"), str(OWN_UV))):
        if _runs(path):
            return path
    print("installing uv …", flush=True)
    run([*pip_for(OWN_UV.with_name("python")), "install", *CHECKED, str(LOCKS / "uv.lock")], os.environ, 1)
    return str(OWN_UV) if _runs(str(OWN_UV)) else None


def _runs(path: str) -> bool:
    """Whether that program is there and works: a version manager's stand-in on PATH may lead nowhere."""
    return Path(path).exists() and not subprocess.run([path, "--version"], capture_output=True, check=False).returncode


def pip_for(python: Path) -> list[str]:
    """The command of a pip that works on the environment of *python*, which has none of its own at first."""
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip", "--no-color", "--disable-pip-version-check", "--python", str(python)]
    subprocess.run([python, "-m", "ensurepip"], stdout=subprocess.DEVNULL, check=False)
    return [str(python), "-m", "pip", "--no-color", "--disable-pip-version-check"]


def uv_environment(names: Mapping[str, str]) -> dict[str, str]:
    """
    The environment variables for uv: our own, and those that pip's configuration adds.

    uv would take a package from the first index that has any release of it; pip looks for the pinned one in all, and so
    must uv. The hashes make that safe.
    """
    settings = pip_settings()
    found = {names[name]: " ".join(value.split()) for name, value in settings.items() if name in names}
    if "UV_FIND_LINKS" in found:
        found["UV_FIND_LINKS"] = found["UV_FIND_LINKS"].replace(" ", ",")
    return {"UV_INDEX_STRATEGY": "unsafe-best-match", **found, **os.environ}


def pip_settings() -> dict[str, str]:
    """What pip's files and variables set, by the names of its options."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    found = re.findall(r"(?m)^(global|install|:env:)\.([\w-]+)=(.*)$", listed)
    found.sort(key=lambda row: ("global", "install", ":env:").index(row[0]))  # the last one holds
    return {name: str(ast.literal_eval(value)) for _, name, value in found}


def run(command: Sequence[str], variables: Mapping[str, str], most: int) -> bool:
    """Run *command*, showing how far it is with its at *most* so many packages; whether it succeeded."""
    last = deque[str](maxlen=12)
    show = Progress(most)
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            last.append(line)
            show.line(line.strip())
    show.end()
    if process.returncode:
        print("".join(last), end="", file=sys.stderr, flush=True)
    return not process.returncode


class Progress:
    """
    Shows what uv or pip prints, in short: its phases as lines, and between them what is fetched.

    That is one line, written over, on a terminal, and elsewhere a line every few seconds.
    """

    def __init__(self, most: int) -> None:
        self.most, self.fetched, self.told, self.live = most, 0, time.monotonic(), sys.stdout.isatty()

    def line(self, line: str) -> None:
        """Show *line* if it says how far the tool is."""
        if line.startswith(PHASES):
            self.end()
            print(f"  {line[:WIDTH]}", flush=True)
        elif line.startswith("Collecting"):
            self.fetched += 1
            self._fetching(f"package {self.fetched} of at most {self.most}: {line.split()[1]}")
        elif line.startswith("Downloading"):
            self._fetching(line)

    def end(self) -> None:
        """Clear the line that was written over."""
        if self.live:
            print("\r\x1b[K", end="", flush=True)

    def _fetching(self, what: str) -> None:
        if self.live:
            print(f"\r\x1b[K  {what[:WIDTH]}", end="", flush=True)
        elif time.monotonic() - self.told >= SECONDS_BETWEEN_LINES:
            self.told = time.monotonic()
            print(f"  {what[:WIDTH]}", flush=True)


def pins(lock: Path) -> int:
    """How many packages *lock* pins; some of them for other systems."""
    return len(re.findall(r"(?m)^[\w.-]+==", lock.read_text("utf-8")))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
