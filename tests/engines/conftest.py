"""What the tests of the engines share: a Temporal server, made when it is first asked for."""

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def temporal(tmp_path_factory) -> Iterator[tuple[str, Path]]:
    """The address of a real server, and the folder in which all that it keeps and logs is."""
    from benchmarks.engines.temporal import temporal_server

    folder = tmp_path_factory.mktemp("temporal")
    with temporal_server(folder) as address:
        yield address, folder
