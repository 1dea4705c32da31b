"""
What `import jobwait` costs beyond importing httpx, and what one page adds.

Each figure is a median over fresh interpreters, taken in turn so that a machine whose speed drifts does it no harm.
"""

from __future__ import annotations

import statistics
import subprocess
import sys

ROUNDS = 21
STATEMENTS = {
    "httpx": "import httpx",
    "jobwait": "import httpx, jobwait",
    "jobwait and one page": "import httpx; from jobwait import promptforge",
}


def seconds(statement: str) -> float:
    """How long *statement* takes in a fresh interpreter, its start not counted."""
    code = f"import time; began = time.perf_counter(); {statement}; print(time.perf_counter() - began)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    return float(done.stdout)


def main() -> None:
    """Measure, and print a line for each statement."""
    taken: dict[str, list[float]] = {name: [] for name in STATEMENTS}
    for _ in range(ROUNDS):
        for name, statement in STATEMENTS.items():
            taken[name].append(seconds(statement))
    base = statistics.median(taken["httpx"])
    for name, samples in taken.items():
        median = statistics.median(samples)
        print(
            f"{name:22} {1000 * median:6.1f} ms   beyond httpx {1000 * (median - base):5.1f} ms   x{median / base:.2f}"
        )


if __name__ == "__main__":
    main()
