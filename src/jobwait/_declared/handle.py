"""The handle on a declared job: its result, and its cancellation."""

from __future__ import annotations

import functools
from typing import Any

from jobwait._declared.answers import content, decoded
from jobwait._declared.requests import absolute_request
from jobwait._declared.status_url import advice, fault_of, is_own, resolved
from jobwait._declared.vocabulary.answer_path import first_of
from jobwait._http.redaction import Link
from jobwait._http.signed_links import fetch_link
from jobwait._httpx import httpx
from jobwait._jobs.drivers import sync_and_async
from jobwait._jobs.handle import Job
from jobwait._jobs.request_sequences import check_not_failed
from jobwait._polling.commands import Operation
from jobwait._polling.unknown_status import not_ended
from jobwait.errors import InvalidInput, UnexpectedReply


class DeclaredJob(Job[Any]):
    """A job of a declared service; snapshots are its answers as JSON."""

    def _result(self) -> Operation[Any]:
        """
        The result where the declaration says that it is; without that, the final answer.

        If the end of the job has not been seen yet, its status is asked for once.

        What a request fetches is JSON if the service says so, else bytes. A link, asked without the key, gives bytes.

        Raises:
            InvalidInput: the job has not ended: wait() for it first.
            JobFailed: the job failed or was canceled, so it has no result.
            UnexpectedReply: the answer does not have it, or names an address that the declaration does not.
            CallFailed: the service could not be asked.
        """
        check_not_failed(self._state, "result")
        where = self._declared.declaration.result
        if self._state.state != "succeeded":
            yield from self._status()
            check_not_failed(self._state, "result")
        if self._state.state != "succeeded":
            fact = not_ended(self.service, self._state.state, str(self._state.raw_status))
            raise InvalidInput.about(self.service, self.id, fact, snapshot=self._state.snapshot)
        answer = self._state.snapshot
        if where.endpoint is not None:
            return (yield from self._of_endpoint(answer))
        if where.location:
            return (yield from self._of_location())
        if where.link:
            url = self._found(first_of(where.link, answer), where.link[0].text)
            return (yield from self._of_link(resolved(url, self._asked)))
        found = first_of(where.path, answer) if where.path else answer
        if found is None:
            fact = f"its answer has nothing at {where.path[0].text}, where the result is."
            raise UnexpectedReply.about(self.service, self.id, fact)
        return found

    def _cancel(self) -> Operation[None]:
        """Ask the service to cancel the job; a later status says whether it was. Raises InvalidInput, CallFailed."""
        service, ids = self.service, self._state.ids
        build = service.cancel
        if build is None:
            raise InvalidInput.about(service, self.id, "the declaration has no cancel: add the request that cancels.")
        self._state.cancel_asked = True
        yield from self._call(lambda client: build(client, ids), accepted)

    result, result_async = sync_and_async(_result)
    cancel, cancel_async = sync_and_async(_cancel)

    @property
    def _declared(self) -> Any:
        return self.service

    @property
    def _asked(self) -> str:
        """The address of the status request, which others are relative to."""
        request: httpx.Request = self.service.poll(self._state.client, self._state.ids)
        return str(request.url)

    def _found(self, value: Any, place: str) -> str:
        if isinstance(value, str) and value:
            return value
        raise UnexpectedReply.about(self.service, self.id, f"its answer has no text at {place}, where the result is.")

    def _of_endpoint(self, answer: Any) -> Operation[Any]:
        declared, ids = self._declared.declaration, dict(self._state.ids)
        result = declared.result
        if result.id is not None:
            found = result.id.first(answer)
            ids[result.variable(declared.ids)] = self._found(
                str(found) if isinstance(found, int) else found, result.id.text
            )
        return (yield from self._call(lambda client: result.endpoint.request(client, ids), content))

    def _of_location(self) -> Operation[Any]:
        """The status is asked once more, for the header Location of its answer; without one its body is the result."""
        client, ids = self._state.client, self._state.ids
        asked: list[str] = []

        def build(client: Any) -> httpx.Request:
            request = self.service.poll(client, ids)
            asked.append(str(request.url))
            return request

        location = ids.get("location") or (yield from self._call(build, lambda answer: answer.headers.get("location")))
        if location is None:
            return self._state.snapshot
        url = resolved(location, asked[-1] if asked else client.base_url)
        fault = fault_of(url, client.base_url, self._declared.declaration.hosts)
        if fault:
            fact = f"the address of its result {fault}; it was not asked.{advice(fault)}"
            raise UnexpectedReply.about(self.service, self.id, fact)
        return (yield from self._call(lambda client: absolute_request(client, url), content))

    def _of_link(self, url: str) -> Operation[bytes]:
        """The content behind a link, asked without the key, also at the client's own address."""
        client = self._state.client
        if is_own(url, client.base_url):
            build = functools.partial(absolute_request, url=url, keyless=True)
            return (yield from self._call(build, _bytes))
        return (yield from fetch_link(self.service, client, Link(url), self.id))


def _bytes(response: httpx.Response) -> bytes:
    """The body of a 2xx; raises the error of any other response."""
    accepted(response)
    return response.content


def accepted(response: httpx.Response) -> None:
    """Nothing, for a 2xx; raises the error of any other response."""
    if not response.is_success:
        decoded(response)
