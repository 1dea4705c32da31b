"""
How one client of each peer, with its own retry policy, fares with a fault: `python -m benchmarks.fault_peers NAME …`.

It has a process of its own, as some faults fill its memory and some never let it go. Each address given is asked once,
and a line of JSON says what came of it.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from benchmarks.peer_clients import azure_client, botocore_client, openai_client

PATIENCE: Final = 0.4  # seconds that a connection or a read may take, at every peer
BOUND: Final = 6.0  # seconds after which we hang up on a peer that has no end of its own
PATH: Final = "/v1/jobs/3f7a1c2e/status"
Get = Callable[[str], Any]  # the whole answer, decoded, from below an address


def _httpx() -> Get:
    import httpx  # noqa: TID251 - a peer

    def get(url: str) -> Any:
        with httpx.Client(timeout=PATIENCE) as client:
            return client.get(url + PATH).raise_for_status().json()

    return get


def _openai() -> Get:
    def get(url: str) -> Any:
        with openai_client(url, PATIENCE) as client:
            return client.get(PATH, cast_to=object)

    return get


def _azure() -> Get:
    from azure.core.rest import HttpRequest

    def get(url: str) -> Any:
        with azure_client(url, PATIENCE, backoff=0.05) as client:
            response = client.send_request(HttpRequest("GET", url + PATH))
            response.raise_for_status()
            return response.json()

    return get


def _botocore() -> Get:
    def get(url: str) -> Any:
        return botocore_client(url, PATIENCE).describe_job(accountId="-", vaultName="v", jobId="3f7a1c2e")

    return get


def _jobwait() -> Get:
    sys.path[:0] = [str(Path(__file__).parents[1] / "tests")]
    from faults.operations import POLLS, run

    def get(url: str) -> Any:
        client = POLLS[2].connect(url, PATIENCE)
        outcome, _ = run("sync", POLLS[2].script(client, Path()), client)  # real requests; its pauses are virtual
        return outcome.unwrap()

    return get


PEERS: Final[dict[str, Callable[[], Get]]] = {
    "jobwait": _jobwait,
    "httpx": _httpx,
    "openai": _openai,
    "azure-core": _azure,
    "botocore": _botocore,
}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _told(outcome: str, began: float, before: float) -> None:
    print(json.dumps([outcome, time.monotonic() - began, _peak() - before]), flush=True)


def _hang_up(began: float, before: float) -> None:
    _told("", began, before)
    os._exit(0)


def main(name: str, *urls: str) -> None:
    """Ask each of *urls*; for each print what came of it, the seconds that it took, and the MiB that it cost."""
    get = PEERS[name]()
    for url in urls:
        began, before = time.monotonic(), _peak()
        watch = threading.Timer(BOUND, _hang_up, (began, before))
        watch.start()
        try:
            outcome = "taken as text" if isinstance(get(url), str) else "taken"  # openai hands text on as it came
        except Exception as error:  # noqa: BLE001 - which one it is, is the figure
            outcome = type(error).__name__
        watch.cancel()
        _told(outcome, began, before)


if __name__ == "__main__":
    main(*sys.argv[1:])
