"""FakeServer: a transport that plays a service, and says at once what a test has not foreseen."""

import re
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any, Final, NoReturn, Self, TypeAlias

from attrs import define, field

from jobwait._httpx import httpx
from jobwait._polling.scripted import OBJECTION
from jobwait._sync import clock
from jobwait.errors import InvalidInput
from jobwait.testing.documented import successes
from jobwait.testing.path_template import fits
from jobwait.testing.replies import Reply, Scripted, as_reply, to_response

Response: TypeAlias = Scripted | Callable[[httpx.Request], Scripted]
_ROUTE: Final = re.compile(r"(?:([A-Za-z]+) )?(/\S*)")
_NO_TIMEOUT: Final = float("inf")


class FakeServerError(BaseException):
    """
    A request that the FakeServer does not expect, or a body in it that the service's client cannot read.

    It is no Exception, so that no code under test takes it for a request that failed.
    """

    __module__ = "jobwait.testing"


@define(eq=False)
class _Turns:
    """The responses of one route: for each path one after the other, then the last of them again."""

    route: str
    responses: tuple[Response, ...]
    method: str = ""
    path: str = ""
    taken: Counter[str] = field(factory=Counter)

    @classmethod
    def of(cls, route: str, responses: tuple[Response, ...] = ()) -> Self:
        found = _ROUTE.fullmatch(route)
        if found is None:
            raise InvalidInput(
                f"A route is a method and a path, as in 'GET /v1/jobs/{{job_id}}/status', not {route!r}."
            )
        return cls(route, responses, (found[1] or "").upper(), found[2])

    def matches(self, request: httpx.Request) -> bool:
        return self.method in {"", request.method} and (
            fits(self.path, _path(request)) or fits(self.path, request.url.path)
        )

    def take(self, path: str) -> Response:
        number = min(self.taken[path], len(self.responses) - 1)
        self.taken[path] += 1
        return self.responses[number]


class FakeServer(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """
    A transport that plays a service: pass it as `connect(..., transport=server)`. It serves sync and async code.

    *responses* come in turn, one for each request, and then the last of them again; on() gives responses by method and
    path, which come first. A response is a body (status 200), a status (with the service's error body), a Reply, an
    exception, or a function of the request that returns one of them. requests: all requests so far, each with its
    body as `content`.

    Any other request raises FakeServerError, and so does a body in JSON that the client cannot read, at once and out of
    the wait; text and bytes may be anything.
    """

    __module__ = "jobwait.testing"

    def __init__(self, *responses: Response) -> None:
        self._rest = _Turns("", _checked(responses))
        self._routes: list[_Turns] = []
        self._lock = threading.Lock()
        self.requests: list[httpx.Request] = []

    def on(self, route: str, *responses: Response) -> Self:
        """
        Answer requests for *route* with *responses*: for each path one after the other, then the last again.

        *route* is a method and a path, where braces stand for any text without a slash: `GET /jobs/{id}`; a path alone
        is for all methods. The route that was added last comes first, so one may replace another.

        Raises:
            InvalidInput: *route* is no route, there are no responses, or one of them is None.

        """
        if not responses:
            raise InvalidInput(f"on({route!r}) needs at least one response.")
        self._routes.insert(0, _Turns.of(route, _checked(responses)))
        return self

    def count(self, route: str) -> int:
        """The number of requests for *route*, a method and a path as in on()."""
        turns = _Turns.of(route)
        return sum(turns.matches(request) for request in self.requests)

    @property
    def counts(self) -> Counter[str]:
        """The number of requests by method and path, as "GET /jobs/1"."""
        return Counter(_name(request) for request in self.requests)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The response to *request*."""
        request.read()  # a file that is uploaded may be gone when a test looks at its content
        found = self._take(request)
        if found is None:
            note = request.extensions.get("trace")
            if note is not None:
                note("connection.connect_tcp.started", {})  # nothing was sent: it is no unconfirmed submission
            self._refuse(request)
        reply = _reply_to(request, found)
        timeout = _timeout_of(request)
        if isinstance(reply, Reply) and reply.seconds:
            clock.current.sleep(min(reply.seconds, timeout))
        return _sent(request, reply, timeout)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The response to *request*."""
        await request.aread()
        found = self._take(request)
        if found is None:
            note = request.extensions.get("trace")
            if note is not None:
                await note("connection.connect_tcp.started", {})
            self._refuse(request)
        reply = _reply_to(request, found)
        timeout = _timeout_of(request)
        if isinstance(reply, Reply) and reply.seconds:
            await clock.current.sleep_async(min(reply.seconds, timeout))
        return _sent(request, reply, timeout)

    def _take(self, request: httpx.Request) -> Any:
        with self._lock:
            self.requests.append(request)
            for turns in self._routes:
                if turns.matches(request):
                    return turns.take(_path(request))
            return self._rest.take("") if self._rest.responses else None

    def _refuse(self, request: httpx.Request) -> NoReturn:
        routes = ", ".join(repr(turns.route) for turns in reversed(self._routes)) or "no request at all"
        path = _name(request)
        raise FakeServerError(
            f"FakeServer was sent {path}, and expects {routes}. If it is right, add on({path!r}, …) with its response."
        )


def _checked(responses: tuple[Response, ...]) -> tuple[Response, ...]:
    if any(response is None for response in responses):
        raise InvalidInput("A response of FakeServer is None. For an empty body give it Reply(200).")
    return responses


def _reply_to(request: httpx.Request, found: Any) -> Reply | Exception:
    """The response *found*, or what it returns if it is a function."""
    given: Any = found(request) if callable(found) and not isinstance(found, type) else found
    if given is None:
        raise FakeServerError(
            f"FakeServer's function for {_name(request)} returned None; it must return a response. To send an empty "
            "body, let it return Reply(200)."
        )
    return as_reply(given)


def _path(request: httpx.Request) -> str:
    return request.url.raw_path.partition(b"?")[0].decode("ascii")


def _name(request: httpx.Request) -> str:
    return f"{request.method} {_path(request)}"


def _timeout_of(request: httpx.Request) -> float:
    found: float | None = (request.extensions.get("timeout") or {}).get("read")
    return _NO_TIMEOUT if found is None else found


def _sent(request: httpx.Request, reply: Reply | Exception, timeout: float) -> httpx.Response:
    """The response of *reply*, or its exception; a timeout if it takes longer than that."""
    if isinstance(reply, Exception):
        raise reply
    if reply.seconds > timeout:
        raise httpx.ReadTimeout("the response took too long")
    response = to_response(reply)
    judged = 200 <= reply.status < 300 and not isinstance(reply.body, str | bytes | None)

    def object_to(error: Exception) -> NoReturn:
        right = successes(error, request)
        if right and reply.status not in right:
            raise FakeServerError(
                f"FakeServer's response to {_name(request)} has the status {reply.status}, and the service documents "
                f"{' or '.join(map(str, right))} there. Give it as Reply({right[0]}, body)."
            ) from error
        raise FakeServerError(
            f"FakeServer's response to {_name(request)} is not what the client expects there: {error}. Correct its "
            "body, or give it as text, which is sent as it is."
        ) from error

    extensions: dict[str, Any] = {OBJECTION: object_to} if judged else {}
    return httpx.Response(reply.status, headers=response.headers, content=response.content, extensions=extensions)
