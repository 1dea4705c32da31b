"""A policy in plain words, for what an engine keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from jobwait._model.policy import DEFAULT, DelayPerRequest, Lateness, MaxRequests, Policy

Words: TypeAlias = dict[str, Any]  # text, numbers, null; were it said, Temporal would make one kind of all numbers
_FIELDS: Final[Mapping[str, str]] = {  # keys of what is kept, and the fields of a Policy that they hold
    "timeout": "timeout",
    "error_budget": "max_consecutive_errors",
    "not_found_grace": "not_found_grace",
    "floor": "min_interval",
    "hedge": "max_interval_ratio",
    "longest_silence": "max_interval",
    "on_unknown": "on_unknown",
    "pace": "interval",
    "max_retry_after": "max_retry_after",
}
_AIMS: Final[Mapping[str, type[Lateness | MaxRequests | DelayPerRequest]]] = {
    "lateness": Lateness,
    "max_requests": MaxRequests,
    "patience": DelayPerRequest,
}


def words_of(policy: Policy | None) -> Words:
    """*policy* in plain words; what it leaves to the service is left out."""
    if policy is None:
        return {}
    given = {key: getattr(policy, field) for key, field in _FIELDS.items()}
    words: Words = {key: value for key, value in given.items() if value is not DEFAULT}
    for key, kind in _AIMS.items():
        if isinstance(policy.aim, kind):
            words[key] = policy.aim.requests if isinstance(policy.aim, MaxRequests) else policy.aim.seconds
    return words


def policy_of(words: Mapping[str, Any], timeout: float | None) -> Policy:
    """
    The policy in *words*, with a *timeout* of its own where that is given.

    Raises:
        InvalidInput: a field is unknown, or its value cannot be.

    """
    aims = [kind(words[key]) for key, kind in _AIMS.items() if key in words]
    fields = {_FIELDS.get(key, key): value for key, value in words.items() if key not in _AIMS}
    policy = Policy().evolve(**fields, **({"aim": aims[0]} if aims else {}))
    return policy if timeout is None else policy.evolve(timeout=timeout)
