"""States: the words for how a job is doing, found in enums and prose, and sorted by what such words usually mean."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

# What services call the stages of a job's life; compared without case, blanks, hyphens and underscores.
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
MEANS = {word: verdict for verdict, words in VOCABULARY.items() for word in words.split()}
QUOTED = re.compile(r"[`\"'\u2018\u2019\u201c\u201d*]([A-Za-z][\w -]{1,30}?)[`\"'\u2018\u2019\u201c\u201d*]")
LISTED = re.compile(r"\b[A-Za-z][A-Za-z_-]{2,30}\b")
NUMBERED = re.compile(
    r"(?<![\w.])(\d{1,3})\s*(?:=|:|-|\u2013|\u2192|is|means)\s*[`\"']?([A-Za-z][\w -]*?)[`\"']?(?=[,;.)\n]|$| \d)"
)
ENOUGH = 2  # state words in a sentence that make it a list of states


@dataclass(frozen=True)
class States:
    """The states that were found, each with its verdict or None where its word says nothing; and where from."""

    verdicts: dict[str, str | None] = field(default_factory=dict)
    source: str = ""  # enum, description or nothing

    def of(self, verdict: str) -> list[str]:
        """The states with that verdict."""
        return [state for state, one in self.verdicts.items() if one == verdict]

    @property
    def unknown(self) -> list[str]:
        """The states whose words say nothing."""
        return [state for state, verdict in self.verdicts.items() if verdict is None]


def meaning(word: str) -> str | None:
    """What the state *word* usually means; of a longer one, what its last telling part does."""
    plain = re.sub(r"[^a-z]", "", word.lower())
    if plain in MEANS:
        return MEANS[plain]
    if plain.endswith("ing"):
        return "running"
    parts = [part for part in re.split(r"[^a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", word).lower()) if part in MEANS]
    return MEANS[parts[-1]] if parts else None


def states(schema: dict[str, Any], prose: Iterable[str]) -> States:
    """The states of the field *schema*: those of its enum, else those that the *prose* about it names."""
    listed = [value for value in schema.get("enum") or _const(schema) if value is not None]
    told = list(prose)
    if listed and all(isinstance(value, int) for value in listed):
        named = _numbered(told) | _varnames(schema, listed)
        return States({str(value): meaning(named.get(str(value), "")) for value in listed}, "enum")
    if listed:
        return States({str(value): meaning(str(value)) for value in listed}, "enum")
    if schema.get("type") == "integer":
        return States({number: meaning(word) for number, word in _numbered(told).items()}, "description")
    for text in told:
        found = _named(text)
        if len(found) >= ENOUGH:
            return States({word: meaning(word) for word in found}, "description")
    return States()


def _const(schema: dict[str, Any]) -> list[Any]:
    """Some write an enum as a union of constants."""
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


def _named(text: str) -> list[str]:
    """The state words in *text*: whatever stands in quotes among known ones, else the known ones."""
    quoted = list(dict.fromkeys(QUOTED.findall(text)))
    if len(quoted) >= ENOUGH and any(re.sub(r"[^a-z]", "", word.lower()) in MEANS for word in quoted):
        return quoted
    known = [word for word in LISTED.findall(text) if re.sub(r"[^a-z]", "", word.lower()) in MEANS]
    return list(dict.fromkeys(known))
