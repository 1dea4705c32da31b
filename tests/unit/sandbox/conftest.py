"""Sandboxes with a clock that only the test advances."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from jobwait._httpx import httpx
from jobwait.sandbox import Sandbox
from support.virtual_sandbox import ManualClock, RunningSandbox


@pytest.fixture
def clock() -> ManualClock:
    """The clock of all sandboxes of a test."""
    return ManualClock()


@pytest.fixture
def start_sandbox(clock) -> Iterator:
    """Starts sandboxes, at speed 1 by default, and stops them after the test."""
    with ExitStack() as stack:
        http = stack.enter_context(httpx.Client(trust_env=False))

        def make(**kwargs) -> RunningSandbox:
            box = stack.enter_context(Sandbox(**{"speed": 1, "clock": clock, **kwargs}))
            return RunningSandbox(box, clock, http)

        yield make
