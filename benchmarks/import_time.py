"""
What `import jobwait` costs beyond importing httpx, and what one page adds.

Each figure is a median over fresh interpreters, taken in turn so that a machine whose speed drifts does it no harm.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile

ROUNDS = 21
STATEMENTS = {
    "httpx": "import httpx",
    "the name alone": "import httpx, jobwait",  # the command starts with no more than that
    "jobwait": "import httpx; from jobwait import wait_all, Policy, Record",
    "jobwait and one page": "import httpx; from jobwait import promptforge",
}


def seconds(statement: str, cache: str) -> float:
    """How long *statement* takes in a fresh interpreter, its start not counted; bytecode is in *cache*."""
    code = f"import time; began = time.perf_counter(); {statement}; print(time.perf_counter() - began)"
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**kept, "PYTHONPYCACHEPREFIX": cache},
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def main() -> None:
    """Measure, and print a line for each statement."""
    taken: dict[str, list[float]] = {name: [] for name in STATEMENTS}
    with tempfile.TemporaryDirectory() as cache:
        for statement in STATEMENTS.values():
            seconds(statement, cache)  # an installed package has its bytecode: so have we
        for _ in range(ROUNDS):
            for name, statement in STATEMENTS.items():
                taken[name].append(seconds(statement, cache))
    base = statistics.median(taken["httpx"])
    for name, samples in taken.items():
        median = statistics.median(samples)
        print(
            f"{name:22} {1000 * median:6.1f} ms   beyond httpx {1000 * (median - base):5.1f} ms   x{median / base:.2f}"
        )


if __name__ == "__main__":
    main()
