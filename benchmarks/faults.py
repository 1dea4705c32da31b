"""
Each fault of tests/faults at jobwait and at its peers: `make bench-faults` writes the table of docs/reliability.md.

Every peer asks by its own HTTP stack and its own retry policy, once of a server that plays the fault on the first
request alone, once of one that plays it always. What it makes of that, the server counts.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Final

from benchmarks.fault_peers import BOUND, PATIENCE, PEERS
from benchmarks.pages import put

ROOT: Final = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests")]

from faults.catalogue import FAULTS, RetryDecision  # noqa: E402 - tests is put on the path first
from faults.operations import good  # noqa: E402
from faults.server import ALWAYS, Hostile  # noqa: E402

PAGE: Final = ROOT / "docs" / "reliability.md"
MUCH: Final = 20.0  # MiB: what a process grows by that reads a bomb whole, and not otherwise
LONG: Final = 8 * PATIENCE  # seconds: three or four attempts and their pauses take no longer


def met(name: str, fault: RetryDecision) -> str:
    """What the peer called *name* makes of *fault*: met once; and for ever, where that is something else."""
    servers = [Hostile(good, fault.play, times=times, at_accept=fault.at_accept) for times in (1, ALWAYS)]
    with servers[0], servers[1]:
        words = [sys.executable, "-W", "ignore", "-m", "benchmarks.fault_peers", name, *(one.url for one in servers)]
        child = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
        told = [json.loads(line) for line in child.stdout.splitlines()]
        asked = [one.connections if fault.at_accept else len(one.observation) for one in servers]
    assert told, child.stderr
    cells = [_cell(outcome, count) for (outcome, _, _), count in zip(told, asked, strict=False)]
    facts = [f"+{grown:.0f} MiB" for grown in [max(one[2] for one in told)] if grown > MUCH]
    slowest = max(one[1] for one in told)
    if slowest > LONG and told[-1][0]:
        facts.append(f"{slowest:.1f} s")
    return ", ".join(["; ".join(dict.fromkeys(cells)), *facts])


def _cell(outcome: str, requests: int) -> str:
    if not outcome:
        return f"no end within {BOUND:.0f} s"
    if outcome.startswith("taken"):
        return f"**{outcome}**" if requests == 1 else f"ok after {requests}"
    return f"`{outcome}` after {requests}"


def table() -> str:
    """The whole table, a row a fault."""
    names = [name if name == "jobwait" else f"{name} {version(name)}" for name in PEERS]
    lines = [f"| fault | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    for fault in FAULTS.values():
        lines.append(f"| {fault.name} | {' | '.join(met(name, fault) for name in PEERS)} |")
        print(lines[-1], flush=True)
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, and put the table into its page."""
    put(PAGE, "bench-faults", table())


if __name__ == "__main__":
    main()
