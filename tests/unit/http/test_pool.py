"""One request: bounded in time and size, without the key in its result, and the one retry below the rules."""

import asyncio
import gzip
import logging
import socket
import threading
import zlib
from contextlib import contextmanager

import anyio
import pytest

from jobwait import promptforge
from jobwait._http.attempt import Attempt
from jobwait._http.deadline import SLOWEST
from jobwait._http.engines.httpx_sync import _SyncDeadline, _Trace
from jobwait._http.pool import STATUS_BODY_LIMIT, Pool
from jobwait._httpx import httpx
from jobwait._polling.commands import Poll, SendRequest

KEY = "sk-CANARY-0123456789"
OK = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"


@contextmanager
def raw_server(*operations):
    """
    A server on loopback that plays one list of responses for each connection.

    Each is a list of byte strings, each sent after a request was read; at its end the connection is closed.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(20)
    observation = []

    def serve():
        for operation in operations:
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(20)
                for answer in operation:
                    request = b""
                    while b"\r\n\r\n" not in request:
                        chunk = connection.recv(65536)
                        if not chunk:
                            break
                        request += chunk
                    observation.append(request)
                    connection.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", observation
    finally:
        thread.join(20)
        listener.close()


STYLES = ["sync", "asyncio", "trio"]
POLLING = [*STYLES, "fleet"]  # the last as the polls of many jobs go in asyncio


def sent(url, style, requests, command=None):
    """What comes back for *requests*, sent one after the other on one client."""
    client, pool = promptforge.connect(KEY, base_url=url), Pool(4 if style == "fleet" else None)
    commands = [command or command_for(client, request) for request in requests]

    async def main():
        async with client:
            found = [await pool.send_async(one) for one in commands]
            await pool.aclose()
            return found

    if style != "sync":
        return anyio.run(main, backend="trio" if style == "trio" else "asyncio")
    with client:
        return [pool.send(one) for one in commands]


def command_for(client, method):
    """A poll; or a request of another method, which goes to the same address."""
    poll = Poll(promptforge.SERVICE, client, {"job_id": "j"}, 10.0)
    if method == "GET":
        return poll

    def build():
        request = promptforge.SERVICE.poll(client, poll.ids)
        return httpx.Request(method, request.url, headers=request.headers, extensions=request.extensions)

    return SendRequest(client, build, timeout=10.0)


@pytest.mark.parametrize("style", POLLING)
def test_a_get_on_a_closed_idle_connection_is_sent_again(style):
    """At once, and it is no failure."""
    with raw_server([OK, b""], [OK]) as (url, observation):
        first, second = sent(url, style, ["GET", "GET"])
    assert [200, 200] == [first.status_code, second.status_code]
    assert len([request for request in observation if request]) in {2, 3}


@pytest.mark.parametrize("style", STYLES)
def test_a_post_is_never_sent_again_by_the_pool(style):
    """Whatever happened to its connection."""
    with raw_server([OK, b""]) as (url, observation):
        first, second = sent(url, style, ["GET", "POST"])
    assert 200 == first.status_code
    assert isinstance(second, httpx.TransportError)
    assert 1 == sum(request.startswith(b"POST") for request in observation)


@pytest.mark.parametrize("style", POLLING)
def test_a_get_on_a_broken_new_connection_is_a_failure(style):
    """The rules classify it."""
    with raw_server([b""]) as (url, observation):
        (answer,) = sent(url, style, ["GET"])
    assert isinstance(answer, httpx.RemoteProtocolError)
    assert 1 == len(observation)


def answer(body, *headers):
    head = [b"HTTP/1.1 200 OK", b"content-type: application/json", b"content-length: %d" % len(body), *headers]
    return b"\r\n".join(head) + b"\r\n\r\n" + body


@pytest.mark.parametrize("style", POLLING)
@pytest.mark.parametrize("size", [STATUS_BODY_LIMIT, STATUS_BODY_LIMIT + 1])
def test_a_status_body_above_1_mib_is_refused(style, size):
    """One of exactly 1 MiB is accepted."""
    with raw_server([answer(b"x" * size)]) as (url, _):
        (got,) = sent(url, style, ["GET"])
    if size == STATUS_BODY_LIMIT:
        assert size == len(got.content)
    else:
        assert isinstance(got, httpx.DecodingError)


@pytest.mark.parametrize("style", POLLING)
@pytest.mark.parametrize(
    ("body", "encoding", "expected"),
    [
        (gzip.compress(b'{"a": 1}'), b"gzip", b'{"a": 1}'),
        (zlib.compress(b'{"a": 2}'), b"deflate", b'{"a": 2}'),
        (gzip.compress(b"0" * (64 << 20)), b"gzip", None),
        (b"no gzip at all", b"gzip", None),
        (b"{}", b"br", None),
    ],
    ids=["gzip", "deflate", "bomb", "damaged", "not asked for"],
)
def test_compressed_bodies_are_decoded_up_to_the_limit(style, body, encoding, expected):
    """A bomb, a damaged body and other encodings are failures."""
    with raw_server([answer(body, b"content-encoding: " + encoding)]) as (url, _):
        (got,) = sent(url, style, ["GET"])
    if expected is None:
        assert isinstance(got, httpx.DecodingError)
    else:
        assert expected == got.content


@pytest.mark.parametrize("style", POLLING)
def test_a_poll_asks_for_no_encoding_and_removes_its_key(style):
    """The key is in neither response nor error."""
    with raw_server([OK]) as (url, observation):
        (got,) = sent(url, style, ["GET"])
    assert b"accept-encoding: identity" in observation[0].lower()
    assert KEY.encode() in observation[0]
    assert "CANARY" not in f"{got.request.headers.multi_items()}{got.request.extensions}"


@pytest.mark.parametrize("style", STYLES)
def test_signed_links_are_in_no_log(style, caplog):
    """The httpx library logs URLs; those of another origin, which may be signed, are not logged."""
    caplog.set_level(logging.INFO)
    with raw_server([OK]) as (url, _):
        client = promptforge.connect(KEY, base_url="http://127.0.0.1:1")
        request = httpx.Request("GET", f"{url}/file?signature=CANARY")
        command = SendRequest(client, lambda: request)

        async def main():
            async with client:
                return await Pool().send_async(command)

        got = Pool().send(command) if style == "sync" else anyio.run(main, backend=style)
        client.close()
    assert 200 == got.status_code
    assert "CANARY" not in caplog.text


def attempt():
    """An attempt that nobody sends."""
    return Attempt(None, "GET", "https://host.invalid", {}, None, 1.0, {}, 1)


class DrippingStream:
    """A network stream that responds at once, and notes its timeouts."""

    def __init__(self):
        self.allowed = []

    def read(self, _max_bytes, timeout=None):
        self.allowed.append(timeout)
        return b"x"

    def write(self, buffer, timeout=None):
        self.allowed.append(timeout)


@pytest.mark.parametrize("step", ["connection.connect_tcp", "proxy.start_tls", "socks.connect_tcp", "socks.start_tls"])
def test_every_read_is_bounded_by_the_deadline(step):
    """On a connection, and on one through a proxy; outside of a deadline the stream is unchanged."""
    stream = DrippingStream()
    _Trace(attempt()).note(f"{step}.complete", {"return_value": stream})
    with _SyncDeadline(5.0, bulk=False):
        stream.read(1, 30.0)
        stream.read(1)
        stream.read(1, 0.001)
    stream.read(1, 30.0)
    assert [True, True] == [0 < allowed <= 5.0 for allowed in stream.allowed[:2]]
    assert [0.001, 30.0] == stream.allowed[2:]


def test_a_deadline_that_an_interruption_left_bounds_no_later_read(monkeypatch):
    """Ctrl-C can come between the end of a request and the end of its deadline."""
    stream = DrippingStream()
    _Trace(attempt()).note("connection.connect_tcp.complete", {"return_value": stream})

    def interrupted(_deadline, *_error):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(_SyncDeadline, "__exit__", interrupted)
        with pytest.raises(KeyboardInterrupt), _SyncDeadline(0.0, bulk=False):
            pass
    stream.read(1, 30.0)
    assert [30.0] == stream.allowed


@pytest.mark.parametrize("by", ["connection", "proxy", "socks"])
def test_every_write_and_handshake_is_bounded_by_the_deadline(by):
    """Even if the peer reads slowly, or the handshake never ends, with a proxy or without."""
    stream, trace = DrippingStream(), _Trace(attempt())
    trace.note("connection.connect_tcp.complete", {"return_value": stream})
    with _SyncDeadline(5.0, bulk=False):
        stream.write(b"x" * 200_000, 30.0)
        steps = [{"timeout": 30.0}, {"timeout": None}, {"timeout": 0.001}]
        for command in steps:
            trace.note(f"{by}.start_tls.started", command)
    assert 4 == len(stream.allowed)
    assert all(0 < allowed <= 5.0 for allowed in stream.allowed)
    assert [True, True] == [0 < command["timeout"] <= 5.0 for command in steps[:2]]
    assert 0.001 == steps[2]["timeout"]


class SlowEngine:
    """An engine that notes the time of each attempt; the first ends after six seconds, as if the server had hung up."""

    def __init__(self, clock):
        self.clock, self.given = clock, []

    def run(self, attempt):
        self.given.append((attempt.timeout, dict(attempt.timeouts)))
        self.clock[0] += 6.0
        attempt.reused = len(self.given) == 1
        raise httpx.ReadError("closed")


def test_the_time_of_a_request_includes_its_engine_its_key_and_a_second_attempt(monkeypatch):
    """Of ten seconds one goes to the engine, two to the key, which is asked for twice, and six to the first."""
    clock = [100.0]
    monkeypatch.setattr("jobwait._http.pool.time.monotonic", lambda: clock[0])
    engine = SlowEngine(clock)

    def later(seconds, value):
        clock[0] += seconds
        return value

    monkeypatch.setattr("jobwait._http.engines.httpx_sync.HttpxSync", lambda client: later(1.0, engine))
    with promptforge.connect(lambda: later(1.0, KEY), base_url="http://127.0.0.1:9") as client:
        poll = Poll(promptforge.SERVICE, client, {"job_id": "j"}, 10.0)
        assert isinstance(Pool().send(poll), httpx.ReadError)
    (first, parts), (second, rest) = engine.given
    assert (first, set(parts.values())) == (pytest.approx(7.0), {first})
    assert (second, set(rest.values())) == (pytest.approx(1.0), {second})


def test_a_read_after_the_deadline_raises():
    """Instead of waiting for the next byte."""
    stream = DrippingStream()
    _Trace(attempt()).note("connection.start_tls.complete", {"return_value": stream})
    with _SyncDeadline(0.0, bulk=True) as deadline:
        with pytest.raises(httpx.ReadTimeout):
            stream.read(1)
        with pytest.raises(httpx.ReadTimeout):
            deadline.extend(1 << 30)
    assert [] == stream.allowed


def test_each_byte_of_a_file_extends_the_deadline():
    """Of a request that transfers a file, not of others."""
    with _SyncDeadline(5.0, bulk=True) as deadline:
        deadline.extend(100 * SLOWEST)
        assert 100 < deadline.left() <= 105
    with _SyncDeadline(5.0, bulk=False) as deadline:
        deadline.extend(100 * SLOWEST)
        assert deadline.left() <= 5


@pytest.mark.parametrize("style", POLLING)
@pytest.mark.parametrize("cut", [True, False], ids=["cut short", "two members"])
def test_an_incomplete_compressed_body_is_refused(style, cut):
    """A gzip body of two members is read to its end."""
    body = gzip.compress(b'{"a": [') + gzip.compress(b"1]}")
    with raw_server([answer(body[:-3] if cut else body, b"content-encoding: gzip")]) as (url, _):
        (got,) = sent(url, style, ["GET"])
    if cut:
        assert isinstance(got, httpx.DecodingError)
    else:
        assert {"a": [1]} == got.json()


@pytest.mark.parametrize("style", POLLING)
def test_a_key_that_the_server_repeats_is_redacted(style):
    """Some servers quote the key that they refuse."""
    body = b'{"detail": "no such key: %s"}' % KEY.encode()
    head = b"HTTP/1.1 401 No\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
    with raw_server([head + body]) as (url, _):
        (got,) = sent(url, style, ["GET"])
    assert {"detail": "no such key: [key]"} == got.json()


@pytest.mark.parametrize("style", POLLING)
@pytest.mark.parametrize("quoted", [b"HTTP/1.1 4000 %s\r\n\r\n", b"%s\r\n\r\n", b"HTTP/1.1 200 OK\r\n%s\r\n\r\n"])
def test_an_error_does_not_quote_bytes_that_are_no_http(style, quoted):
    """A server may send the request back instead of a response."""
    with raw_server([quoted % KEY.encode()]) as (url, _):
        (got,) = sent(url, style, ["GET"])
    assert isinstance(got, httpx.RemoteProtocolError)
    seen = []
    while got is not None:
        seen.append(f"{got!r} {got} {got.args}")
        got = got.__cause__ or got.__context__
    assert "illegal" in seen[0]
    assert 2 <= len(seen)
    assert KEY not in "".join(seen)


@pytest.mark.parametrize("style", POLLING)
def test_an_error_does_not_quote_an_unknown_encoding(style):
    """It may contain the key."""
    with raw_server([answer(b"{}", b"content-encoding: " + KEY.encode())]) as (url, _):
        (got,) = sent(url, style, ["GET"])
    assert isinstance(got, httpx.DecodingError)
    assert KEY.lower() not in str(got).lower()


@pytest.mark.parametrize("style", POLLING)
def test_endless_empty_gzip_members_are_refused(style):
    """They decode to nothing, but count towards the limit."""
    body = gzip.compress(b"") * (2 * STATUS_BODY_LIMIT // 20)
    with raw_server([answer(body, b"content-encoding: gzip")]) as (url, _):
        (got,) = sent(url, style, ["GET"])
    assert isinstance(got, httpx.DecodingError)
    assert "larger than the limit" in str(got)


@pytest.mark.parametrize("style", ["sync", "asyncio", "fleet"])
def test_no_cookie_is_stored_or_sent(style):
    """A server that sets another cookie with each response fills no memory."""
    asked = [b"HTTP/1.1 200 OK\r\nset-cookie: c%d=x\r\ncontent-length: 2\r\n\r\n{}" % number for number in range(3)]

    async def polls(url):
        pool = Pool(4 if style == "fleet" else None)
        async with promptforge.connect(KEY, base_url=url) as client:
            for _ in asked:
                await pool.send_async(Poll(promptforge.SERVICE, client, {"job_id": "j"}, 10.0))
            await pool.aclose()

    with raw_server(asked) as (address, observation):
        url = address.replace("127.0.0.1", "localhost")  # aiohttp takes no cookies of an address
        if style == "sync":
            with promptforge.connect(KEY, base_url=url) as client:
                pool = Pool()
                for _ in asked:
                    pool.send(Poll(promptforge.SERVICE, client, {"job_id": "j"}, 10.0))
                assert [] == list(client.get_httpx_client().cookies.jar)
        else:
            asyncio.run(polls(url))
    assert 3 == len(observation)
    assert b"cookie" not in b"".join(observation).lower()
