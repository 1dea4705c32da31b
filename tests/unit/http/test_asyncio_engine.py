"""The engine that sends the polls of many jobs in asyncio: what it takes for a response, and when it connects anew."""

import asyncio
import socket
import ssl
import sys
from functools import partial

import h11
import pytest
import trustme
from hypothesis import given, settings
from hypothesis import strategies as st

import promptforge_client
from jobwait._http.engines import asyncio_connect, asyncio_engine
from jobwait._http.engines.plain_head import plain_head
from jobwait._http.pool import Pool
from jobwait._httpx import httpx
from jobwait._polling.commands import SendRequest
from support.bytes_server import END, KEY, OK, Polling, Server, polling

CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"


def results(server, count=1, seconds=10.0, between=None, **more):
    """What so many polls of *server* come to, one after the other."""

    async def main():
        found = []
        async with polling(server, **more) as poll:
            for _ in range(count):
                found.append(await poll(seconds))
                if between is not None:
                    await between()
        return found

    return asyncio.run(main())


@pytest.mark.parametrize("response", [OK, CHUNKED], ids=["plain", "chunked"])
def test_polls_share_a_connection(response):
    """Whether the length is given or the body comes in chunks."""
    server = Server([response] * 3)
    assert [b"{}"] * 3 == [one.content for one in results(server, 3)]
    assert 1 == server.connections


@pytest.mark.parametrize("response", [OK, CHUNKED], ids=["plain", "chunked"])
def test_a_response_may_come_in_pieces(response):
    """Cut at any place, it is the same."""
    places = range(1, len(response))
    found = results(Server([[response[:at], response[at:]] for at in places]), len(places))
    assert [(200, b"{}")] * len(places) == [(one.status_code, one.content) for one in found]


@pytest.mark.parametrize(
    "response",
    [
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}",
        b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\n{}",
        OK + b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nnull",
        CHUNKED + b"x",
    ],
    ids=["close", "HTTP/1.0", "a second response", "more after the chunks"],
)
def test_a_connection_that_cannot_go_on_is_not_used_again(response):
    """The server ends it, or has sent what nobody asked for: a response must not be taken for that of another poll."""
    server = Server([response], [OK])
    assert [b"{}", b"{}"] == [one.content for one in results(server, 2)]
    assert 2 == server.connections


def test_what_a_server_sends_unasked_ends_its_connection():
    """Between two polls: it would be taken for the next response."""
    server = Server([[OK, b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nnull"]], [OK])
    assert [b"{}", b"{}"] == [one.content for one in results(server, 2, between=lambda: asyncio.sleep(0.01))]
    assert 2 == server.connections


def test_an_idle_connection_is_not_kept_for_long(monkeypatch):
    """After that time most servers have closed it."""
    monkeypatch.setattr(asyncio_engine, "KEPT", 0.0)
    server = Server([OK], [OK])
    assert [200, 200] == [one.status_code for one in results(server, 2)]
    assert 2 == server.connections


@pytest.mark.parametrize("tail", [b"", b"HTTP/1.1 2"], ids=["nothing", "half of a line"])
def test_a_poll_whose_idle_connection_was_closed_is_sent_again(tail):
    """Once, on a new connection, and it is no failure."""
    server = Server([OK, [tail], END], [OK])
    assert [200, 200] == [one.status_code for one in results(server, 2)]
    assert (2, 3) == (server.connections, len(server.asked))


def test_a_body_may_end_with_its_connection():
    """As HTTP/1.0 has it; one with a length may not."""
    (whole,) = results(Server([b"HTTP/1.1 200 OK\r\n\r\n{}", END]))
    (cut,) = results(Server([b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n{}", END]))
    assert b"{}" == whole.content
    assert isinstance(cut, httpx.RemoteProtocolError)


def test_informational_responses_are_passed_over():
    """They come before the response."""
    (found,) = results(Server([b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n" + OK]))
    assert (200, b"{}") == (found.status_code, found.content)


def test_the_deadline_of_a_poll_is_its_own():
    """A later poll with less time ends when that is over, though the connection had a later one before."""
    server = Server([OK, [b"HTTP/1.1 200 OK\r\n"]])

    async def main():
        async with polling(server) as poll:
            return [await poll(60.0), await poll(0.05)]

    first, second = asyncio.run(main())
    assert 200 == first.status_code
    assert isinstance(second, httpx.ReadTimeout)


def test_a_canceled_poll_closes_its_connection():
    """Its response must not be taken for that of the next poll."""
    server = Server([[b"HTTP/1.1 200 OK\r\n"]], [OK])

    async def main():
        async with polling(server) as poll:
            task = asyncio.create_task(poll())
            await server.reached.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return await poll()

    assert 200 == asyncio.run(main()).status_code
    assert 2 == server.connections


def test_a_request_is_what_httpx_would_send():
    """The same line, the same headers: the engine is no one's business."""
    ours, theirs = Server([OK]), Server([OK])
    results(ours, headers={"X-Team": "a"})

    async def by_httpx():
        async with polling(theirs, headers={"X-Team": "a"}) as poll:
            poll.pool = Pool()
            await poll()

    asyncio.run(by_httpx())

    def parts(asked):
        line, *fields = asked.decode().lower().rstrip().split("\r\n")
        return line, sorted(field for field in fields if not field.startswith("host:"))

    assert parts(theirs.asked[0]) == parts(ours.asked[0])


def test_no_other_version_of_http_is_agreed_on():
    """Even if the caller's TLS settings offer one: this engine would not understand it."""
    ca, agreed = trustme.CA(), []
    theirs, ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    ca.issue_cert("localhost").configure_cert(theirs)
    ca.configure_trust(ours)
    for context in (theirs, ours):
        context.set_alpn_protocols(["h2", "http/1.1"])

    async def play(reader, writer):
        agreed.append(writer.get_extra_info("ssl_object").selected_alpn_protocol())
        await Server([OK]).play(reader, writer)

    async def main():
        listening = await asyncio.start_server(play, "127.0.0.1", 0, ssl=theirs)
        url = f"https://localhost:{listening.sockets[0].getsockname()[1]}"
        async with listening, promptforge_client.AuthenticatedClient(token=KEY, base_url=url, verify=ours) as client:
            poll = Polling(client)
            found = await poll()
            await poll.pool.aclose()
            return found

    assert 200 == asyncio.run(main()).status_code
    assert ["http/1.1"] == agreed


def test_the_key_is_read_anew_for_each_poll():
    """A function may give another one each time."""
    keys = iter([KEY, KEY, "another-key-of-20-chars"])
    server = Server([OK, OK])

    results(server, 2, key=lambda: next(keys))
    assert [KEY.encode() in one for one in server.asked] == [True, False]
    assert b"another-key-of-20-chars" in server.asked[1]


def test_a_key_that_is_renewed_while_a_poll_connects_is_not_sent_with_it():
    """What is sent is what is redacted: the answer to each poll repeats its key."""
    key = ["an-old-key-of-20-chars"]

    class Echo(Server):
        async def play(self, reader, writer):
            head = await reader.readuntil(b"\r\n\r\n")
            self.asked.append(head)
            body = next(line for line in head.split(b"\r\n") if b"-key-of-" in line)
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body))
            await reader.read()
            writer.close()

    server = Echo()

    async def main():
        async with polling(server, key=lambda: key[0]) as poll:
            first = asyncio.ensure_future(poll())
            await asyncio.sleep(0)  # now it connects
            key[0] = "another-key-of-20-chars"
            return await asyncio.gather(first, *(poll() for _ in range(3)))

    found = asyncio.run(main())
    assert 1 == sum(b"an-old-key" in head for head in server.asked)
    assert 3 == sum(b"another-key" in head for head in server.asked)
    assert not any(b"key-of-20-chars" in one.content for one in found)


@pytest.mark.parametrize("missing", [["aiohttp_engine"], []])
def test_a_timeout_for_each_step_is_kept(missing):
    """By another engine, of httpx or aiohttp: this one knows a deadline for the whole request alone."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(asyncio_engine, "connected", None)
        for name in missing:
            patched.setitem(sys.modules, f"jobwait._http.engines.{name}", None)
        (found,) = results(Server([[b""]]), timeout=httpx.Timeout(60.0, read=0.05))
    assert isinstance(found, httpx.ReadTimeout)


def test_of_two_sockets_that_connect_at_once_one_is_left(monkeypatch):
    """The others are closed, though nobody was canceled."""
    made = []

    class Loop:
        async def sock_connect(self, one, _address):
            made.append(one)

    class Group:
        """Cancels nobody, as if both had connected in one turn."""

        cancel_scope = type("Scope", (), {"cancel": lambda _self: None})()

        async def __aenter__(self):
            self.tasks = []
            return self

        def start_soon(self, work, *arguments):
            self.tasks.append(asyncio.ensure_future(work(*arguments)))

        async def __aexit__(self, *_):
            await asyncio.gather(*self.tasks)

    monkeypatch.setattr(asyncio_connect.anyio, "create_task_group", Group)
    address = (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 9))
    first = asyncio.run(asyncio_connect._Race(Loop()).first([address, address]))
    assert [one.fileno() for one in made if one.fileno() >= 0] == [first.fileno()]
    first.close()


def test_other_requests_go_by_another_engine():
    """Lists, and what a fleet asks to be canceled."""
    server = Server([OK])

    async def main():
        async with polling(server) as poll:
            build = partial(poll.client.build_request, "GET", "/list", auth=poll.client.auth_headers())
            return await poll.pool.send_async(SendRequest(poll.client, build))

    assert 200 == asyncio.run(main()).status_code
    assert b"gzip" in server.asked[0]


NAMES = st.sampled_from(
    [
        "content-length",
        "Content-Length",
        "transfer-encoding",
        "connection",
        "content-encoding",
        "x-a",
        "X B",
        "",
        "date",
    ]
)
VALUES = st.one_of(
    st.sampled_from(
        ["2", " 2 ", "02", "2, 2", "-2", "chunked", "close", "Keep-Alive", "gzip", "a b", "", "\t", "a\x00", "\x7f"]
    ),
    st.text(st.characters(max_codepoint=255), max_size=8),
)
LINES = st.lists(st.tuples(NAMES, VALUES), max_size=5)
STATUS_LINES = st.sampled_from(
    ["HTTP/1.1 200 OK", "HTTP/1.1 404 ", "HTTP/1.1 304 X", "HTTP/1.1 200", "HTTP/1.0 200 OK", "HTTP/1.1 600 X"]
)


def by_h11(data):
    """Status, headers and body as h11 reads them; None if it does not read a whole response and then go on."""
    parser = h11.Connection(h11.CLIENT)
    parser.send(h11.Request(method="GET", target="/", headers=[("Host", "h")]))
    parser.send(h11.EndOfMessage())
    parser.receive_data(data)
    head, body = None, b""
    try:
        while True:
            event = parser.next_event()
            match event:
                case h11.Response():
                    head = event
                case h11.Data():
                    body += bytes(event.data)
                case h11.EndOfMessage():
                    lasts = parser.their_state is h11.DONE and not parser.trailing_data[0]
                    return (head.status_code, head.headers.raw_items(), body) if lasts else None
                case _:
                    return None
    except h11.RemoteProtocolError:
        return None


@settings(max_examples=400, deadline=None)
@given(STATUS_LINES, LINES, st.sampled_from(["{}", "{", "", "{}x"]))
def test_what_is_read_without_a_parser_is_what_h11_reads(line, fields, body):
    """A head that is not exactly like that is left to h11."""
    lines = [line, *(f"{name}:{value}" for name, value in fields)]
    data = ("\r\n".join(lines) + "\r\n\r\n" + body).encode("latin-1")
    head = plain_head(data)
    if head is None or len(data) != head.start + head.length:
        return
    assert by_h11(data) == (head.status, head.headers, data[head.start :])


@pytest.mark.parametrize("text", ["a: b\r\ncontent-length: 2\r\n", "Content-Length:2\r\nConnection: Keep-Alive\r\n"])
def test_most_responses_are_read_without_a_parser(text):
    """So the test above is about something."""
    assert (200, 2) == plain_head(f"HTTP/1.1 200 OK\r\n{text}\r\n{{}}".encode())[0:3:2]
