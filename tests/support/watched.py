"""What the tests of watches share: functions that answer as told, and exceptions shaped like those of SDKs."""

import enum
from http import HTTPStatus
from types import SimpleNamespace
from urllib.error import HTTPError

from jobwait import watch
from jobwait._httpx import httpx

RUNNING, DONE = {"status": "running"}, {"status": "done"}


def scripted(*answers):
    """A function that returns, or raises, one of *answers* a call, and the last for ever; `calls` counts."""

    def function():
        function.calls += 1
        answer = answers[min(function.calls, len(answers)) - 1]
        if isinstance(answer, BaseException):
            raise answer
        return answer

    function.calls = 0
    return function


def kiln(function, **more):
    """A watch of *function*, with words of its own unless *more* has others."""
    words = {} if "done" in more else {"running": {"running"}, "succeeded": {"done"}, "failed": {"cracked"}}
    return watch(function, **{"id": "7", "name": "kiln", **words, **more})


class ApiStatusError(Exception):
    """As openai, anthropic and azure raise it: response, request, status_code, body."""

    def __init__(self, status, headers=(), text="refused"):
        super().__init__(text)
        self.request = httpx.Request("GET", "https://api.invalid/", headers={"authorization": "Bearer the-secret-key"})
        self.response = SimpleNamespace(status_code=status, headers=httpx.Headers(dict(headers)))
        self.status_code, self.request_id, self.body = status, "req_1", None


class ClientError(Exception):
    """As botocore raises it: a mapping with the code and the headers."""

    def __init__(self, status, headers=(), code="Odd"):
        super().__init__(f"An error occurred ({code})")
        meta = {"HTTPStatusCode": status, "HTTPHeaders": dict(headers), "RequestId": "r"}
        self.response = {"Error": {"Code": code}, "ResponseMetadata": meta}


class GoogleError(Exception):
    """As google-api-core raises it over gRPC: no response, a delay in the details."""

    def __init__(self, status, seconds=None):
        super().__init__(f"{status} told so")
        self.code, self.response, self.errors = HTTPStatus(status), None, []
        delay = SimpleNamespace(seconds=seconds, nanos=0)
        self.details = [] if seconds is None else [SimpleNamespace(links=[]), SimpleNamespace(retry_delay=delay)]


class GrpcError(Exception):
    """As grpc raises it: code() is a method."""

    def __init__(self, name):
        super().__init__(name)
        self.code = lambda: enum.Enum("StatusCode", {name: (5, "text")})[name]


class StatusError(Exception):
    """As aiohttp raises it: status and headers, beside the request."""

    def __init__(self, status, headers=()):
        super().__init__("refused")
        self.status, self.headers = status, dict(headers)


def of_requests(status, headers=()):
    """As requests raises it: all is in the response, which is false."""
    error = OSError("refused")
    error.response = type("Response", (), {"__bool__": lambda self: False})()
    error.response.status_code, error.response.headers = status, dict(headers)
    return error


def of_urllib(status, headers=()):
    """As urllib raises it."""
    return HTTPError("https://api.invalid/?sig=s", status, "refused", httpx.Headers(dict(headers)), None)


def of_httpx(status, headers=()):
    """As httpx raises it; with the query of the link in its text."""
    request = httpx.Request("GET", "https://api.invalid/jobs?sig=the-secret-key")
    response = httpx.Response(status, headers=dict(headers), request=request)
    return httpx.HTTPStatusError(f"Client error for url '{request.url}'", request=request, response=response)


KINDS = [ApiStatusError, ClientError, StatusError, of_requests, of_urllib, of_httpx]
