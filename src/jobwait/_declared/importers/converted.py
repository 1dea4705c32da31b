"""What the importers share: what they hand back, names and paths as a declaration writes them, the codes of success."""

from __future__ import annotations

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final, NamedTuple

from jobwait._declared.vocabulary.answer_path import path_text

CODES: Final = tuple(int(one) for one in HTTPStatus)
_NAME_LENGTH: Final = 64


class Converted(NamedTuple):
    """A *declaration* that `load()` takes, None if there can be none; *remarks*: sentences on what it does not say."""

    declaration: dict[str, Any] | None
    remarks: list[str]


class Unsayable(Exception):
    """A condition or a path that a declaration cannot say; the text is the fact, as the rest of a sentence."""


def job_name(*parts: str) -> str:
    """The name of a job, from names in any spelling: getRender becomes get-render."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", "-".join(parts)).lower()
    return re.sub(r"[^a-z0-9]+", "-", words).strip("-0123456789")[:_NAME_LENGTH].rstrip("-") or "job"


def body_path(steps: Sequence[str | int]) -> str:
    """The path through *steps* of an answer's body; raises Unsayable."""
    if not steps:
        raise Unsayable("reads the whole answer")
    try:
        return path_text(steps)
    except ValueError as fact:
        raise Unsayable(str(fact)) from None


def poll_of(method: str, path: str, query: dict[str, str], needed: Sequence[str] = ()) -> dict[str, Any]:
    """The fields `ids` and `poll`; *needed* are query parameters without which the job cannot be asked."""
    in_path = re.findall(r"\{\+?([^{}]+)\}", path)
    sent = {**query, **{name: f"{{{name}}}" for name in needed}}
    poll = {"method": method, "path": path, **({"query": sent} if sent else {})}
    return {"ids": list(dict.fromkeys([*needed, *in_path])), "poll": poll}


def add_rule(rules: list[dict[str, Any]], state: str, when: dict[str, Any]) -> None:
    """Add a rule; one that differs from the last in one value is joined with it."""
    last = rules[-1] if rules else None
    if last and last["state"] == state and len(when) == 1 and list(last["when"]) == list(when):
        [(place, value)] = when.items()
        known = last["when"][place]
        if not isinstance(value, dict | list) and not isinstance(known, dict):
            last["when"][place] = [*(known if isinstance(known, list) else [known]), value]
            return
    rules.append({"state": state, "when": when})


def rest_running(rules: list[dict[str, Any]], codes: Sequence[int]) -> list[dict[str, Any]]:
    """*rules*, and that any other answer with one of *codes* means that the job has not ended."""
    left = [code for code in codes if not any(_decides(rule["when"], code) for rule in rules)]
    return [*rules, {"state": "running", "when": {"$http": left}}] if left else rules


def _decides(when: dict[str, Any], code: int) -> bool:
    """Whether a rule leaves nothing of an answer with *code* to later ones."""
    named = when.get("$http")
    return len(when) == 1 and (named == code or (isinstance(named, list) and code in named))
