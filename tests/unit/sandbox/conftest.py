"""Sandboxes under a clock that moves only when it is told to."""

from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from jobwait.sandbox import Sandbox
from support.virtual_sandbox import Hand, Play


@pytest.fixture
def clock() -> Hand:
    """The time that the test moves."""
    return Hand()


@pytest.fixture
def play(clock) -> Iterator:
    """Makes sandboxes at speed 1 unless told otherwise, and stops them afterwards."""
    with ExitStack() as stack:
        http = stack.enter_context(httpx.Client(trust_env=False))

        def make(**kwargs) -> Play:
            box = stack.enter_context(Sandbox(**{"speed": 1, "clock": clock, **kwargs}))
            return Play(box, clock, http)

        yield make
