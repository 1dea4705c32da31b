"""The HTTP side that the three services share: routes, key, limit, body, counting."""

import hmac
import json
import math
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import attrs
from starlette.applications import Starlette
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from jobwait.sandbox.checks import Check, Fault
from jobwait.sandbox.rate_limit import Allow
from jobwait.sandbox.stats import Stats


@attrs.frozen
class Call:
    """A request that came through: its path values, its query and its checked body."""

    path: Mapping[str, str]
    query: QueryParams
    body: Any


@attrs.frozen
class Reply:
    """An answer: JSON, or text where *body* is a str."""

    status: int
    body: Any = None
    headers: dict[str, str] = attrs.field(factory=dict[str, str])

    def as_response(self) -> Response:
        """The answer for Starlette."""
        if self.body is None:
            return Response(status_code=self.status, headers=self.headers)
        if isinstance(self.body, str):
            return Response(self.body, self.status, self.headers, media_type="text/plain")
        # ASCII, because what is echoed may hold halves of surrogate pairs.
        return Response(json.dumps(self.body), self.status, self.headers, media_type="application/json")


class Refused(Exception):  # it is an answer, not an error
    """Raised anywhere in an operation to answer *reply* at once."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


@attrs.frozen
class Operation:
    """One operation: where it is, what its body must be, and what it does."""

    name: str
    method: str
    path: str
    run: Callable[[Call], Reply]
    body: Check | None = None
    secured: bool = True


class Service(Protocol):
    """What a service says in its own way."""

    key: str
    key_header: str
    key_prefix: str
    body_before_key: bool  # FastAPI reads JSON before it asks who is there
    stats: Stats
    allow: Allow

    @property
    @abstractmethod
    def operations(self) -> Sequence[Operation]:
        """Everything that it can do."""

    @abstractmethod
    def error(self, status: int, message: str) -> Reply:
        """A refusal in the service's own shape."""

    @abstractmethod
    def invalid(self, faults: list[Fault]) -> Reply:
        """The answer to input that fails its check."""

    @abstractmethod
    def busy(self, seconds: int) -> Reply:
        """The answer to a client that asks too often and may ask again in *seconds*."""


def application(service: Service) -> ASGIApp:
    """The *service* as an ASGI application."""
    places: dict[str, dict[str, Operation]] = {}
    for operation in service.operations:
        places.setdefault(operation.path, {})[operation.method] = operation

    def refuse(request: Request, error: Exception) -> Response:  # noqa: ARG001
        status = error.status_code if isinstance(error, HTTPException) else 500
        service.stats.count("other", status)
        return service.error(status, "Not Found").as_response()

    app = Starlette(
        routes=[Route(path, _Place(service, methods)) for path, methods in places.items()],
        exception_handlers={HTTPException: refuse},
    )
    app.router.redirect_slashes = False
    return app


class _Place:
    """All operations at one path; a class, since Starlette leaves the methods of such endpoints alone."""

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
            name, reply = operation.name, self._answer(operation, request, content)
        self._service.stats.count(name, reply.status)
        await reply.as_response()(scope, receive, send)

    def _answer(self, operation: Operation, request: Request, content: bytes) -> Reply:
        service = self._service
        try:
            wait = service.allow(request.client.host if request.client else "", operation.name)
            if wait is not None:
                return service.busy(wait)
            if not service.body_before_key:
                self._check_key(operation, request)
            body = self._read(operation, request, content)
            if service.body_before_key:
                self._check_key(operation, request)
            if operation.body and (faults := list(operation.body(body, ("body",)))):
                return service.invalid(faults)
            return operation.run(Call(request.path_params, request.query_params, body))
        except Refused as refusal:
            return refusal.reply

    def _check_key(self, operation: Operation, request: Request) -> None:
        if not operation.secured:
            return
        service = self._service
        given = request.headers.get(service.key_header)
        if given is None:
            raise Refused(service.error(401, f"Missing {service.key_header} header"))
        start, key = given[: len(service.key_prefix)], given[len(service.key_prefix) :]
        same = hmac.compare_digest(key.encode(), service.key.encode())
        if start.lower() != service.key_prefix.lower() or not same:
            raise Refused(service.error(401, "Invalid or revoked API key"))

    def _read(self, operation: Operation, request: Request, content: bytes) -> Any:
        if operation.body is None:
            return None
        media = request.headers.get("content-type", "application/json").split(";")[0].strip().lower()
        if media != "application/json" and not media.endswith("+json"):
            fault = Fault(("body",), "model_attributes_type", "Input should be a JSON object", None)
            raise Refused(self._service.invalid([fault]))
        if not content:
            raise Refused(self._service.invalid([Fault(("body",), "missing", "Field required", None)]))
        try:
            return json.loads(content, parse_constant=_no_constant, parse_float=_finite)
        except (ValueError, RecursionError) as error:
            place = getattr(error, "pos", 0)
            fault = Fault(("body", place), "json_invalid", "JSON decode error", {})
            raise Refused(self._service.invalid([fault])) from None


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    # What overflows here could be echoed by no JSON answer.
    value = float(text)
    if math.isinf(value):
        raise ValueError("out of range")
    return value
