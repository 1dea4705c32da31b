"""Finds the status values of a job in enums and descriptions, and guesses the job state that each of them means."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

# Status words of services by job state; compared without case, spaces, hyphens and underscores.
VOCABULARY = {
    "queued": """accepted awaiting awaitingupload blocked created draft enqueued initialized initializing inqueue
        initial new notstarted onhold paused pending pendingvalidation planned preparing queued queueing received
        registered requested scheduled starting submitted suspended throttled validating waiting""",
    "running": """active analyzing analysing building canceling cancelling computing converting downloading executing
        exporting finalizing importing inprogress processing progressing rendering retrying running started
        stopping syncing training transcoding transcribing uploading working""",
    "succeeded": """available complete completed completedwitherrors done finished finishedwithwarnings ok partial
        partiallycompleted partiallysucceeded passed processed readyfordownload success succeeded successful
        succeededwithwarnings""",
    "failed": """aborted broken crashed dead declined error errored expired failed failure faulted invalid killed
        notfound outofmemory rejected stalled terminated timedout timeout unsuccessful""",
    "canceled": "cancelled canceled deleted discarded dropped revoked skipped stopped userstopped",
}
STATE_OF = {word: state for state, words in VOCABULARY.items() for word in words.split()}
QUOTED = re.compile(r"[`\"'\u2018\u2019\u201c\u201d*]([A-Za-z][\w -]{1,30}?)[`\"'\u2018\u2019\u201c\u201d*]")
LISTED = re.compile(r"\b[A-Za-z][A-Za-z_-]{2,30}\b")
NUMBERED = re.compile(
    r"(?<![\w.])(\d{1,3})\s*(?:=|:|-|\u2013|\u2192|is|means)\s*[`\"']?([A-Za-z][\w -]{0,40}?)[`\"']?(?=[,;.)\n]|$| \d)"
)
ENOUGH = 2  # status words in a text that make it a list of statuses


@dataclass(frozen=True)
class Statuses:
    """The status values that were found, each with its job state or None if unknown, and their source."""

    states: dict[str, str | None] = field(default_factory=dict)
    source: str = ""  # `enum`, `description` or empty

    def of(self, state: str) -> list[str]:
        """The status values that mean *state*."""
        return [status for status, one in self.states.items() if one == state]

    @property
    def unknown(self) -> list[str]:
        """The status values whose state is unknown."""
        return [status for status, state in self.states.items() if state is None]


def state_of(word: str) -> str | None:
    """The job state that the status *word* usually means; of a compound word, that of its last known part."""
    plain = re.sub(r"[^a-z]", "", word.lower())
    if plain in STATE_OF:
        return STATE_OF[plain]
    if plain.endswith("ing"):
        return "running"
    parts = re.split(r"[^a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", word).lower())
    states = [STATE_OF[part] for part in parts if part in STATE_OF]
    return states[-1] if states else None


def detect_states(schema: dict[str, Any], texts: Iterable[str]) -> Statuses:
    """The status values of the field *schema*: those of its enum, else those listed in one of *texts*."""
    listed = [value for value in schema.get("enum") or _const(schema) if value is not None]
    texts = list(texts)
    if listed and all(isinstance(value, int) for value in listed):
        named = _numbered(texts) | _varnames(schema, listed)
        return Statuses({str(value): state_of(named.get(str(value), "")) for value in listed}, "enum")
    if listed:
        return Statuses({str(value): state_of(str(value)) for value in listed}, "enum")
    if schema.get("type") == "integer":
        return Statuses({number: state_of(word) for number, word in _numbered(texts).items()}, "description")
    for text in texts:
        found = _status_words(text)
        if len(found) >= ENOUGH:
            return Statuses({word: state_of(word) for word in found}, "description")
    return Statuses()


def _const(schema: dict[str, Any]) -> list[Any]:
    """The constants of a union of constants, which some specs use for an enum."""
    members = [*schema.get("oneOf", []), *schema.get("anyOf", [])]
    return [one["const"] for one in members if isinstance(one, dict) and "const" in one]


def _varnames(schema: dict[str, Any], values: list[Any]) -> dict[str, str]:
    names = schema.get("x-enum-varnames") or schema.get("x-enumNames") or []
    return {str(value): str(name) for value, name in zip(values, names, strict=False)}


def _numbered(texts: Iterable[str]) -> dict[str, str]:
    for text in texts:
        found = {number: word.strip() for number, word in NUMBERED.findall(text)}
        if len(found) >= ENOUGH:
            return found
    return {}


def _status_words(text: str) -> list[str]:
    """The status words in *text*: all quoted words if one of them is known, else all known words."""
    quoted = list(dict.fromkeys(QUOTED.findall(text)))
    if len(quoted) >= ENOUGH and any(re.sub(r"[^a-z]", "", word.lower()) in STATE_OF for word in quoted):
        return quoted
    known = [word for word in LISTED.findall(text) if re.sub(r"[^a-z]", "", word.lower()) in STATE_OF]
    return list(dict.fromkeys(known))
