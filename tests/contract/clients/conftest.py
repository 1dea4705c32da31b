"""A PromptForge client whose answers a test writes itself."""

from collections.abc import Callable

import pytest
from tests.support.payloads import PROMPTFORGE_JOB

from jobwait._httpx import httpx
from promptforge_client import AuthenticatedClient

KEY = "pf-secret-key"
STATUS = dict(PROMPTFORGE_JOB)


class Service:
    """Gives each request the same answer and keeps what was asked."""

    def __init__(self) -> None:
        self.answer = httpx.Response(200, json=STATUS)
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer *request*."""
        self.asked.append(httpx.Request(request.method, request.url, headers=request.headers, content=request.read()))
        return httpx.Response(self.answer.status_code, headers=self.answer.headers, content=self.answer.content)


@pytest.fixture
def service() -> Service:
    """The service that the clients of a test talk to."""
    return Service()


@pytest.fixture
def connect(service: Service) -> Callable[..., AuthenticatedClient]:
    """Make a client of that service."""
    return lambda **settings: AuthenticatedClient(
        **{"token": KEY, "transport": httpx.MockTransport(service), **settings}
    )


@pytest.fixture
def client(connect: Callable[..., AuthenticatedClient]) -> AuthenticatedClient:
    """A client with the usual settings."""
    return connect()
