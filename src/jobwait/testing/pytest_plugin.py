"""
The pytest fixture `virtual_clock`: a test that asks for it runs in virtual time, be it sync or async.

    pytest_plugins = ["jobwait.testing.pytest_plugin"]          # in the conftest.py at the top

    def test_of_our_code(virtual_clock): ...
"""

from collections.abc import Iterator

import pytest

from jobwait.testing.virtual_time import VirtualTime, virtual_time


@pytest.fixture
def virtual_clock() -> Iterator[VirtualTime]:
    """The clock of a virtual_time() around the test."""
    with virtual_time() as clock:
        yield clock
