"""Makes a Service of a declaration: connect(), job(), submit() and list_jobs() of a service that is all data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from attrs import field, frozen

from jobwait._declared.answers import AnswerError, UnreadableAnswer, decoded
from jobwait._declared.clients import connected
from jobwait._declared.facts import facts_of
from jobwait._declared.handle import DeclaredJob
from jobwait._declared.requests import absolute_request, held_for
from jobwait._declared.status_url import advice, fault_of, id_of, resolved
from jobwait._declared.vocabulary.declaration import Declaration, declaration_of
from jobwait._declared.vocabulary.parts import STATUS_URL, Named
from jobwait._declared.vocabulary.rules import word_at
from jobwait._declared.vocabulary.source import UNNAMED, Source, read
from jobwait._http.api_key import Key
from jobwait._http.arguments import Trust
from jobwait._http.connect import Transport
from jobwait._httpx import httpx
from jobwait._jobs.drivers import sync_and_async
from jobwait._jobs.request_sequences import UnusableId
from jobwait._model.checks import identifier
from jobwait._model.limits import Listed, Listing
from jobwait._model.policy import Seconds
from jobwait._model.service import Ids, Service
from jobwait._polling.commands import Operation
from jobwait._polling.job_state import JobState
from jobwait._polling.operations import call
from jobwait._polling.submission import LONGEST_ID, Submission
from jobwait.errors import InvalidInput

LOCATION: Final = "location"


def load(source: Any, name: str | None = None) -> DeclaredService:
    """
    The service of a job that *source* declares; of several, the one called *name*.

    *source* is a mapping, JSON or YAML text, or a path: a declaration alone, or an OpenAPI document with `x-job`. JSON
    and mappings need nothing else; YAML needs the extra [spec]. Nothing is sent.

    Raises:
        InvalidInput: the declaration contradicts itself or its document, or names no way to succeed; several jobs are
            declared and none is named.

    """
    found = read(source)
    return _made(found, *found.chosen(name))


load.__module__ = "jobwait.service"  # where people import it from


def load_all(source: Any) -> dict[str, DeclaredService]:
    """The services of all jobs that *source* declares, by name; raises InvalidInput as load() does."""
    found = read(source)
    return {name: _made(found, name, value) for name, value in found.jobs.items()}


def _made(source: Source, name: str, value: Any) -> DeclaredService:
    declared_in = f"the declaration of {name}" if source.name == UNNAMED else source.name
    return service_of(declaration_of(name, value, source.document, source.name), declared_in)


def load_own(declaration: Mapping[str, Any]) -> DeclaredService:
    """The service of a *declaration* that comes with jobwait, which its users cannot edit."""
    return service_of(declaration_of(declaration["name"], declaration, None, UNNAMED))


@frozen(kw_only=True, eq=False, match_args=False)
class DeclaredService(Service[Any, Any]):
    """A Service that was made of a declaration. Snapshots are the answers as JSON; the ids are keyword arguments."""

    __module__ = "jobwait.service"

    declaration: Declaration = field(repr=False)

    @property
    def SERVICE(self) -> DeclaredService:  # noqa: N802 - the name in a service module
        """Itself, so that it can be given wherever a service module can."""
        return self

    def connect(
        self,
        api_key: Key | None = None,
        base_url: str | None = None,
        client: httpx.Client | httpx.AsyncClient | None = None,
        *,
        request_timeout: Seconds = 30.0,
        transport: Transport | None = None,
        verify: Trust = True,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """
        A client for `with` and `async with`, or around *client*, an httpx client of yours, which you close yourself.

        The key is *api_key*, which may be a function, else NAME_API_KEY of the environment; for Basic it is
        "user:password". The address is *base_url*, else NAME_BASE_URL, else the one declared. Raises InvalidInput.
        """
        more = {"request_timeout": request_timeout, "transport": transport, "verify": verify, "headers": headers}
        return connected(self, api_key, base_url, client, more)

    def job(self, client: Any, *own: Any, **ids: Any) -> DeclaredJob:
        """
        The handle on a job, by its ids or its status_url; nothing is sent. Raises InvalidInput.

        *own* are ids without their names, in the order of the declaration: `job(client, "r-7")`.
        """
        return DeclaredJob(JobState(self, client, self._checked(client, self._named_ids(own, ids))))

    def _submit(self, client: Any, body: Any = None, **ids: Any) -> Operation[DeclaredJob]:
        """
        Submit a job with *body*, which is sent as JSON; *ids* are those of the path. It is never sent twice.

        Raises:
            InvalidInput: nothing was sent.
            SubmitUnconfirmed: it was sent, and it is not known whether the job exists.
            CallFailed: the service could not be asked, or refused.
        """
        submit = self.declaration.submit
        if submit is None:
            raise InvalidInput(f"The declaration of {self.name} has no submit: add the request that creates a job.")
        wanted = {name: identifier(name, ids.pop(name)) for name in submit.endpoint.variables if name in ids}
        lacking = next((name for name in submit.endpoint.variables if name not in wanted), None)
        if lacking or ids:
            fact = f"needs {lacking}=" if lacking else f"takes no {next(iter(ids))}="
            raise InvalidInput(f"submit() of {self.name} {fact}.", service=self.name)
        with Submission(self) as once:
            found = yield from call(
                self,
                client,
                lambda: submit.endpoint.request(client, wanted, body),
                lambda answer: self.submitted_ids(client, answer, wanted),
                once=once,
            )
            return DeclaredJob(JobState(self, client, found, started=once.wall, submitted=True))

    def _list_jobs(self, client: Any, **ids: Any) -> Operation[list[Any]]:
        """The jobs of the first page of the list, as JSON. Raises InvalidInput and CallFailed."""
        listed = self.declaration.listing
        if listed is None:
            raise InvalidInput(f"The declaration of {self.name} has no list: add the request that lists jobs.")
        named = {name: identifier(name, value) for name, value in ids.items()}
        lacking = next((one for one in listed.endpoint.variables if one not in named), None)
        if lacking:
            raise InvalidInput(f"list_jobs() of {self.name} needs {lacking}=.", service=self.name)
        return call(
            self,
            client,
            lambda: listed.endpoint.request(client, named),
            lambda answer: items_of(self.declaration, answer),
            operation="list",
        )

    submit, submit_async = sync_and_async(_submit)
    list_jobs, list_jobs_async = sync_and_async(_list_jobs)

    def _named_ids(self, own: tuple[Any, ...], ids: dict[str, Any]) -> dict[str, Any]:
        """The *ids*, and those of *own* by their names."""
        names = (STATUS_URL,) if self.declaration.poll is None else self.declaration.ids
        if len(own) > len(names):
            fact = f"takes {', '.join(names)}, and {len(own)} ids were given"
            raise InvalidInput(f"job() of {self.name} {fact}.", service=self.name)
        named = dict(zip(names, own, strict=False))
        twice = next((name for name in named if name in ids), None)
        if twice is not None:
            raise InvalidInput(f"job() of {self.name} got {twice} twice, with and without its name.", service=self.name)
        return {**named, **ids}

    def _checked(self, client: Any, ids: dict[str, Any]) -> dict[str, str]:
        declared = self.declaration
        names = set(declared.ids) if declared.poll is not None else {*declared.ids, STATUS_URL}
        odd = next((name for name in ids if name not in names), None)
        if odd is not None:
            raise InvalidInput(f"job() of {self.name} takes no {odd}=; its ids are {', '.join(declared.ids)}.")
        if declared.poll is None:
            url = ids.get(STATUS_URL)
            if not isinstance(url, str):
                raise InvalidInput(f"job() of {self.name} needs {STATUS_URL}=, the address that its submission named.")
            whole = _allowed(declared, client, resolved(url, client.base_url + "/"))
            own = declared.ids[-1]
            if own not in ids and declared.has_own_id_elsewhere:
                raise InvalidInput(f"job() of {self.name} needs {own}= beside {STATUS_URL}=: other requests have it.")
            ids = {**dict.fromkeys(declared.ids, id_of(whole, client.base_url)), **ids, STATUS_URL: whole}
        lacking = next((name for name in declared.ids if name not in ids), None)
        if lacking is not None:
            raise InvalidInput(f"job() of {self.name} needs {lacking}=.", service=self.name)
        return {name: value if name == STATUS_URL else identifier(name, value) for name, value in ids.items()}

    def submitted_ids(self, client: Any, response: httpx.Response, known: Mapping[str, str]) -> dict[str, str]:
        """The ids of the job that the answer to a submission names."""
        answer, declared = decoded(response), self.declaration
        assert declared.submit is not None  # noqa: S101 - who asks has one
        found, against = dict(known), str(response.request.url)
        url = _named(declared.submit.status_url, response, answer)
        if url is not None:
            found[STATUS_URL] = resolved(url, against)
            if fault_of(found[STATUS_URL], client.base_url, declared.hosts):
                raise UnusableId(response)
        if declared.result.location and response.headers.get(LOCATION):
            found[LOCATION] = resolved(response.headers[LOCATION], against)
        job_id = _named(declared.submit.id, response, answer)
        if job_id is None and declared.submit.id is None and STATUS_URL in found:
            job_id = id_of(found[STATUS_URL], client.base_url)
        if job_id is None or job_id in {"", ".", ".."} or len(job_id) > LONGEST_ID:
            raise UnusableId(response)
        return {**found, declared.ids[-1]: job_id}


def _allowed(declared: Declaration, client: Any, url: str) -> str:
    fault = fault_of(url, client.base_url, declared.hosts)
    if fault:
        fact = f"{declared.name}: the status URL {fault}, so it is not asked.{advice(fault)}"
        raise InvalidInput(fact, service=declared.name)
    return url


def _named(where: Named | None, response: httpx.Response, answer: Any) -> str | None:
    """The text at *where*; a whole number as its text."""
    if where is None:
        return None
    value = response.headers.get(where.header) if where.path is None else where.path.first(answer)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else None


def service_of(declared: Declaration, declared_in: str = "") -> DeclaredService:
    """The service that *declared* describes; *declared_in* as in Service."""
    state = declared.state
    ids = {*declared.ids, STATUS_URL, LOCATION} if declared.poll is None else {*declared.ids, LOCATION}

    def poll(client: Any, ids: Ids, seconds: float = math.inf) -> httpx.Request:
        more = {declared.long_poll: held_for(client, seconds)} if declared.long_poll else None
        if declared.poll is None:
            return absolute_request(client, _allowed(declared, client, ids[STATUS_URL]), declared.headers, more)
        return declared.poll.request(client, ids, more=more)

    def parse(response: httpx.Response) -> Any:
        try:
            answer = decoded(response, state.codes)
        except UnreadableAnswer:
            if state.by_code(response.status_code):
                return response.content
            raise
        if not response.is_success and not any(rule.fits(response.status_code, answer) for rule in state.rules):
            raise AnswerError(response, answer)
        return answer

    facts = facts_of(declared)
    if declared.cancel is not None:
        facts["cancel"] = declared.cancel.request
    return DeclaredService(
        **facts,
        declaration=declared,
        declared_in=declared_in,
        poll=poll,
        parse=parse,
        poll_within=poll if declared.long_poll else None,
        conditional=True,
        handle=DeclaredJob,
        optional_ids=frozenset(ids - set(declared.ids)),
        status_path="",
        listing=_listing(declared),
    )


def items_of(declared: Declaration, response: httpx.Response) -> list[Any]:
    """The jobs in the *response* to a list."""
    answer, listed = decoded(response), declared.listing
    path = None if listed is None else listed.items
    found = answer if path is None else path.first(answer)
    if not isinstance(found, list):
        raise UnreadableAnswer(response, f"it has no list{'' if path is None else f' at {path.text}'}")
    return found


def _listing(declared: Declaration) -> Listing[Any, Any] | None:
    """How a list reports many jobs; None where its items cannot tell their state in one word."""
    listed, state = declared.listing, declared.state
    where = None if listed is None else listed.state
    if listed is None or declared.poll is None or (where is None and (state.rules or not state.where)):
        return None

    def read_page(response: httpx.Response, known: Mapping[str, Ids]) -> tuple[list[Listed[Any]], bool]:
        items = items_of(declared, response)
        named = [
            (str(listed.id.first(one)), state.word(one) if where is None else word_at(where, one)) for one in items
        ]
        return [Listed(name, word) for name, word in named if word is not None and name in known], False

    return Listing(
        group=lambda ids: tuple(ids.get(name, "") for name in listed.endpoint.variables),
        build=lambda client, ids, *_: listed.endpoint.request(client, ids),
        read=read_page,
    )
