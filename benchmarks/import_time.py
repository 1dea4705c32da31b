"""
What starting costs: importing jobwait, printing its version, and the first poll of `jobwait wait`. `make bench-import`.

All figures are CPU time, user and system. Each is a median over fresh processes, taken in turn, so that a machine whose
speed drifts does no figure harm; bytecode is there already, as it is for an installed package. The processes run in an
environment with the extra `cli` alone, those of the peers in one with the peers.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Final

from attrs import frozen
from benchmarks.summary import put, worst

ROOT: Final = Path(__file__).resolve().parent.parent
RESULTS: Final = Path(__file__).parent / "results" / "import.md"
OURS: Final = ROOT / ".venv-start" / "bin"
PEERS: Final = Path(sys.executable).parent
ROUNDS: Final = 9
TRACES: Final = 5  # of them is "where the time goes"
JOB: Final = "c3f1c944-0000-4000-8000-000000000000"
KEY: Final = "a-key-of-this-benchmark"
PAGE: Final = "from jobwait import promptforge"
CLIENT: Final = f"promptforge.connect({KEY!r}, base_url='http://127.0.0.1:9')"
# Without the extra there is neither click nor rich, which httpx loads wherever they are installed.
BARE: Final = "import sys; sys.modules['click'] = None\n"
SCRIPT: Final = """
import sys, time
import httpx

with httpx.Client(base_url=sys.argv[1], headers={"Authorization": "Bearer " + sys.argv[2]}, timeout=30) as client:
    while True:
        response = client.get("/v1/jobs/" + sys.argv[3])
        response.raise_for_status()
        if response.json()["status"] in ("COMPLETED", "FAILED", "CANCELED"):
            break
        time.sleep(5)
    print(response.json()["status"])
"""


@frozen
class Case:
    """What is measured: its *name*, what gives its CPU time in seconds, and the ratio to the first case as asked."""

    name: str
    seconds: Callable[[str], float]  # of the folder for bytecode
    asked: float | None = None


def environment(cache: str, **more: str) -> dict[str, str]:
    """The environment of a process, with bytecode in the folder *cache* and without anybody's settings."""
    left_out = {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JOBWAIT_")}
    own = {"PYTHONPYCACHEPREFIX": cache, "XDG_CONFIG_HOME": cache, "XDG_STATE_HOME": cache, "PYTHONUTF8": "1"}
    return {**{name: value for name, value in kept.items() if name not in left_out}, **own, **more}


def statement(code: str, before: str = "", binaries: Path = OURS) -> Callable[[str], float]:
    """Measures *code* in a process of its own; neither the start of Python counts nor what runs *before*."""
    lines = f"{before}import time\nbegan = time.process_time()\n{code}\nprint(time.process_time() - began)"

    def seconds(cache: str) -> float:
        command = [str(binaries / "python"), "-c", lines]
        done = subprocess.run(command, env=environment(cache), capture_output=True, text=True, check=True)
        return float(done.stdout)

    return seconds


def process(*command: str) -> Callable[[str], float]:
    """Measures a process from its start to its end."""

    def seconds(cache: str) -> float:
        started = subprocess.Popen(command, env=environment(cache), stdout=subprocess.DEVNULL)
        return _used(started)

    return seconds


def first_request(*command: str, **variables: str) -> Callable[[str], float]:
    """Measures a process until its first request has arrived at a loopback server, whose address is {url}."""

    def seconds(cache: str) -> float:
        with socket.create_server(("127.0.0.1", 0)) as server:
            return _used(_asked(server, cache, command, variables))

    return seconds


def _asked(
    server: socket.socket, cache: str, command: Sequence[str], variables: Mapping[str, str], errors: int | None = None
) -> subprocess.Popen[bytes]:
    """The process of *command*, killed when its first request had arrived at *server*."""
    server.settimeout(60)
    url = f"http://127.0.0.1:{server.getsockname()[1]}"
    filled = {name: value.format(url=url) for name, value in variables.items()}
    started = subprocess.Popen(
        [one.format(url=url) for one in command],
        env=environment(cache, **filled),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL if errors is None else errors,
    )
    try:
        connection, _ = server.accept()
        with connection:
            head = connection.recv(65536)
    finally:
        started.kill()
    if not head.startswith(b"GET "):
        raise ValueError(f"{command} sent no poll")
    return started


def _used(started: subprocess.Popen[bytes]) -> float:
    """The CPU time of a process at its end."""
    _, status, usage = os.wait4(started.pid, 0)
    started.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime


def measured(cases: Sequence[Case], cache: str) -> list[float]:
    """The median of each of *cases*."""
    for case in cases:
        case.seconds(cache)  # writes the bytecode
    rounds = [[case.seconds(cache) for case in cases] for _ in range(ROUNDS)]
    return [median(column) for column in zip(*rounds, strict=True)]


def table(title: str, cases: Sequence[Case], cache: str) -> list[str]:
    """The section of *cases*, each beside the first."""
    rows = ["", f"## {title}", "", "| what | CPU, ms | ratio | goal |", "|---|---|---|---|"]
    found = measured(cases, cache)
    for case, seconds in zip(cases, found, strict=True):
        goal = "" if case.asked is None else f"{case.asked:.2f}"
        rows.append(f"| {case.name} | {1000 * seconds:.0f} | {seconds / found[0]:.2f} | {goal} |")
    return rows


def imports(before: str) -> list[Case]:
    """What importing costs."""
    return [
        Case("`import httpx`", statement("import httpx", before)),
        Case("`import httpx, jobwait`", statement("import httpx, jobwait", before)),
        *(
            Case(
                f"`import httpx` and a page, {name}",
                statement(f"import httpx\nfrom jobwait import {name}", before),
                1.15,
            )
            for name in ("freeplay", "fryte", "promptforge")
        ),
        Case(
            "all that the page promptforge offers", statement("import httpx\nfrom jobwait.promptforge import *", before)
        ),
        Case("`httpx.Client()`", statement("import httpx\nhttpx.Client()", before)),
        Case("`promptforge.connect()`", statement(f"{PAGE}\n{CLIENT}", before)),
    ]


def peers() -> list[Case]:
    """What importing other clients and pollers costs."""
    names = ("openai", "huggingface_hub", "botocore.session", "google.api_core.future.polling", "azure.core.polling")
    statements = ["import httpx", f"import httpx\n{PAGE}", "import tenacity", *(f"import {name}" for name in names)]
    return [Case(f"`{'; '.join(one.splitlines())}`", statement(one, "", PEERS)) for one in statements]


def versions() -> list[Case]:
    """What printing the version costs, beside importing httpx."""
    python = str(OURS / "python")
    return [
        Case("`python -c 'import httpx'`", process(python, "-c", "import httpx")),
        Case("`jobwait --version`", process(str(OURS / "jobwait"), "--version"), 0.6),
        Case("`jobwait --help`", process(str(OURS / "jobwait"), "--help")),
    ]


def waits(script: Path) -> list[Case]:
    """What the first poll costs, beside a script of ten lines."""
    found = [Case("ten lines with httpx", first_request(str(OURS / "python"), str(script), "{url}", KEY, JOB))]
    for name in ("freeplay", "fryte", "promptforge"):
        command, variables = _wait(name)
        found.append(Case(f"`jobwait wait`, a job of {name}", first_request(*command, **variables), 1.3))
    return found


def _wait(name: str) -> tuple[list[str], dict[str, str]]:
    job = f"PROJECT/{JOB}" if name == "freeplay" else JOB
    variables = {f"{name.upper()}_API_KEY": KEY, f"{name.upper()}_BASE_URL": "{url}"}
    return [str(OURS / "jobwait"), "wait", f"{name}:{job}"], variables


def parts(command: Sequence[str], variables: Mapping[str, str], cache: str) -> dict[str, float]:
    """How long the modules of each package take to load until the first poll, in ms: the least of several runs."""
    runs: list[dict[str, float]] = []
    for _ in range(TRACES):
        with tempfile.TemporaryFile() as errors, socket.create_server(("127.0.0.1", 0)) as server:
            _asked(
                server, cache, [str(OURS / "python"), "-X", "importtime", *command], variables, errors.fileno()
            ).wait()
            errors.seek(0)
            sums: dict[str, float] = {}
            for own, module in re.findall(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)", errors.read().decode()):
                package = _part(module)
                sums[package] = sums.get(package, 0.0) + int(own) / 1000
            runs.append(sums)
    return {name: min(run.get(name, 0.0) for run in runs) for name in runs[0]}


def _part(module: str) -> str:
    first, _, rest = module.partition(".")
    if first == "jobwait":
        return f"jobwait.{rest.partition('.')[0]}" if rest else first
    if first.endswith("_client"):
        return "the generated client"
    return {"attr": "attrs", "httpcore": "httpx", "h11": "httpx", "idna": "httpx", "certifi": "httpx"}.get(
        first, first if first in {"attrs", "httpx", "rich", "click", "pygments"} else "the standard library and others"
    )


def where(script: Path, cache: str) -> list[str]:
    """The section on where the time goes."""
    ten = parts([str(script), "{url}", KEY, JOB], {}, cache)
    command, variables = _wait("fryte")
    ours = parts(command, variables, cache)
    rows = ["", "## Where the time goes", ""]
    rows += [f"Loading modules until the first poll, in ms of time by the clock: the least of {TRACES} runs.", ""]
    rows += ["| package | ten lines with httpx | `jobwait wait`, a job of fryte |", "|---|---|---|"]
    for name in sorted({*ten, *ours}, key=lambda one: -max(ten.get(one, 0), ours.get(one, 0))):
        rows.append(f"| {name} | {ten.get(name, 0):.1f} | {ours.get(name, 0):.1f} |")
    return rows


def main() -> None:
    """Measure, and write the results."""
    with tempfile.TemporaryDirectory() as folder:
        script, cache = Path(folder) / "ten_lines.py", str(Path(folder) / "cache")
        script.write_text(SCRIPT.lstrip())
        lines = [
            "# Starting",
            "",
            "Made by `make bench-import`: CPU time, user and system, of fresh processes; the medians of",
            f"{ROUNDS} runs that took turns. Bytecode is there already. Of imports the start of Python is left out, of",
            "commands it counts.",
            "",
            "A page loads nothing before one of its names is used: a program pays for what the page offers later, most",
            "of it when it connects. `httpx.Client()` is what connecting is to be compared with.",
            *table("Importing, without the extra `cli`", imports(BARE), cache),
            *table("Importing, with the extra `cli`: httpx loads its own command", imports(""), cache),
            *table("Importing, beside others", peers(), cache),
            *table("The version", versions(), cache),
            *table("The first poll: until its request has arrived at a loopback server", waits(script), cache),
            *where(script, cache),
            "",
            "The ten lines:",
            "",
            "```python",
            SCRIPT.strip(),
            "```",
        ]
    RESULTS.write_text("\n".join(lines) + "\n", "utf-8")
    compared = "\n".join(lines).split("\n## Where the time goes")[0]  # there are milliseconds, and no goals
    put("start", dict.fromkeys(worst(compared)), f"median of {ROUNDS}, interleaved", packages=("httpx",))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
