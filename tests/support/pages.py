"""
Pages of the documentation, run as a reader would: block by block, in one folder and one session.

The sandbox plays the services, in virtual time. Blocks of Python run in the session of the page; one whose first line
is a comment that names a file becomes that file, which is run as a process of its own if it brings virtual time. If
other blocks of a page bring it, nothing plays a service, and each block runs in an empty folder after the first block
alone. Of a block of `sh` each line is run. A block of `text` below says what was printed; what the command jobwait
shows is left out there.
"""

import contextlib
import functools
import io
import json
import os
import re
import runpy
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from unittest import mock

from attrs import frozen

from support import forks

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^(<!-- not run: [^\n]+ -->\n)?```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# ([\w/]+\.(?:py|yaml|json))\b")
VIRTUAL = "virtual_time("
RUN = ("python", "sh", "yaml", "json")
PORT = "8742"  # of the service that a page has as a program; a free one is used in its place
TELLS = ("jobs", "status")  # commands whose output the page shows
ENDS = ("run",)  # commands of which it shows stdout alone
servers: list[subprocess.Popen[str]] = []  # that the page has started


@frozen
class Block:
    """A block of code: why it is not run, its language, what stands behind that, and its text."""

    reason: str
    language: str
    info: str
    text: str

    @property
    def file(self) -> str | None:
        """The name of the file that this block is, if it is one."""
        named = FILE.match(self.text) or re.search(r'title="([^"]+)"', self.info)
        return named.group(1) if named else None


def blocks(text: str) -> list[Block]:
    """The blocks of code of a page."""
    return [Block(*found) for found in BLOCK.findall(text)]


def steps(found: list[Block]) -> list[tuple[Block, Block | None]]:
    """Each block that runs, with the one below that has its output, if there is one."""
    below = [*found[1:], None]
    return [
        (block, then if then is not None and then.language == "text" else None)
        for block, then in zip(found, below, strict=True)
        if block.language in RUN and not block.reason
    ]


def prepare(folder: Path) -> None:
    """Put the files into *folder* that the pages say a reader has."""
    lines = (ROOT / "examples" / "prompts.jsonl").read_text("utf-8").splitlines(keepends=True)
    (folder / "prompts.jsonl").write_text("".join(lines[:100]), "utf-8")
    shutil.copy(ROOT / "examples" / "tour_hamburg_munich.json", folder / "tour.json")
    tour = json.loads((folder / "tour.json").read_text("utf-8"))
    (folder / "tours").mkdir()
    for number, fields in enumerate(
        ({}, {"battery_level_start": 0.1}, {"vehicle_id": "000000000001"}, {"poi_info": 7})
    ):
        (folder / "tours" / f"t{number + 1}.json").write_text(json.dumps(tour | fields), "utf-8")


def outputs(path: Path, folder: Path) -> list[str]:
    """What each step of the page *path* prints, in a process of its own that works in *folder*."""
    prepare(folder)
    env = {name: value for name, value in os.environ.items() if not name.endswith(("_API_KEY", "_BASE_URL"))}
    done = forks.run(_play, str(path), cwd=folder, env=env | {"COLUMNS": "80"})
    assert (0, "") == (done.returncode, done.stderr), done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def written(text: str, found: list[str]) -> str:
    """The page *text* with *found* as the outputs of its steps."""
    told = iter(zip(steps(blocks(text)), found, strict=True))
    kept: list[str] = []

    def output(found: re.Match[str]) -> str:
        block = Block(*found.groups(""))
        if block.language in RUN and not block.reason:
            (_, then), printed = next(told)
            kept[:] = [printed] if then else []
        elif block.language == "text" and kept:
            return f"```text{block.info}\n{kept.pop()}```"
        return found.group()

    return BLOCK.sub(output, text)


def _play(path: str) -> None:
    from jobwait import _httpx, sandbox
    from jobwait.sandbox import without_key
    from jobwait.testing import virtual_time

    sys.modules["httpx"] = _httpx.httpx  # a page that imports it gets the library that jobwait uses here
    sys.path.insert(0, str(Path.cwd()))
    text = Path(path).read_text("utf-8")
    found = [block for block, _ in steps(blocks(text))]
    if any(VIRTUAL in block.text for block in found if not block.file):
        print(json.dumps(_alone(found)))
        return
    with contextlib.ExitStack() as stack:
        clock = stack.enter_context(virtual_time(own_sleeps=True))
        without_key.Sandbox = functools.partial(sandbox.Sandbox, clock=clock.time)
        if "sandbox_without_key(" not in text:
            os.environ |= stack.enter_context(without_key.Sandbox()).environment()
        session = {"__name__": "__main__"}
        stack.callback(_stop_servers)
        port = _free_port()
        text = text.replace(PORT, port)
        told = [ran(block, session).replace(port, PORT) for block, _ in steps(blocks(text))]
    print(json.dumps(told))


def _alone(found: list[Block]) -> list[str]:
    """What each block prints in an empty folder, after the first of them and nothing else."""
    told = []
    for number, block in enumerate(found):
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
            session: dict[str, object] = {"__name__": "__main__"}
            if number:
                ran(found[0], session)
            told.append(ran(block, session))
    return told


def _free_port() -> str:
    """One that no other number on a page contains."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    return port if len(port) > 4 else _free_port()


def _stop_servers() -> None:
    for server in servers:
        server.terminate()
        server.wait()


def ran(block: Block, session: dict[str, object]) -> str:
    """What *block* prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        if block.file:
            Path(block.file).parent.mkdir(parents=True, exist_ok=True)
            Path(block.file).write_text(block.text, "utf-8")
        elif block.language == "python":
            exec(compile(block.text, "<page>", "exec"), session)  # noqa: S102 - our own page
        elif block.language == "sh":
            for line in block.text.replace("\\\n", "").splitlines():
                command(line, printed)
    return printed.getvalue()


def command(line: str, printed: io.StringIO) -> None:
    """Run one line of a shell; jobwait and Python within this process, for its time is virtual."""
    words = shlex.split(line, comments=True)
    expected = int(found.group(1)) if (found := re.search(r"# exit status (\d+)", line)) else 0
    match words:
        case [] | ["pip" | "make" | "git", *_]:
            pass
        case ["export", setting]:
            name, _, value = setting.partition("=")
            if "…" not in value:
                os.environ[name] = value
        case ["jobwait", "sandbox", "--", *_]:  # a new one, in the time of this page
            from jobwait.sandbox import without_key

            with without_key.Sandbox() as box, mock.patch.dict(os.environ, box.environment()):
                command(line.partition(" -- ")[2], printed)
        case ["jobwait", *rest]:
            jobwait(line, rest, expected, printed)
        case ["python", script, "&"]:  # a server, which says when it listens
            servers.append(subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True))
            assert servers[-1].stdout.readline()
        case ["python", "-m", "pytest" | "pytest", *_]:
            done = subprocess.run([sys.executable, *words[1:]], capture_output=True, text=True, check=False)
            printed.write(re.sub(r" in [\d.]+s", "", done.stdout.splitlines()[-1]) + "\n")
        case ["python", script, *_] if VIRTUAL in Path(script).read_text("utf-8"):
            done = subprocess.run([sys.executable, *words[1:]], capture_output=True, text=True, check=False)
            printed.write(done.stdout + done.stderr)
            assert done.returncode == expected, (line, done.stderr)
        case ["python", script, *_]:
            with mock.patch.object(sys, "argv", words[1:]):
                status = _exit(lambda: runpy.run_path(script, run_name="__main__"))
            assert status == expected, (line, status, printed.getvalue())
        case _:
            done = subprocess.run(["bash", "-ec", line], capture_output=True, text=True, check=False)
            printed.write(done.stdout + done.stderr)
            assert 0 == done.returncode, (line, done.stderr)


def jobwait(line: str, rest: list[str], expected: int, printed: io.StringIO) -> None:
    """Run *line*, which is the command jobwait with the arguments *rest*."""
    from jobwait.cli import main

    target = None
    if ">" in rest:
        rest, target = rest[: rest.index(">")], rest[-1]
    shown = io.StringIO()  # the screens of the command have tests of their own
    with contextlib.ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings(action="always"))  # as in a process of its own
        stack.enter_context(mock.patch.object(sys, "argv", ["jobwait", *rest]))
        stack.enter_context(contextlib.redirect_stderr(shown))
        told = printed if rest[0] in ENDS else shown
        stdout = stack.enter_context(Path(target).open("w", encoding="utf-8")) if target else told
        stack.enter_context(contextlib.redirect_stdout(stdout))
        status = _exit(main)
    assert status == expected, (line, status, shown.getvalue())
    if rest[0] in TELLS:
        printed.write(shown.getvalue())


def _exit(main) -> int:
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0
