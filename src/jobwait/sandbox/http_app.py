"""The HTTP application that the three services share: routes, API key, rate limit, body, counts."""

import hmac
import json
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import attrs
from starlette.applications import Starlette
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from jobwait.sandbox.clock import Clock
from jobwait.sandbox.input_checks import Check, Fault
from jobwait.sandbox.rate_limit import SlidingWindow
from jobwait.sandbox.request_counts import RequestCounts
from jobwait.sandbox.state_file import Store


@attrs.frozen
class Call:
    """An accepted request: its path parameters, its query and its checked body."""

    path: Mapping[str, str]
    query: QueryParams
    body: Any


@attrs.frozen
class Reply:
    """A response: JSON, or text if *body* is a str."""

    status: int
    body: Any = None
    headers: dict[str, str] = attrs.field(factory=dict[str, str])

    def as_response(self) -> Response:
        """The response for Starlette."""
        if self.body is None:
            return Response(status_code=self.status, headers=self.headers)
        if isinstance(self.body, str):
            return Response(self.body, self.status, self.headers, media_type="text/plain")
        # ASCII, because echoed input may contain unpaired surrogates.
        return Response(json.dumps(self.body), self.status, self.headers, media_type="application/json")


class Refused(Exception):  # a response, not an error
    """Raised in an operation to send *reply* at once."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


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
    What the services share: how an API key is sent and checked, how errors are written, and FastAPI's behaviour.

    *counted* names the operations that submit and that poll. Without a *rate_limit* every request may pass.
    """

    key_header: ClassVar[str] = "authorization"
    key_prefix: ClassVar[str] = "Bearer "
    body_before_key: ClassVar[bool] = True  # FastAPI parses JSON before it checks the API key
    error_field: ClassVar[str] = "detail"
    counted: ClassVar[tuple[str, str]]

    seed: int
    key: str
    clock: Clock
    store: Store
    rate_limit: SlidingWindow | None
    counts: RequestCounts = attrs.field(
        init=False, default=attrs.Factory(lambda self: RequestCounts(*self.counted), takes_self=True)
    )

    @abstractmethod
    def operations(self) -> list[Operation]:
        """All its operations."""

    def error(self, status: int, message: str) -> Reply:
        """An error response in the service's format."""
        return Reply(status, {self.error_field: message})

    def invalid(self, faults: list[Fault]) -> Reply:
        """The response to input that fails its check: all faults, in FastAPI's format."""
        return Reply(422, {"detail": [fault.as_json() for fault in faults]})

    def busy(self, seconds: int) -> Reply:
        """The response to a request beyond the rate limit, which the caller set; another may be sent in *seconds*."""
        return attrs.evolve(self.error(429, "Too Many Requests"), headers={"Retry-After": str(seconds)})


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
        self._service.counts.count(name, reply.status)
        await reply.as_response()(scope, receive, send)

    def _run(self, operation: Operation, request: Request, content: bytes) -> Reply:
        service = self._service
        try:
            host = request.client.host if request.client else ""
            if service.rate_limit and (wait := service.rate_limit(host, operation.name)):
                return service.busy(wait)
            if not service.body_before_key:
                self._check_key(operation, request)
            body = self._parse(operation, request, content)
            if service.body_before_key:
                self._check_key(operation, request)
            if operation.body and (faults := list(operation.body(body, ("body",)))):
                return service.invalid(faults)
            return operation.run(Call(request.path_params, request.query_params, body))
        except Refused as refusal:
            return refusal.reply

    def _check_key(self, operation: Operation, request: Request) -> None:
        service, given = self._service, request.headers.get(self._service.key_header)
        if not operation.secured:
            return
        if given is None:
            raise Refused(service.error(401, f"Missing {service.key_header} header"))
        start, key = given[: len(service.key_prefix)], given[len(service.key_prefix) :]
        same = hmac.compare_digest(key.encode(), service.key.encode())
        if start.lower() != service.key_prefix.lower() or not same:
            raise Refused(service.error(401, "Invalid or revoked API key"))

    def _parse(self, operation: Operation, request: Request, content: bytes) -> Any:
        if operation.body is None:
            return None
        media = request.headers.get("content-type", "application/json").split(";")[0].strip().lower()
        if media != "application/json" and not media.endswith("+json"):
            fault = Fault(("body",), "model_attributes_type", "Input should be a JSON object", None)
        elif not content:
            fault = Fault(("body",), "missing", "Field required", None)
        else:
            try:
                return json.loads(content, parse_constant=_no_constant, parse_float=_finite)
            except (ValueError, RecursionError) as error:
                fault = Fault(("body", getattr(error, "pos", 0)), "json_invalid", "JSON decode error", {})
        raise Refused(self._service.invalid([fault]))


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    # JSON cannot express infinity, so it could not be echoed.
    value = float(text)
    if math.isinf(value):
        raise ValueError("out of range")
    return value
