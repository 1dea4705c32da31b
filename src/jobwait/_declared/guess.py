"""What looks like a job in an OpenAPI document that declares none: a draft of a declaration for each, as a guess."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from attrs import frozen

from jobwait._declared.vocabulary.answer_path import AnswerPath
from jobwait._declared.vocabulary.openapi import Document, Operation

_STATE: Final = re.compile(r"(?:.*_)?(?:status|state|phase)", re.IGNORECASE)
_VARIABLE: Final = re.compile(r"\{[^{}]+\}")
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORDS: Final = {
    "queued": "queued pending created submitted waiting scheduled accepted notstarted initialized validating new",
    "running": "running inprogress processing started active rendering finalizing canceling cancelling",
    "succeeded": "succeeded success successful completed complete done finished ready ended processed",
    "failed": "failed failure fail error errored expired timedout timeout rejected",
    "canceled": "canceled cancelled aborted stopped terminated revoked",
}
_WEAK: Final = frozenset({"ready", "ended", "processed"})  # beside a clearer word of success they may mean anything
_MEANING: Final = {word: state for state, words in _WORDS.items() for word in words.split()}


@frozen
class Guess:
    """
    An operation whose answer may be a job's status.

    words: what the document's enum has at the path of the state; clear: whether one of them means success; unclear:
    those that mean nothing here. declaration: a draft, alone in a file; where no word means success its list is empty,
    so that load() asks for it.
    """

    operation: str
    path: str
    state: str
    words: tuple[str, ...]
    clear: bool
    unclear: tuple[str, ...]
    declaration: dict[str, Any]


def guesses(document: Document) -> list[Guess]:
    """What looks like a job's status in *document*, the clearest first: GET, an id in its path, a field like status."""
    found = [guess for operation in document.operations() for guess in _of(document, operation)]
    return sorted(found, key=lambda one: not one.clear)


def _of(document: Document, operation: Operation) -> Iterator[Guess]:
    if operation.method != "GET" or not _VARIABLE.search(operation.path):
        return
    schemas = [schema for status, schema, _ in document.answers(operation) if 200 <= status < 300]
    for name in (name for schema in schemas for name in document.texts_in(schema)):
        if not _STATE.fullmatch(_HUMP.sub("_", name.rpartition(".")[2])):
            continue
        path = AnswerPath.of(name, "a field")
        enum = [word for schema in schemas for word in document.enum_at(schema, path)]
        words = tuple(dict.fromkeys(str(word) for word in enum if word is not None))
        meant = _meant(words)
        clear = "succeeded" in meant.values()
        if clear or not words:
            draft = _draft(document, operation, name, meant)
            unclear = tuple(word for word, state in meant.items() if not state)
            yield Guess(operation.name, operation.path, name, words, clear, unclear, draft)
            return


def _meant(words: tuple[str, ...]) -> dict[str, str]:
    """The state that each of *words* means; empty where that is not clear."""
    plain = {word: re.sub(r"[-_ ]", "", word).lower() for word in words}
    meant = {word: _MEANING.get(one, "") for word, one in plain.items()}
    weak = {word for word, one in plain.items() if one in _WEAK}
    clearer = any(state == "succeeded" and word not in weak for word, state in meant.items())
    return {word: "" if clearer and word in weak else state for word, state in meant.items()}


def _draft(document: Document, operation: Operation, path: str, meant: dict[str, str]) -> dict[str, Any]:
    words = {state: [word for word, means in meant.items() if means == state] for state in _WORDS}
    key, named = document.key(operation.security), {state: found for state, found in words.items() if found}
    address = (document.server_of(operation) or "").replace("http://", "https://", 1)
    server = {"server": f"https:{address}" if address.startswith("//") else address} if address else {}
    return {
        "name": _name(operation),
        **server,
        **({} if key is None else {"key": key.written}),
        "poll": {"path": operation.path, **({"query": dict(operation.query)} if operation.query else {})},
        "state": {"path": path, **(named if "succeeded" in named else {"succeeded": []})},
    }


def _name(operation: Operation) -> str:
    """A name for the job: the last part of the path that is no id."""
    parts = [part for part in operation.path.split("/") if part and not _VARIABLE.search(part)]
    parts = [part for part in parts if not _STATE.fullmatch(part)] or parts
    plain = re.sub(r"[^a-z0-9]+", "-", parts[-1].lower()).strip("-") if parts else ""
    return plain[:64] if plain[:1].isalpha() else "job"
