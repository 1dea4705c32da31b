"""TLS that cannot be trusted: refused at once, never retried, and no byte of the key sent."""

import datetime as dt
import ssl
import warnings

import anyio
import pytest
import trustme

from faults.catalogue import CANARY, drip
from faults.operations import ENGINES, FLEETS, POLLS, SUBMITS, good, run
from faults.server import Hostile, hold
from faults.test_faults import error_of, holds_no_secret
from jobwait import errors, promptforge
from jobwait._http.pool import Pool
from jobwait._httpx import httpx
from jobwait._polling.commands import Poll

OURS, THEIRS = trustme.CA(), trustme.CA()
PAST = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def context_of(ca, host="localhost", **more):
    """A server's TLS settings, with a certificate for *host*."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(host, **more).configure_cert(context)
    return context


def trusting():
    """A client's TLS settings that trust our CA alone."""
    context = ssl.create_default_context()
    OURS.configure_trust(context)
    return context


def old_only():
    """A server that knows nothing newer than TLS 1.1."""
    context = context_of(OURS)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():  # that it is old is the point
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


BAD = {
    "another host": lambda: context_of(OURS, "elsewhere.example"),
    "expired": lambda: context_of(OURS, not_before=PAST, not_after=PAST + dt.timedelta(days=30)),
    "unknown issuer": lambda: context_of(THEIRS),
    "TLS 1.1 at most": old_only,
}


def asked(engine, server, url, operation):
    client = operation.connect(url, verify=trusting())
    return run(engine, operation.operation(client, None), client)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("fault", BAD)
def test_a_bad_certificate_is_refused_after_one_attempt(engine, fault):
    """The error names the certificate or TLS."""
    for operation in POLLS[:1] if engine in FLEETS else [POLLS[0], SUBMITS[1]]:
        with Hostile(good, tls=BAD[fault]()) as server:
            found, world = asked(engine, server, server.url, operation)
        error = error_of(found)
        assert type(error) is errors.CallFailed, f"{operation}: {found!r}"
        assert "trying again would not help" in str(error)
        assert holds_no_secret(error)
        assert (1, [], 0) == (server.connections, server.requests, world.slept)


@pytest.mark.parametrize("engine", ENGINES)
def test_plain_http_on_an_https_port_is_refused_after_one_attempt(engine):
    """The server never gets the key."""
    with Hostile(good, lambda connection, _: connection.sendall(b"HTTP/1.1 400 Bad\r\n\r\n"), at_accept=True) as server:
        found, world = asked(engine, server, server.url.replace("http://127.0.0.1", "https://localhost"), POLLS[1])
    assert type(error_of(found)) is errors.CallFailed
    assert (1, 0) == (server.connections, world.slept)
    assert CANARY not in str(server.requests)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_good_certificate_is_trusted(engine):
    """With the right CA the same request succeeds, so the other tests are about the certificate."""
    with Hostile(good, tls=context_of(OURS)) as server:
        found, _ = asked(engine, server, server.url, POLLS[2])
    assert "succeeded" == found.state


def silent(connection, _):
    """A TLS handshake that never gets an answer."""
    hold(connection)


def slow_handshake(connection, _):
    """A TLS record that comes byte by byte and never ends."""
    connection.recv(65536)
    drip(connection, b"\x16\x03\x03\x40\x00" + b"x" * 4000)


def slow_response(connection, _):
    """A handshake, and then headers that come byte by byte and never end."""
    with context_of(OURS, "slow.example").wrap_socket(connection, server_side=True) as tls:
        tls.recv(65536)
        drip(tls, b"HTTP/1.1 200 OK\r\nx-slow: " + b"s" * 4000)


def through_a_tunnel(play):
    """*play* after the answer to a CONNECT."""

    def tunnel(connection, request):
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        play(connection, request)

    return tunnel


@pytest.mark.parametrize("play", [silent, slow_handshake, slow_response])
@pytest.mark.parametrize("style", ["sync", "asyncio", "trio", "fleet"])
@pytest.mark.parametrize("tunnel", [False, True])
def test_tls_that_never_ends_is_ended_by_the_deadline_of_its_request(tunnel, style, play, monkeypatch):
    """In the handshake and after it, and through a proxy's tunnel as well."""
    fault = through_a_tunnel(play) if tunnel else play
    with Hostile(good, fault, lambda request: request.method == "CONNECT", at_accept=not tunnel) as server:
        if tunnel:
            monkeypatch.setenv("HTTPS_PROXY", server.url)
            monkeypatch.delenv("NO_PROXY", raising=False)
        client = POLLS[1].connect(
            "https://slow.example" if tunnel else f"https://localhost:{server.port}", verify=trusting()
        )
        poll = Poll(promptforge.SERVICE, client, {"job_id": "j"}, 0.3)

        async def main():
            pool = Pool(4 if style == "fleet" else None)
            async with client:
                try:
                    return await pool.send_async(poll)
                finally:
                    await pool.aclose()

        with client:
            found = (
                Pool().send(poll)
                if style == "sync"
                else anyio.run(main, backend="trio" if style == "trio" else "asyncio")
            )
    assert isinstance(found, httpx.TimeoutException | httpx.ConnectError), found
