"""What plain httpx makes of each fault of tests/faults, beside what jobwait does: the table of docs/reliability.md."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import httpx

sys.path[:0] = [str(Path(__file__).parents[1] / "tests")]

from faults.catalogue import FAULTS, Fault  # noqa: E402 - tests is put on the path first
from faults.operations import LOOKS, good, run  # noqa: E402
from faults.server import ALWAYS, Hostile  # noqa: E402

PATIENCE = 0.4  # seconds that a request may take; a fault that drips is cut off by us after five of them
LOOK = LOOKS[2]


def plain(fault: Fault) -> str:
    """What one `httpx.get(url, timeout=0.4).json()` comes to."""
    with Hostile(good, fault.play, LOOK.where, ALWAYS, fault.at_accept) as server:
        began = time.monotonic()
        try:
            content = bytearray()
            with httpx.stream("GET", f"{server.url}/v1/jobs/3f7a1c2e/status", timeout=PATIENCE) as response:
                for chunk in response.iter_bytes():
                    content += chunk
                    if time.monotonic() - began > 5 * PATIENCE and len(content) < 1 << 20:
                        return f"still reading after {5 * PATIENCE:.0f} s"
            if len(content) > 1 << 20:
                return f"{len(content) >> 20} MiB in memory"
            json.loads(content)
            kind = f"{response.status_code}, and the JSON is taken"
        except (httpx.HTTPError, ValueError, RecursionError) as error:
            kind = f"`{type(error).__name__}`"
        took = time.monotonic() - began
    return kind if took < 2 * PATIENCE else f"{kind} after {took:.1f} s"


def ours(fault: Fault) -> str:
    """What a wait comes to when the fault is met once, and when it stays."""
    with Hostile(good, fault.play, LOOK.where, ALWAYS, fault.at_accept) as server:
        client = LOOK.connect(server.url, PATIENCE)
        outcome, _ = run("sync", LOOK.script(client, Path()), client)
    stays = f"`{type(outcome.error).__name__}` after {outcome.polls}"
    return f"waited out; {stays}" if fault.again else stays


def main() -> None:
    """Print the table."""
    print("| fault | plain httpx | jobwait: met once; if it stays |\n|---|---|---|")
    for fault in FAULTS.values():
        print(f"| {fault.name} | {plain(fault)} | {ours(fault)} |", flush=True)


if __name__ == "__main__":
    main()
