"""Takes pools from a client, and says why it has none."""

from collections.abc import Callable
from typing import TypeVar

from jobwait.errors import InvalidInput

T = TypeVar("T")


def from_client(get: Callable[[], T]) -> T:
    """What *get* gives; InvalidInput for a ValueError: a transport of the other style, a proxy that cannot be used."""
    try:
        return get()
    except InvalidInput:
        raise
    except ValueError as error:
        fault = str(error)
    raise InvalidInput(fault)
