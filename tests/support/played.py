"""Answers that a declared service would give, made of the declaration alone: a value at each path that it names."""

from collections.abc import Iterator, Mapping
from typing import Any

from jobwait._declared.vocabulary.answer_path import ANY, AnswerPath
from jobwait._httpx import httpx
from jobwait._polling.observation import state_of
from jobwait.service import DeclaredService
from jobwait.testing import Reply

REASON = "no disk left"
STRANGE = "a word that nobody documents"
PROGRESS = {"done": 3, "total": 10, "percent": 30, "fraction": 0.3, "step": 4, "steps": 10, "text": "3/10"}
SECONDS_LEFT = 90


def put(body: Any, path: str, value: Any, *, over: bool = True) -> Any:
    """*body* with *value* at *path*; a value that is there stays unless it is to be put *over*."""
    return _put(body, list(AnswerPath.of(path, "path").steps), value, over)


def _put(body: Any, steps: list[Any], value: Any, over: bool) -> Any:
    if not steps:
        return value if body is None or over else body
    first, rest = steps[0], steps[1:]
    if isinstance(first, int) or first == ANY:
        items, at = (list(body) if isinstance(body, list) else []), 0 if first == ANY else first
        items += [None] * (at + 1 - len(items))
        items[at] = _put(items[at], rest, value, over)
        return items
    known = dict(body) if isinstance(body, dict) else {}
    return {**known, first: _put(known.get(first), rest, value, over)}


class Played:
    """The answers of the *service* of the declaration *job*, a mapping."""

    def __init__(self, service: DeclaredService, job: Mapping[str, Any], own_id: str) -> None:
        self.service, self.job, self.own_id = service, job, own_id

    def answer(self, state: str, headers: Mapping[str, str] | None = None) -> Reply | None:
        """An answer about a job in this *state*, with a progress and a reason; None if the declaration has none."""
        for code, body in self._said(state):
            made = self._described(body, state)
            if self._means(code, made) == state:
                return Reply(code, made, dict(headers or {}))
        return None

    def submitted(self, address: str) -> Reply:
        """The answer to a submission, which names the job, or *address*, where its status is."""
        asked, headers, body = self.job["submit"], {}, {}
        for field, value in (("id", self.own_id), ("status_url", address)):
            place = asked.get(field, "")
            if place.startswith("header:"):
                headers[place.removeprefix("header:")] = value
            elif place:
                body = put(body, place, value)
        return Reply(201, body, headers)

    def listed(self, state: str) -> Reply | None:
        """A list with the job in this *state*; None if its items cannot tell."""
        asked, words = self.job["list"], self.job.get("state", {})
        path = asked.get("state") or (None if "rules" in self.job else first(words.get("path")))
        if path is None or not words.get(state):
            return None
        item = put(put({}, path, words[state][0]), asked.get("id", "id"), self.own_id)
        return Reply(200, put({}, asked["items"], [item]) if "items" in asked else [item])

    def _said(self, state: str) -> Iterator[tuple[int, Any]]:
        """Answers that may be in this *state*: what each rule and the words ask for."""
        words = self.job.get("state", {})
        named = [STRANGE] if state == "unknown" else words.get(state, ())
        for word in named[:1] if "path" in words else ():
            yield 200, put({}, first(words["path"]), word)
        rules = self.job.get("rules", ())
        for rule in rules if state != "unknown" else ():
            if rule["state"] == state:
                yield _fitting(rule["when"])
        if state == "unknown":
            yield 200, {}

    def _described(self, body: Any, state: str) -> Any:
        """*body* with what the declaration reads beside the state."""
        if state in {"failed", "canceled"} and "reason" in self.job:
            body = put(body, first(self.job["reason"]), REASON, over=state == "failed")
        for kind, path in self.job.get("progress", {}).items() if state == "running" else ():
            value = SECONDS_LEFT if kind == "seconds_left" else PROGRESS.get(kind, "rendering")
            body = body if first(path).endswith("*") else put(body, first(path), value)
        own = self.job["poll"].get("id")
        return put(body, own, self.own_id) if own else body

    def _means(self, code: int, body: Any) -> str:
        response = httpx.Response(code, json=body, request=httpx.Request("GET", "https://example.invalid"))
        try:
            return state_of(self.service, response, self.service.parse(response))[0]
        except Exception:  # noqa: BLE001 - an error status that no rule knows is no answer
            return "no answer"


def _fitting(when: Mapping[str, Any]) -> tuple[int, Any]:
    """A status code and a body for which all conditions *when* hold."""
    code, body = 200, {}
    for path, wanted in when.items():
        value = wanted[0] if isinstance(wanted, list) else wanted
        if path == "$http":
            code = value
        elif not isinstance(value, dict):
            body = put(body, path, value)
        elif value.get("present"):
            body = put(body, path, {"message": REASON}, over=False)
        elif "above" in value or "below" in value:
            body = put(body, path, value["above"] + 1 if "above" in value else value["below"] - 1)
    return code, body


def first(paths: Any) -> Any:
    """The first of several paths."""
    return paths[0] if isinstance(paths, list) else paths
