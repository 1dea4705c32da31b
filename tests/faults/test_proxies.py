"""Proxies and certificates of the environment: used for services, refused by name, passed by this machine."""

import json
import os
import shutil
import socket
import ssl
import subprocess
import sys

import pytest
import trustme

from faults.catalogue import CANARY, FAULTS
from faults.operations import ENGINES, FILES, FLEETS, MOMENT, OTHERS, POLLS, SUBMITS, good, run
from faults.server import Hostile, response
from faults.tunnels import Tunnels
from jobwait import errors, freeplay, fryte, promptforge
from jobwait._httpx import httpx
from support.shell import Shell

MODULES = {"freeplay": freeplay, "fryte": fryte, "promptforge": promptforge}
CONTEXT = ssl.create_default_context()


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


@pytest.fixture
def closed_port():
    """A port of this machine on which nothing listens."""
    with socket.socket() as held:  # bound, so that nobody takes it meanwhile
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("engine", ENGINES)
def test_a_proxy_that_is_down_is_named_by_its_variable(engine, variable, closed_port, no_variables, tmp_path):
    """In waits, other requests and submissions; never by its address, which may hold a password."""
    no_variables.setenv(variable, f"http://me:{CANARY}@127.0.0.1:{closed_port}")
    for operation in POLLS if engine in FLEETS else [*POLLS, *OTHERS, *SUBMITS]:
        client = operation.connect("https://nowhere.invalid")
        found, _ = run(engine, operation.operation(client, tmp_path), client)
        error = found if isinstance(found, Exception) else found.error
        assert isinstance(error, errors.CallFailed), operation
        assert f"no response came from nowhere.invalid through the proxy that {variable} names (" in str(error)
        assert CANARY not in f"{error!r} {error.__cause__!r}"


@pytest.mark.parametrize("engine", ENGINES)
def test_a_host_that_passes_the_proxy_is_named_alone(engine, closed_port, no_variables, tmp_path):
    """This machine, and what NO_PROXY names."""
    no_variables.setenv("HTTPS_PROXY", f"http://127.0.0.1:{closed_port}")
    client = POLLS[1].connect(f"https://127.0.0.1:{closed_port}")
    found, _ = run(engine, POLLS[1].operation(client, tmp_path), client)
    assert "no response came from 127.0.0.1 (" in str(found.error)
    other, url = POLLS[1].connect("https://nowhere.invalid"), httpx.URL("https://nowhere.invalid/a")
    assert "HTTPS_PROXY" == other.proxy_of(url)
    no_variables.setenv("NO_PROXY", "nowhere.invalid")
    assert "" == other.proxy_of(url)


CA = trustme.CA()
SERVICE, STORE = "api.example.com", "storage.googleapis.com"


def answer(request):
    """The good responses, with links to the store."""
    if request.target.partition("?")[0].endswith("/results"):
        file = {"filename": "f.jsonl", "url": f"https://{STORE}/bucket?signature={CANARY}", "expires_at": MOMENT}
        return response(json.dumps({"job_id": "3f7a1c2e", "status": "COMPLETED", "files": [file]}).encode())
    return good(request)


def trusting(path):
    """The file at *path* with our CA, as a company hands it out."""
    CA.cert_pem.write_to_path(path)
    return str(path)


@pytest.fixture
def server():
    """Service and store in one, by TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    CA.issue_cert(SERVICE, STORE, "localhost").configure_cert(context)
    with Hostile(answer, tls=context) as hostile:
        yield hostile


@pytest.fixture
def no_variables(monkeypatch):
    """No proxy and no certificates in the environment."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name.startswith("SSL_CERT_"):
            monkeypatch.delenv(name)
    return monkeypatch


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("kind", ["http", "socks5", "socks5h"])
@pytest.mark.parametrize("engine", ENGINES)
def test_the_environments_proxy_makes_the_tunnel(engine, kind, variable, server, no_variables, tmp_path):
    """For single waits, fleets, submissions and downloads; a company's CA is trusted, and the proxy sees no key."""
    if kind.startswith("socks"):
        pytest.importorskip("socksio")
    with Tunnels(server.port) as proxy:
        no_variables.setenv(variable, f"{kind}://127.0.0.1:{proxy.port}")
        for operation in [POLLS[2]] if engine in FLEETS else [POLLS[2], SUBMITS[1], *FILES]:
            client = MODULES[operation.service].connect(
                CANARY, base_url=f"https://{SERVICE}", verify=trusting(tmp_path / "ca.pem")
            )
            found, _ = run(engine, operation.operation(client, tmp_path / f"{operation}"), client)
            assert not isinstance(found, Exception), f"{operation}: {found!r}"
            assert operation.says(found)
    expected = {f"{SERVICE}:443"} if engine in FLEETS else {f"{SERVICE}:443", f"{STORE}:443"}
    assert expected == {target for _, target, _ in proxy.asked}
    assert CANARY not in repr(proxy.asked)


@pytest.mark.parametrize("way", ["verify=", "SSL_CERT_FILE", "SSL_CERT_DIR"])
@pytest.mark.parametrize("engine", ENGINES)
def test_a_companys_certificates_are_trusted(engine, way, server, no_variables, tmp_path):
    """By each engine: aiohttp too."""
    ca = trusting(tmp_path / "ca.pem")
    folder = tmp_path / "certificates"
    folder.mkdir()
    trusting(folder / "0.pem")
    if way == "SSL_CERT_DIR":
        if shutil.which("openssl") is None:
            pytest.skip("OpenSSL's command names the files of such a folder")
        subprocess.run(["openssl", "rehash", str(folder)], check=True, capture_output=True)
    given = {"verify": ca} if way == "verify=" else {}
    if not given:
        no_variables.setenv(way, ca if way == "SSL_CERT_FILE" else str(folder))
    client = MODULES["fryte"].connect(CANARY, base_url=f"https://localhost:{server.port}", **given)
    found, _ = run(engine, POLLS[1].operation(client, tmp_path), client)
    assert "succeeded" == found.state, found.error


@pytest.mark.parametrize("engine", ENGINES)
def test_a_client_certificate_in_the_context_is_shown(engine, no_variables, tmp_path):
    """To a server that asks for one; without it the wait ends at once."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    CA.issue_cert("localhost").configure_cert(context)
    context.verify_mode = ssl.CERT_REQUIRED
    CA.configure_trust(context)
    mine = ssl.create_default_context()
    CA.configure_trust(mine)
    CA.issue_cert("me.example").configure_cert(mine)
    with Hostile(answer, tls=context) as hostile:
        client = MODULES["fryte"].connect(CANARY, base_url=hostile.url, verify=mine)
        found, _ = run(engine, POLLS[1].operation(client, tmp_path), client)
    assert "succeeded" == found.state, found.error


@pytest.mark.parametrize("engine", ENGINES)
def test_a_proxy_that_is_reached_by_tls_is_trusted_by_the_same_certificates(engine, no_variables, tmp_path):
    """Those of verify=: a company's CA signs the proxy's certificate too."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    CA.issue_cert("localhost").configure_cert(context)
    with Hostile(good, FAULTS["a 502 of a gateway"].play, lambda _: True, tls=context) as proxy:
        no_variables.setenv("HTTPS_PROXY", f"https://localhost:{proxy.port}")
        client = POLLS[2].connect(f"https://{SERVICE}", verify=trusting(tmp_path / "ca.pem"))
        found, _ = run(engine, POLLS[2].operation(client, tmp_path), client)
    assert "unreachable" == found.state  # as the proxy makes no tunnel
    assert {("CONNECT", f"{SERVICE}:443")} == {(request.method, request.target) for request in proxy.requests}


UNUSABLE = {
    "SOCKS without its package": ("ALL_PROXY", "socks5://127.0.0.1:1080"),
    "an unknown kind": ("all_proxy", "socks://127.0.0.1:1080"),
    "another kind": ("HTTPS_PROXY", "ftp://127.0.0.1:1080"),
    "no port": ("https_proxy", "http://127.0.0.1:port"),
    "a port beyond all": ("HTTPS_PROXY", "http://127.0.0.1:99999"),
    "no host": ("HTTPS_PROXY", "http://:8080"),
    "half a scheme": ("HTTPS_PROXY", "http//127.0.0.1:8080"),
    "no port at all": ("HTTPS_PROXY", "http://127.0.0.1:0"),
    "a host with an empty label": ("HTTPS_PROXY", "http://proxy..example:8080"),
    "a host with a label that is too long": ("https_proxy", f"http://{'a' * 64}.example:8080"),
    "a host with a space": ("HTTPS_PROXY", "http://pro xy:8080"),
    "for http alone": ("http_proxy", "http://user:p@ss:w@rd@h:x"),
    "an IPv6 network that passes": ("NO_PROXY", "localhost,127.0.0.1,fe80::/10"),
    "an IPv6 address in brackets that passes": ("no_proxy", "[::1]"),
    "a port that passes": ("NO_PROXY", "example.com:x"),
}


@pytest.fixture(params=UNUSABLE)
def unusable(request, no_variables):
    """A variable that httpx cannot use, set."""
    variable, value = UNUSABLE[request.param]
    no_variables.setenv(variable, value)
    if "socks5" in value:
        no_variables.setitem(sys.modules, "socksio", None)
        no_variables.setattr("importlib.util.find_spec", lambda _: None)
    return variable


@pytest.mark.parametrize("engine", ENGINES)
def test_a_proxy_variable_that_cannot_be_used_is_refused_by_name(engine, unusable, tmp_path):
    """By connect(), and by a client that was made before; nothing is sent, and the value is not shown."""
    with pytest.raises(errors.InvalidInput, match=f"{unusable} ") as refusal:
        MODULES["promptforge"].connect(CANARY, base_url=f"https://{SERVICE}")
    assert "p@ss" not in str(refusal.value)
    assert "httpx[socks]" not in str(refusal.value)
    for operation in [POLLS[2]] if engine in FLEETS else [POLLS[2], SUBMITS[1], *FILES]:
        client = operation.connect(f"https://{SERVICE}", verify=CONTEXT)
        found, world = run(engine, operation.operation(client, tmp_path), client)
        assert type(found) is errors.InvalidInput, f"{operation}: {found!r}"
        assert f"{unusable} " in str(found)
        assert 0 == world.slept


@pytest.mark.parametrize("engine", ENGINES)
def test_loopback_passes_a_proxy_variable_whatever_it_holds(engine, unusable, tmp_path):
    """The sandbox works everywhere."""
    for operation in [POLLS[2]] if engine in FLEETS else [POLLS[2], SUBMITS[1], *FILES]:
        with Hostile(good) as hostile:
            client = MODULES[operation.service].connect(CANARY, base_url=hostile.url, verify=CONTEXT)
            found, _ = run(engine, operation.operation(client, tmp_path / f"{operation}"), client)
        assert not isinstance(found, Exception), f"{operation}: {found!r}"
        assert operation.says(found)


@pytest.mark.parametrize("url", ["https://api.example.com", None])
def test_the_command_names_a_proxy_variable_that_cannot_be_used(url, no_variables, tmp_path):
    """In one sentence, as bad usage; on loopback it works."""
    with Hostile(good) as hostile:
        no_variables.setenv("NO_PROXY", "fe80::/10")
        env = {"PROMPTFORGE_API_KEY": CANARY, "PROMPTFORGE_BASE_URL": url or hostile.url, "HOME": str(tmp_path)}
        done = Shell(tmp_path, {**os.environ, **env})("wait", "promptforge:3f7a1c2e", "--timeout", "3s")
    assert (2 if url else 0) == done.returncode
    assert ("NO_PROXY holds 'fe80::/10'" in done.stderr) == bool(url)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("passes", "direct"),
    [("*", True), ("example.com", True), (".example.com", True), ("api.example.com", True), ("ample.com", False)],
)
def test_what_no_proxy_names_goes_past_the_proxy(passes, direct, no_variables):
    """Then many jobs in one event loop may have connections of their own, as without a proxy."""
    no_variables.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    no_variables.setenv("NO_PROXY", passes)
    client = POLLS[2].connect(f"https://{SERVICE}", verify=CONTEXT)
    assert direct == (client.verify is CONTEXT)
