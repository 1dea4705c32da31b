"""What the tests on a real Temporal server share: the server, and a sandbox with Freeplay in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from jobwait.sandbox import Sandbox


@pytest.fixture(scope="session")
def temporal(tmp_path_factory) -> Iterator[tuple[str, Path]]:
    """
    The address of a real server, and the folder in which all that it keeps and logs is.

    It suggests a new run as soon as a history has eight events; of our workflows only an account's heeds that.
    """
    from benchmarks.engines.temporal import temporal_server

    folder = tmp_path_factory.mktemp("temporal")
    with temporal_server(folder, "limit.historyCount.suggestContinueAsNew=8") as address:
        yield address, folder


@pytest.fixture(scope="session")
def slow_box() -> Iterator[Sandbox]:
    """Services whose jobs run for longer than a test."""
    with Sandbox(speed=0.01, seed=7) as box:
        yield box
