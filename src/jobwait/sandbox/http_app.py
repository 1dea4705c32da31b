"""The HTTP application that the three services share: routes, API key, rate limit, body, counts."""

import hmac
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import attrs
from starlette.applications import Starlette
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from jobwait.sandbox.clock import Clock
from jobwait.sandbox.input_checks import Check, Fault
from jobwait.sandbox.rate_limit import SlidingWindow
from jobwait.sandbox.request_counts import RequestCounts
from jobwait.sandbox.state_file import Store


@attrs.frozen
class Call:
    """An accepted request: its path parameters, its query, its checked body, and the number of the key it had."""

    path: Mapping[str, str]
    query: QueryParams
    body: Any
    client: int


@attrs.frozen
class Reply:
    """A response: JSON, or text if *body* is a str."""

    status: int
    body: Any = None
    headers: dict[str, str] = attrs.field(factory=dict[str, str])

    def as_response(self) -> Response:
        """The response for Starlette; like FastAPI's it is a 500 if UTF-8 or JSON cannot express the body."""
        if self.body is None:
            return Response(status_code=self.status, headers=self.headers)
        if isinstance(self.body, str):
            return Response(self.body, self.status, self.headers, media_type="text/plain")
        try:
            return JSONResponse(self.body, self.status, self.headers)
        except ValueError:
            return FAULT.as_response()


FAULT = Reply(500, "Internal Server Error")
OUTAGE = Reply(503, "Service Unavailable")


class Refused(Exception):  # a response, not an error
    """Raised with a Reply in an operation, to send it at once."""


@attrs.frozen
class Operation:
    """One operation: its route, the check of its body, and the function that runs it."""

    name: str
    method: str
    path: str
    run: Callable[[Call], Reply]
    body: Check | None = None
    secured: bool = True


@attrs.define
class Service(ABC):
    """
    What the services share: a key for each client, the format of errors, counts; a *rate_limit* of None is none.

    down: every request gets 503.
    """

    key_header: ClassVar[str] = "authorization"
    key_prefix: ClassVar[str] = "Bearer "
    body_before_key: ClassVar[bool] = True  # FastAPI parses JSON before it checks the API key
    error_field: ClassVar[str] = "detail"
    too_many: ClassVar[str] = "Too Many Requests"
    counted: ClassVar[tuple[str, str]]  # the operations that submit and that poll

    seed: int
    keys: tuple[str, ...]
    clock: Clock
    store: Store
    rate_limit: SlidingWindow | None
    counts: RequestCounts = attrs.field(
        init=False, default=attrs.Factory(lambda self: RequestCounts(*self.counted), takes_self=True)
    )
    down: bool = attrs.field(init=False, default=False)

    @abstractmethod
    def operations(self) -> list[Operation]:
        """All its operations."""

    def error(self, status: int, message: str) -> Reply:
        """An error response in the service's format."""
        return Reply(status, {self.error_field: message})

    def invalid(self, faults: list[Fault]) -> Reply:
        """The response to input that fails its check: all faults, in FastAPI's format."""
        return Reply(422, {"detail": [fault.as_json() for fault in faults]})

    def unknown_key(self, key: str) -> Reply:  # noqa: ARG002 - for services that look at it
        """The response to a *key* that is nobody's."""
        return self.error(401, "Invalid or revoked API key")

    def busy(self, seconds: int) -> Reply:
        """The response to a request beyond the rate limit, which the caller set; another may be sent in *seconds*."""
        return attrs.evolve(self.error(429, self.too_many), headers={"Retry-After": str(seconds)})


def application(service: Service) -> ASGIApp:
    """The *service* as an ASGI application."""
    routes: dict[str, dict[str, Operation]] = {}
    for operation in service.operations():
        routes.setdefault(operation.path, {})[operation.method] = operation

    def refuse(request: Request, error: Exception) -> Response:  # noqa: ARG001
        status = error.status_code if isinstance(error, HTTPException) else 500
        service.counts.count("other", status)
        return service.error(status, "Not Found").as_response()

    app = Starlette(
        routes=[Route(path, _Route(service, methods)) for path, methods in routes.items()],
        exception_handlers={HTTPException: refuse},
    )
    app.router.redirect_slashes = False
    return app


class _Route:
    """All operations at one path; a class, because Starlette limits the methods of functions."""

    def __init__(self, service: Service, methods: dict[str, Operation]) -> None:
        self._service = service
        self._methods = methods

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        operation = self._methods.get(request.method)
        content = await request.body()
        if operation is None:
            name, reply = "other", self._service.error(405, "Method Not Allowed")
            reply.headers["Allow"] = ", ".join(self._methods)
        else:
            name, reply = operation.name, self._run(operation, request, content)
        response = reply.as_response()
        self._service.counts.count(name, response.status_code)
        await response(scope, receive, send)

    def _run(self, operation: Operation, request: Request, content: bytes) -> Reply:
        service = self._service
        if service.down:
            return OUTAGE
        try:
            host = request.client.host if request.client else ""
            if service.rate_limit and (wait := service.rate_limit(host, operation.name)):
                return service.busy(wait)
            client = 0 if service.body_before_key else self._check_key(operation, request)
            body = self._parse(operation, request, content)
            if service.body_before_key:
                client = self._check_key(operation, request)
            if operation.body and (faults := list(operation.body(body, ("body",)))):
                return service.invalid(faults if content else [_NO_BODY])
            return operation.run(Call(request.path_params, request.query_params, body, client))
        except Refused as refusal:
            reply: Reply = refusal.args[0]
            return reply

    def _check_key(self, operation: Operation, request: Request) -> int:
        """The number of the client whose key the request has."""
        service, given = self._service, request.headers.get(self._service.key_header)
        if not operation.secured:
            return 0
        if not given:
            raise Refused(service.error(401, f"Missing {service.key_header} header"))
        start, key = given[: len(service.key_prefix)], given[len(service.key_prefix) :]
        for client, right in enumerate(service.keys):
            if hmac.compare_digest(key.encode(), right.encode()) and start.lower() == service.key_prefix.lower():
                return client
        raise Refused(service.unknown_key(key))

    def _parse(self, operation: Operation, request: Request, content: bytes) -> Any:
        """The body as FastAPI reads it: what is not declared to be JSON is one text, and so no object."""
        if operation.body is None or not content:
            return None
        media = request.headers.get("content-type", "").split(";")[0].strip().lower()
        if media != "application/json" and not (media.startswith("application/") and media.endswith("+json")):
            return content.decode(errors="surrogateescape")
        try:
            return json.loads(content)
        except json.JSONDecodeError as error:
            fault = Fault(("body", error.pos), "json_invalid", "JSON decode error", {}, {"error": error.msg})
            raise Refused(self._service.invalid([fault])) from None
        except (ValueError, RecursionError):
            raise Refused(self._service.error(400, "There was an error parsing the body")) from None


_NO_BODY = Fault(("body",), "missing", "Field required", None)
