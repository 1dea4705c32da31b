"""Proxies of the environment: used for services, never for this machine."""

import pytest

from faults.catalogue import CANARY, FAULTS
from faults.operations import ENGINES, FILES, FLEETS, OTHERS, POLLS, SUBMITS, good, run
from faults.server import Hostile


@pytest.fixture
def proxy(monkeypatch):
    """A proxy that listens, named in the environment in every way."""
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with Hostile(good, FAULTS["a 502 of a gateway"].play, lambda request: request.method == "CONNECT") as server:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, server.url)
            monkeypatch.setenv(name.lower(), server.url)
        yield server


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.3", "localhost"])
@pytest.mark.parametrize("engine", ENGINES)
def test_loopback_is_requested_without_the_proxy(engine, host, proxy, tmp_path):
    """A key may be sent over plain http to this machine alone, so not through a proxy."""
    for operation in POLLS if engine in FLEETS else [*POLLS, *OTHERS, *SUBMITS, *FILES]:
        with Hostile(good, host="127.0.0.1" if host == "localhost" else host) as server:
            client = operation.connect(f"http://{host}:{server.port}")
            found, _ = run(engine, operation.operation(client, tmp_path / f"{operation}"), client)
        assert not isinstance(found, Exception), f"{operation}: {found!r}"
        assert operation.says(found)
        assert server.requests
    assert 0 == proxy.connections


@pytest.mark.parametrize("engine", ENGINES)
def test_another_host_is_requested_through_the_proxy_by_tls(engine, proxy, tmp_path):
    """The proxy is asked for a tunnel and gets no key; it refuses, so the wait ends as unreachable."""
    client = POLLS[2].connect("https://api.example.com")
    found, _ = run(engine, POLLS[2].operation(client, tmp_path), client)
    assert "unreachable" == found.state
    assert {("CONNECT", "api.example.com:443")} == {(request.method, request.target) for request in proxy.requests}
    assert CANARY not in repr(proxy.requests)
