"""A job as one line of text for another process: versioned JSON without secrets."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final, NoReturn, TypeAlias

from jobwait._model.service import Service
from jobwait._model.types import Progress
from jobwait._polling.job_state import JobState, host_of
from jobwait._polling.progress_estimate import ProgressHistory, RateEstimate
from jobwait.errors import TokenRefused

VERSION: Final = 1
LARGEST: Final = 64 * 1024  # characters
# Keys of the token are for ever. Each has its type, and the name of its attribute where that is another.
_Keys: TypeAlias = Mapping[str, type]
_JOB_STATE: Final[_Keys] = {
    "started": float,
    "submitted": bool,
    "seen": bool,
    "deadline": float,
    "looks": int,
    "errors": int,
    "last_look": float,
    "state": str,
    "cancel_asked": bool,
}
_HISTORY: Final[_Keys] = {"at": float, "waiting": bool, "until": float, "began": float, "moved": float, "size": float}
_RATE: Final[_Keys] = {"units": float, "seconds": float, "squares": float, "looks": float}
_PROGRESS: Final[_Keys] = {"done": int, "total": int, "stage": str}
_ATTRIBUTES: Final = {"looks": "polls", "last_look": "last_poll"}
_LEARNT_KEYS: Final = ("phased", "at", "waiting", "until", "began", "progress", "shown", "moved", "tally", "size")
_MAY_BE_NULL: Final = frozenset({"started", "deadline", "last_look", "until", "began", "size", "total", "stage"})
_MAY_BE_BELOW_0: Final = frozenset({"done", "total"})  # some services report that
_LARGEST_NUMBER: Final = 1e100  # arithmetic with the numbers of a token must not overflow


def dump(job_state: JobState[Any]) -> str:
    """The token of *job_state*; raises InvalidInput for a watch without ref."""
    facts = {
        "jobwait": VERSION,
        "service": job_state.service.name,
        "host": job_state.stored_host(),
        "ids": dict(job_state.ids),
        **_stored(_JOB_STATE, job_state),
        "learnt": _learnt(job_state.progress_history),
    }
    return json.dumps({**facts, "check": _check(facts)}, separators=(",", ":"))


def place(token: str) -> tuple[str, str, str]:
    """The service, the host and the job's id that *token* names, which nobody has checked; empty where it has none."""
    facts = _facts(token)
    ids = facts.get("ids")
    found = (facts.get("service"), facts.get("host"), ids.get("job_id") if isinstance(ids, dict) else None)
    name, host, job_id = (value if isinstance(value, str) else "" for value in found)
    return name, host, job_id


def load(token: str, client: Any, find: Any) -> JobState[Any]:
    """The state in *token*, for *client*; raises TokenRefused if damaged, too large, newer, or of another host."""
    facts, client_host = _facts(token), host_of(client)
    version, host = facts.get("jobwait"), facts.get("host")
    if version != VERSION:
        raise TokenRefused(f"This token has version {version!r:.40}, this jobwait reads {VERSION}. Update it.")
    if facts.pop("check", None) != _check(facts):
        raise TokenRefused("This token is damaged: its checksum does not fit. Take it from where it was stored.")
    if host != client_host:
        fact = f"This token names a job at {host!r:.300}, and the client talks to {client_host!r}."
        raise TokenRefused(f"{fact} Connect to the token's host first.")
    service: Service[Any, Any] = find(facts.get("service"))
    try:
        return _state(service, client, facts)
    except (TypeError, ValueError, KeyError, AttributeError):
        raise TokenRefused("This token does not hold what a token holds. Take it from job.token().") from None


def _state(service: Service[Any, Any], client: Any, facts: dict[str, Any]) -> JobState[Any]:
    ids = facts["ids"]
    if not all(isinstance(value, str) and value for value in ids.values()):
        raise TypeError("ids")
    inherited, history = facts["deadline"] is not None, _progress_history(service, facts["learnt"])
    known = _checked(_JOB_STATE, facts)
    job_state = JobState(service, client, ids, inherited=inherited, progress_history=history, **known)
    return job_state if job_state.job_id else _refuse("no id of the job")


def _stored(keys: _Keys, of: object) -> dict[str, Any]:
    """The attributes of *of*, by the keys of the token."""
    return {key: getattr(of, _ATTRIBUTES.get(key, key)) for key in keys}


def _learnt(history: ProgressHistory) -> dict[str, Any]:
    facts = {
        **_stored(_HISTORY, history),
        "phased": history.has_queue_phase,
        "progress": None if history.progress is None else _stored(_PROGRESS, history.progress),
        "shown": None if history.shown is None else _stored(_PROGRESS, history.shown),
        "tally": _stored(_RATE, history.rate_estimate),
    }
    return {key: facts[key] for key in _LEARNT_KEYS}  # in the order that tokens have


def _checked(keys: _Keys, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The *facts* that *keys* names, by attribute, if each has its type and a value that no wait can fail on."""
    return {_ATTRIBUTES.get(key, key): _one(key, kind, facts[key]) for key, kind in keys.items()}


def _one(name: str, kind: type, value: Any) -> Any:
    if value is None and name in _MAY_BE_NULL:
        return None
    kinds = (int, float) if kind is float else kind
    if not isinstance(value, kinds) or isinstance(value, bool) != (kind is bool):
        raise TypeError(name)
    if isinstance(value, int | float):
        least = -_LARGEST_NUMBER if name in _MAY_BE_BELOW_0 else 0.0
        if not least <= value < _LARGEST_NUMBER:
            raise ValueError(name)
    return value


def _progress_history(service: Service[Any, Any], learnt: Mapping[str, Any]) -> ProgressHistory:
    """What the schedule had learnt; whether a service's jobs queue, its Service says and not the token."""
    return ProgressHistory(
        has_queue_phase=service.has_queue_phase,
        rates=RateEstimate(**_checked(_RATE, learnt["tally"])).packed(),
        progress=_progress(learnt["progress"]),
        shown=_progress(learnt["shown"]),
        **_checked(_HISTORY, learnt),
    )


def _progress(facts: Mapping[str, Any] | None) -> Progress | None:
    return None if facts is None else Progress(**_checked(_PROGRESS, facts))


def _facts(token: object) -> dict[str, Any]:
    if not isinstance(token, str):
        raise TokenRefused(f"A token is text, not {type(token).__name__}.")
    if len(token) > LARGEST:
        raise TokenRefused(f"A token has at most {LARGEST} characters, this one {len(token)}.")
    try:
        facts = json.loads(token, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise TokenRefused("This is no token: it is not JSON. Take it from job.token().") from None
    if not isinstance(facts, dict) or "jobwait" not in facts:
        raise TokenRefused("This is no token: it names no version. Take it from job.token().")
    return facts


def _refuse(what: str) -> NoReturn:
    """Refuse NaN and infinities, which Python adds to JSON."""
    raise ValueError(what)


def _check(facts: dict[str, Any]) -> str:
    """A checksum; it detects damage, not forgery."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]
