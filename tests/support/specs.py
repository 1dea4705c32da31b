"""The specifications as the clients are made of them, each worked out once."""

from copy import deepcopy
from functools import cache

from generator.spec.effective import effective_spec as _worked_out


def effective_spec(service):
    """The effective spec of *service*: a copy that a test may change."""
    return deepcopy(_once(service))


@cache
def _once(service):
    return _worked_out(service)
