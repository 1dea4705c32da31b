"""What is said of a status whose meaning is not known: the fact, and where to say what it means."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from jobwait._model.service import Service

_SHOWN: Final = 60  # characters of a status; a longer one is no word that a set would hold


def fact_of_status(service: Service[Any, Any], raw: str, *, watched: bool = False) -> str:
    """The end of a sentence about a job whose status is *raw*: "'burnt', which is in no set of `state` in w.yaml"."""
    if watched:
        return f"{raw!r:.{_SHOWN}}, a status that this watch does not know"
    if service.declared_in:
        return f"{raw!r:.{_SHOWN}}, which is in no set of `state` in {service.declared_in}"
    return f"{raw!r:.{_SHOWN}}, a status that jobwait does not know of {service.name}"


def reported(service: Service[Any, Any], raw: str, *, watched: bool = False) -> str:
    """What follows the name of a job whose status is *raw*, or, as `missing_status` says, is not in the response."""
    if raw == service.missing_status:
        return f": the response has {raw}, so its state is not known"
    return f" reports {fact_of_status(service, raw, watched=watched)}"


def step_of_status(service: Service[Any, Any], raw: str, *, watched: bool = False) -> str:
    """How to say what *raw* means, as the end of a sentence; of a status that is missing, where it should be."""
    if raw == service.missing_status:
        place = f"`state` in {service.declared_in}" if service.declared_in else "the status"
        return f"check the path of {place}"
    word = raw if raw.isprintable() and len(raw) <= _SHOWN else "STATUS"
    policy = f'Policy(statuses={{"failed": {{{json.dumps(word, ensure_ascii=False)}}}}})'
    if watched:
        return f"if it means failed, name it in failed= of watch(), or use {policy}"
    there = "add it there, or " if service.declared_in else ""
    return f"if it means failed, {there}use --status-means {shlex.quote(f'{word}=failed')}, in Python {policy}"


def not_ended(service: Service[Any, Any], state: str, raw: str) -> str:
    """Why a job in this *state* has no result yet, and the next step, as a sentence about "it"."""
    if state != "unknown":
        return f"it is {raw}: wait for it first."
    missing = raw == service.missing_status
    fact = f"its answer has {raw}" if missing else f"its status is {fact_of_status(service, raw)}"
    return f"{fact}; {step_of_status(service, raw)}."
