"""The parts of a declaration that have fields of their own: requests, result, list, limit, errors, queue."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from jobwait._declared.vocabulary.answer_path import AnswerPath, paths
from jobwait._declared.vocabulary.endpoint import Endpoint
from jobwait._declared.vocabulary.fields import Fields, shown
from jobwait._declared.vocabulary.openapi import Document
from jobwait._model.limits import Limit, SerialQueue
from jobwait._model.service import RetryRule
from jobwait.errors import InvalidInput

STATUS_URL: Final = "status_url"
_HEADER_PREFIX: Final = "header:"


class Named(NamedTuple):
    """Where an answer names something: at a *path* in its body, or in a *header*."""

    path: AnswerPath | None
    header: str = ""

    @classmethod
    def of(cls, text: str | None, place: str) -> Named | None:
        """`data.id`, or `header:Location`."""
        if text is None:
            return None
        if text.startswith(_HEADER_PREFIX):
            name = text.removeprefix(_HEADER_PREFIX).strip()
            if not name:
                raise InvalidInput(f"{place} names no header; write it as in header:Location.")
            return cls(None, name)
        return cls(AnswerPath.of(text, place))


class Submit(NamedTuple):
    """The request that creates a job; *id*, *status_url*: where its answer names them."""

    endpoint: Endpoint
    id: Named | None
    status_url: Named | None


class Result(NamedTuple):
    """Where the result is: at *path* of the final answer, behind a *link* in it, at *endpoint*, or at its Location."""

    path: tuple[AnswerPath, ...] = ()
    link: tuple[AnswerPath, ...] = ()
    endpoint: Endpoint | None = None
    id: AnswerPath | None = None
    location: bool = False

    def variable(self, ids: Sequence[str]) -> str | None:
        """The variable of the endpoint that *id* fills: the one that is none of *ids*, else the last; None without."""
        if self.id is None or self.endpoint is None:
            return None
        variables = self.endpoint.variables
        return next((one for one in variables if one not in ids), variables[-1])

    def needed(self, ids: Sequence[str]) -> list[str]:
        """The variables of the endpoint that the job's ids have to fill."""
        filled = self.variable(ids)
        return [one for one in (self.endpoint.variables if self.endpoint else ()) if one != filled]


class JobList(NamedTuple):
    """The request that lists jobs; where its answer has the *items*, and in each the *id* and the *state*."""

    endpoint: Endpoint
    items: AnswerPath | None
    id: AnswerPath
    state: AnswerPath | None


def polled_endpoint(fields: Fields, document: Document | None) -> tuple[Endpoint | str, AnswerPath | None]:
    """The endpoint of the status request, or the word status_url; and where its answer repeats the id of the job."""
    name = fields.text("id")
    own_id = None if name is None else AnswerPath.of(name, fields.at("id"))
    if fields.one_of("url", "operation", "path") == "url":
        url = fields.text("url")
        if url != STATUS_URL:
            raise InvalidInput(f"{fields.at('url')} must be {STATUS_URL}, which submit names, not {shown(url)}.")
        return STATUS_URL, own_id
    return Endpoint.of(fields, document), own_id


def submit_of(fields: Fields, document: Document | None) -> Submit:
    """The request that creates a job."""
    endpoint = Endpoint.of(fields, document, "POST")
    name, url = (Named.of(fields.text(one), fields.at(one)) for one in ("id", STATUS_URL))
    if name is None and url is None:
        fields.refuse(f"needs id or {STATUS_URL}: where the answer names the job.")
    return Submit(endpoint, name, url)


def result_of(fields: Fields, document: Document | None) -> Result:
    """Where the result is."""
    kind = fields.one_of("path", "link", "operation", "location") if "method" not in fields.value else "operation"
    if kind in {"path", "link"}:
        where = paths(fields.any(kind), fields.at(kind))
        return Result(path=where) if kind == "path" else Result(link=where)
    if kind == "location":
        if not fields.flag("location"):
            fields.refuse("must have location: true, or leave it out.")
        return Result(location=True)
    if kind is None:
        fields.refuse("needs path, link, operation, method and path, or location.")
    name, endpoint = fields.text("id"), Endpoint.of(fields, document)
    if name is not None and not endpoint.variables:
        fields.refuse("has id, and its path has no variable that it could fill: write one as {file}, or leave id out.")
    return Result(endpoint=endpoint, id=None if name is None else AnswerPath.of(name, fields.at("id")))


def list_of(fields: Fields, document: Document | None) -> JobList:
    """The request that lists jobs."""
    items, name = fields.text("items"), fields.text("id") or "id"
    endpoint = Endpoint.of(fields, document)
    found = None if items is None else AnswerPath.of(items, fields.at("items"))
    word = fields.text("state")
    state = None if word is None else AnswerPath.of(word, fields.at("state"))
    return JobList(endpoint, found, AnswerPath.of(name, fields.at("id")), state)


def limit_of(fields: Fields) -> Limit:
    """The rate limit that the service documents."""
    requests, seconds = fields.any("requests"), fields.seconds("seconds") or 1.0
    if type(requests) is not int or requests < 1:
        raise InvalidInput(f"{fields.at('requests')} must be a whole number of requests, not {shown(requests)}.")
    return Limit(requests, seconds, apart=fields.flag("apart"), shared=fields.flag("shared"))


def retry_rule(fields: Fields) -> RetryRule:
    """What the service documents about failed requests."""
    most = fields.any("most") or {}
    counts = Fields(most, fields.at("most")).value
    for status, number in counts.items():
        if not re.fullmatch(r"[45]\d\d", status) or type(number) is not int or number < 1:
            raise InvalidInput(f"{fields.at('most')} must have a number for each status code, not {shown(most)}.")
    return RetryRule(
        max_errors_by_status={int(status): number for status, number in counts.items()},
        gap=fields.seconds("gap") or 0.0,
        client_errors=fields.flag("resend", default=True),
        error_field=fields.text("field"),
        json_errors=fields.flag("json", default=True),
    )


def queue_of(fields: Fields) -> SerialQueue[Any]:
    """The queue of a service that runs one job of an account at a time."""
    place = fields.text("place")
    waiting, running = fields.texts("waiting"), fields.texts("running")
    if place is None or not waiting:
        fields.refuse("needs waiting, the words of jobs that wait for others, and place, what orders them.")
    return SerialQueue(
        waiting=frozenset(waiting), running=frozenset(running), place=AnswerPath.of(place, fields.at("place")).first
    )
