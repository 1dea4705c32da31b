"""A declaration as checked data: everything that `x-job` may say, with its default where it is left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from jobwait._declared.vocabulary.answer_path import AnswerPath, paths
from jobwait._declared.vocabulary.endpoint import Endpoint, header_pairs
from jobwait._declared.vocabulary.fields import Fields, shown
from jobwait._declared.vocabulary.key import KeyPlacement
from jobwait._declared.vocabulary.openapi import Document, Operation
from jobwait._declared.vocabulary.parts import (
    STATUS_URL,
    JobList,
    Result,
    Submit,
    limit_of,
    list_of,
    polled_endpoint,
    queue_of,
    result_of,
    retry_rule,
    submit_of,
)
from jobwait._declared.vocabulary.readers import (
    ReadProgress,
    hint_reader,
    progress_reader,
    reason_reader,
    seconds_left,
    size_reader,
)
from jobwait._declared.vocabulary.rules import StateRules, state_rules
from jobwait._http.api_key import Hidden
from jobwait._http.connect import checked_address, is_host
from jobwait._model.limits import Limit, SerialQueue
from jobwait._model.service import RetryRule
from jobwait.errors import InvalidInput

MOST_FIELDS: Final = 24
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,63}")


class Declaration(NamedTuple):
    """
    A declared job.

    ids: the names of the ids, the last one is the job's. poll: None for a status URL, which `submit` or the caller
    names. key: None: there is none. interval, first, timeout: in seconds. hosts: further ones, for status URLs and
    links.
    """

    name: str
    server: str | None
    key: KeyPlacement | None
    ids: tuple[str, ...]
    poll: Endpoint | None
    state: StateRules
    progress: ReadProgress | None
    reason: Callable[[Any], str | None]
    result: Result
    submit: Submit | None
    cancel: Endpoint | None
    listing: JobList | None
    interval: float
    first: float
    timeout: float | None
    hint: Callable[[Any], float | None] | None
    time_left: Callable[[Any], float | None] | None
    size: Callable[[Any], float | None] | None
    own_id: AnswerPath | None
    retry: RetryRule
    queue: SerialQueue[Any] | None
    headers: Mapping[str, str]
    long_poll: str
    limit: Limit | None
    hosts: tuple[str, ...]

    @property
    def has_own_id_elsewhere(self) -> bool:
        """Whether a request besides that of the status holds the job's own id."""
        others = [*(self.cancel.variables if self.cancel else ()), *self.result.needed(self.ids)]
        return self.own_id is not None or self.ids[-1] in others


def declaration_of(name: str, value: Mapping[str, Any], document: Document | None, source: str) -> Declaration:
    """The declaration in *value*; raises InvalidInput that names the place, the fact and what to write."""
    fields = Fields(value, f"{source}, job {name}:" if document else f"{source}:")
    if len(fields.value) > MOST_FIELDS:
        fields.refuse(f"has {len(fields.value)} fields, and it may have {MOST_FIELDS}.")
    fields.any("name")
    if not _NAME.fullmatch(name):
        fields.refuse(f"is named {shown(name)}; a name has small letters, digits, - and _, and begins with a letter.")
    query, headers = fields.pairs("query"), header_pairs(fields, "headers")
    if any("{" in value for value in query.values()):
        fields.refuse("has a { in query, which is sent as it stands: write ids into the path or the query of poll.")
    polled = fields.nested("poll", lambda one: polled_endpoint(one, document))
    if polled is None:
        fields.refuse("needs poll: the request for the status.")
    poll, own_id = polled
    submit = fields.nested("submit", lambda one: submit_of(one, document))
    state = state_rules(fields)
    cancel = fields.nested("cancel", lambda one: Endpoint.of(one, document, "POST"))
    listing = fields.nested("list", lambda one: list_of(one, document))
    result = fields.nested("result", lambda one: result_of(one, document)) or Result()
    hosts = fields.texts("hosts")
    for host in hosts:
        plain = host.removeprefix("*.")
        if not is_host(plain) or any(one in plain for one in "/:*") or (plain != host and "." not in plain):
            raise InvalidInput(f"{fields.at('hosts')} has {shown(host)}; a host is written as in files.example.com.")
    interval = fields.seconds("interval") or 5.0
    first = fields.seconds("first", zero=True)
    reason, progress = fields.any("reason"), Fields(fields.value.get("progress") or {}, fields.at("progress"))
    named = Declaration(
        name=name,
        server=_server(fields, document),
        key=_key(fields, document),
        ids=_ids(fields, poll, submit),
        poll=_fixed(poll, query, headers),
        state=state,
        progress=fields.nested("progress", progress_reader),
        reason=reason_reader(() if reason is None else paths(reason, fields.at("reason"))),
        result=result._replace(endpoint=_fixed(result.endpoint, query, headers)),
        submit=submit and submit._replace(endpoint=submit.endpoint.with_fixed(query, headers)),
        cancel=_fixed(cancel, query, headers),
        listing=listing and listing._replace(endpoint=listing.endpoint.with_fixed(query, headers)),
        interval=interval,
        first=interval if first is None else first,
        timeout=fields.seconds("timeout"),
        hint=fields.nested("hints", hint_reader),
        time_left=seconds_left(progress),
        size=size_reader(progress),
        own_id=own_id,
        retry=fields.nested("errors", retry_rule) or RetryRule(),
        queue=fields.nested("queue", queue_of),
        headers=headers,
        long_poll=fields.text("long_poll") or "",
        limit=fields.nested("limit", limit_of),
        hosts=tuple(one.lower().rstrip(".") for one in hosts),
    )
    fields.end()
    _check_ids(named, fields)
    return named


def _fixed(endpoint: Endpoint | str | None, query: Mapping[str, str], headers: Mapping[str, str]) -> Endpoint | None:
    return endpoint.with_fixed(query, headers) if isinstance(endpoint, Endpoint) else None


def _server(fields: Fields, document: Document | None) -> str | None:
    given = fields.text("server")
    if given is None:
        operation = None if document is None else _polled(fields, document)
        if document is None or operation is None:
            return document.server if document else None
        return document.server_of(operation)
    if "{" in given:
        raise InvalidInput(f"{fields.at('server')} has a variable: write the address that it stands for.")
    if urlsplit(given).username:
        raise InvalidInput(f"{fields.at('server')} must hold no user and no password.")
    try:
        return checked_address(Hidden(given), "the service", keyed=True)
    except InvalidInput as error:
        raise InvalidInput(f"{fields.at('server')}: {error}") from None


def _key(fields: Fields, document: Document | None) -> KeyPlacement | None:
    given = fields.any("key")
    if given is not None:
        return KeyPlacement.of(given, fields.at("key"))
    if document is None:
        return None
    operation = _polled(fields, document)
    security = operation.security if operation else document.value.get("security")
    found, named = document.key(security), [one for one in security or () if isinstance(one, Mapping)]
    if found is None and named and all(named):
        schemes = " or ".join(" and ".join(one) for one in named)
        fields.refuse(f"needs key: the document asks for {schemes}, which is no single key in a header or the query.")
    return found


def _polled(fields: Fields, document: Document) -> Operation | None:
    """The operation that poll names; None if it has a path instead."""
    poll = fields.value["poll"]
    name = poll.get("operation") if isinstance(poll, Mapping) else None
    return document.operation(name, "poll.operation") if isinstance(name, str) else None


def _ids(fields: Fields, poll: Endpoint | str, submit: Submit | None) -> tuple[str, ...]:
    """The names of the ids: those that are given, else those in the request of poll; the last is the job's."""
    given = fields.texts("ids")
    if len(set(given)) != len(given):
        raise InvalidInput(f"{fields.at('ids')} has a name twice.")
    if not isinstance(poll, Endpoint):
        of_submit = submit.endpoint.variables if submit is not None else ()
        return given or (*of_submit, "id")
    if given and set(given) != set(poll.variables):
        lacking = ", ".join(sorted(set(given) ^ set(poll.variables)))
        raise InvalidInput(
            f"{fields.at('ids')} and the path of poll differ in {lacking}: name in ids what the path has."
        )
    if not given and not poll.variables:
        fields.refuse("has a poll without an id: write the job's id as {id} in its path or query.")
    return given or poll.variables


def _check_ids(declaration: Declaration, fields: Fields) -> None:
    """Each request about a job can be made of its ids; a submission has no id of its own yet."""
    known, own = set(declaration.ids), {declaration.ids[-1]}
    needed: dict[str, Endpoint | None] = {
        "cancel": declaration.cancel,
        "list": declaration.listing.endpoint if declaration.listing else None,
        "submit": declaration.submit.endpoint if declaration.submit else None,
    }
    for name, endpoint in needed.items():
        among = known if name == "cancel" else known - own
        variables = endpoint.variables if endpoint else ()
        odd = next((one for one in variables if (one in own if name == "submit" else one not in among)), None)
        if odd is not None:
            fields.refuse(f"has {{{odd}}} in {name}, and the ids known there are {', '.join(sorted(among)) or 'none'}.")
    odd = next((one for one in declaration.result.needed(declaration.ids) if one not in known), None)
    if odd is not None:
        fields.refuse(f"has {{{odd}}} in result, which is no id of poll: say in result.id where the answer names it.")
    derived = declaration.poll is None and declaration.submit is not None and declaration.submit.id is None
    if derived and declaration.has_own_id_elsewhere:
        fields.refuse("has an id in poll.id, cancel or result, which a status URL does not name: add submit.id.")
    if declaration.poll is None and declaration.submit and declaration.submit.status_url is None:
        fields.refuse(f"polls a {STATUS_URL}, which submit does not name: add submit.{STATUS_URL}.")
