"""Proxies of the environment: obeyed on the way to a service, and never on the way to this machine."""

import pytest

from faults.catalogue import CANARY, FAULTS
from faults.operations import ENGINES, FILES, LOOKS, OTHERS, SUBMITS, good, run
from faults.server import Hostile


@pytest.fixture
def proxy(monkeypatch):
    """A proxy that listens, named in the environment in every way."""
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with Hostile(good, FAULTS["a 502 of a gateway"].play, lambda heard: heard.method == "CONNECT") as server:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, server.url)
            monkeypatch.setenv(name.lower(), server.url)
        yield server


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.3", "localhost"])
@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_on_this_machine_is_asked_past_the_proxy(engine, host, proxy, tmp_path):
    """A key may go over plain http to this machine alone, so it must not pass through another on the way."""
    for operation in LOOKS if engine == "aiohttp" else [*LOOKS, *OTHERS, *SUBMITS, *FILES]:
        with Hostile(good, host="127.0.0.1" if host == "localhost" else host) as server:
            client = operation.connect(f"http://{host}:{server.port}")
            found, _ = run(engine, operation.script(client, tmp_path / f"{operation}"), client)
        assert not isinstance(found, Exception), f"{operation}: {found!r}"
        assert operation.says(found)
        assert server.heard
    assert 0 == proxy.connections


@pytest.mark.parametrize("engine", ENGINES)
def test_a_service_elsewhere_is_asked_through_the_proxy_by_tls(engine, proxy, tmp_path):
    """The proxy is asked for a tunnel and sees no key: it opens none here, so the wait ends as unreachable."""
    client = LOOKS[2].connect("https://api.example.com")
    found, _ = run(engine, LOOKS[2].script(client, tmp_path), client)
    assert "unreachable" == found.state
    assert {("CONNECT", "api.example.com:443")} == {(heard.method, heard.target) for heard in proxy.heard}
    assert CANARY not in repr(proxy.heard)
