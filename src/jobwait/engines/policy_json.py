"""A Policy as a plain dict with explicit keys, for what an engine stores."""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from jobwait._model.policy import DEFAULT, DelayPerRequest, Lateness, MaxRequests, Policy

PolicyDict: TypeAlias = dict[str, Any]  # Any: with a union of types Temporal's converter would turn int into float
_FIELDS: Final[Mapping[str, str]] = {  # stored key: field of Policy
    "timeout": "timeout",
    "error_budget": "max_consecutive_errors",
    "outage": "outage",
    "not_found_grace": "not_found_grace",
    "floor": "min_interval",
    "hedge": "max_interval_ratio",
    "longest_silence": "max_interval",
    "on_unknown": "on_unknown",
    "pace": "interval",
    "max_retry_after": "max_retry_after",
    "cancel_on_timeout": "cancel_on_timeout",
}
_AIMS: Final[Mapping[str, tuple[type[Lateness | MaxRequests | DelayPerRequest], str]]] = {  # stored key: aim, its field
    "lateness": (Lateness, "seconds"),
    "max_requests": (MaxRequests, "requests"),
    "patience": (DelayPerRequest, "seconds"),
}


def policy_to_dict(policy: Policy | None) -> PolicyDict:
    """*policy* as a dict, without the fields that it leaves to the service."""
    if policy is None:
        return {}
    given = {key: getattr(policy, name) for key, name in _FIELDS.items()}
    aim = {key: getattr(policy.aim, name) for key, (kind, name) in _AIMS.items() if isinstance(policy.aim, kind)}
    if policy.statuses is not DEFAULT:  # JSON has no sets
        given["statuses"] = {meaning: sorted(raws) for meaning, raws in policy.statuses.items()}
    return {key: value for key, value in given.items() if value is not DEFAULT} | aim


def policy_from_dict(stored: Mapping[str, Any], timeout: float | None) -> Policy:
    """The policy in *stored*, or InvalidInput; *timeout*, in seconds, replaces its own where given."""
    fields = {_FIELDS.get(key, key): value for key, value in stored.items() if key not in _AIMS}
    for key in stored.keys() & _AIMS.keys():
        fields["aim"] = _AIMS[key][0](stored[key])
    if timeout is not None:
        fields["timeout"] = timeout
    return Policy().evolve(**fields)
