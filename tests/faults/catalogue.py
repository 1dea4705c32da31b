"""
The faults of a broken or hostile server, each in a few lines, and what each means for jobwait.

`again`: whether sending the request again can help; if it does, the operation goes on, else it ends with a
JobWaitError. `acted`: whether a submission may have been accepted all the same; then it is never sent twice.
"""

import gzip
import json
import socket
import zlib
from collections.abc import Callable

from attrs import frozen

from faults.server import KEEP, hold, reset, response

CANARY = "sk-CANARY-7f3a9b2c"
FAR = "http://127.0.0.2:9/elsewhere?signature=" + CANARY


@frozen
class Fault:
    """One fault: its handler, and what it means."""

    name: str
    play: Callable
    again: bool = True
    acted: bool = True
    stalls: bool = False  # the client's own timeout ends it
    at_accept: bool = False
    junk: bool = False  # a complete 2xx response whose body is not what the specification says
    big: bool = False
    early: bool = False  # the server hangs up before its headers are whole


FAULTS = {}


def fault(**meaning):
    """Note a handler in the catalogue, under its own name."""

    def note(play):
        name = play.__name__.replace("_", " ")
        FAULTS[name] = Fault(name, play, **meaning)
        return play

    return note


@fault(at_accept=True)
def reset_at_accept(connection, _):
    reset(connection)


@fault(at_accept=True)
def end_at_accept(connection, _):
    connection.close()


@fault(early=True)
def reset_before_the_answer(connection, _):
    reset(connection)


@fault(early=True)
def end_before_the_answer(connection, _):
    connection.close()


@fault(early=True)
def reset_in_the_headers(connection, _):
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-ty")
    reset(connection)


@fault(early=True)
def end_in_the_headers(connection, _):
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-ty")


@fault()
def reset_in_the_body(connection, _):
    connection.sendall(response(b'{"job', length=4000))
    reset(connection)


@fault()
def end_in_the_body(connection, _):
    connection.sendall(response(b'{"job', length=4000))


@fault()
def end_in_a_chunk(connection, _):
    connection.sendall(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n40\r\n{}")


@fault()
def a_chunk_size_that_is_none(connection, _):
    connection.sendall(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n")


@fault()
def two_lengths_that_differ(connection, _):
    connection.sendall(response(b"{}", 200, "content-length: 77"))


@fault()
def a_length_that_is_negative(connection, _):
    connection.sendall(response(b"{}", length=-7))


@fault()
def a_status_line_of_junk(connection, _):
    connection.sendall(b"ICY 200 radio\r\n\r\n" + b"x" * 100)


@fault()
def no_http_at_all(connection, _):
    connection.sendall(b"\x16\x03\x01" + bytes(range(256)) * 20 + b"\r\n\r\n")


@fault()
def a_header_of_200_000_bytes(connection, _):
    connection.sendall(response(b"{}", 200, "x-big: " + "b" * 200_000))


@fault()
def headers_without_end(connection, _):
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for number in range(40_000):
        connection.sendall(b"x-%d: %s\r\n" % (number, b"b" * 500))


@fault()
def a_header_line_without_colon(connection, _):
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nno colon here\r\n\r\n{}")


@fault(junk=True)
def an_empty_200(connection, _):
    connection.sendall(response(b""))
    return KEEP


@fault(junk=True)
def html_with_200(connection, _):
    connection.sendall(response(b"<html><title>Sign in</title></html>", kind="text/html"))
    return KEEP


@fault(junk=True)
def a_type_that_is_wrong_and_a_body_too(connection, _):
    connection.sendall(response(b"GIF89a\x01\x00", kind="image/gif"))
    return KEEP


@fault(junk=True)
def truncated_json(connection, _):
    connection.sendall(response(b'{"job_id": "c3f'))
    return KEEP


@fault(junk=True)
def json_100_000_deep(connection, _):
    connection.sendall(response(b'{"status":' + b"[" * 100_000))
    return KEEP


@fault(junk=True)
def objects_90_000_deep(connection, _):
    connection.sendall(response(b'{"status":' * 90_000 + b"1" + b"}" * 90_000))
    return KEEP


@fault(junk=True)
def json_with_nan(connection, _):
    connection.sendall(response(b'{"status": NaN, "step": Infinity}'))
    return KEEP


@fault(junk=True)
def an_integer_of_100_000_digits(connection, _):
    connection.sendall(response(b'{"status": %s}' % (b"9" * 100_000)))
    return KEEP


@fault(junk=True)
def bad_utf8(connection, _):
    connection.sendall(response(b'{"status": "\xff\xfe\xc3"}'))
    return KEEP


@fault(junk=True)
def a_byte_order_mark_of_another_encoding(connection, _):
    connection.sendall(response(b"\xff\xfe" + json.dumps({"status": 1}).encode()))
    return KEEP


@fault(junk=True)
def an_array_where_an_object_should_be(connection, _):
    connection.sendall(response(b"[1, [2]]"))
    return KEEP


@fault(junk=True)
def null(connection, _):
    connection.sendall(response(b"null"))
    return KEEP


@fault()
def bad_gzip(connection, _):
    connection.sendall(response(b"this is no gzip", 200, "content-encoding: gzip"))
    return KEEP


@fault()
def gzip_cut_short(connection, _):
    connection.sendall(response(gzip.compress(b'{"a": 1}' * 99)[:-12], 200, "content-encoding: gzip"))
    return KEEP


@fault()
def an_encoding_nobody_asked_for(connection, _):
    connection.sendall(response(b"\x0b\x02\x80{}\x03", 200, "content-encoding: br"))
    return KEEP


GZIP_BOMB = gzip.compress(b"0" * (70 << 20))
DEFLATE_BOMB = zlib.compress(b" " * (70 << 20))
NESTED_BOMB = gzip.compress(gzip.compress(b"0" * (70 << 20)))


@fault(big=True)
def a_gzip_bomb(connection, _):
    connection.sendall(response(GZIP_BOMB, 200, "content-encoding: gzip"))
    return KEEP


@fault(big=True)
def a_bomb_in_a_bomb(connection, _):
    connection.sendall(response(NESTED_BOMB, 200, "content-encoding: gzip, gzip"))
    return KEEP


@fault(big=True)
def a_bomb_of_deflate(connection, _):
    connection.sendall(response(DEFLATE_BOMB, 200, "content-encoding: deflate"))
    return KEEP


@fault(big=True)
def an_endless_body(connection, _):
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n[")
    chunk = b"0," * 32768
    for _ in range(2048):
        connection.sendall(chunk)


@fault()
def a_redirect(connection, _):
    connection.sendall(response(b"", 302, f"location: {FAR}"))
    return KEEP


@fault()
def a_redirect_to_itself(connection, request):
    connection.sendall(response(b"", 308, f"location: {request.target}"))
    return KEEP


@fault()
def a_502_of_a_gateway(connection, _):
    connection.sendall(response(b"<html>Bad Gateway</html>", 502, kind="text/html"))
    return KEEP


@fault()
def a_503_with_junk_in_retry_after(connection, _):
    connection.sendall(response(b"", 503, "retry-after: -1e999 soon"))
    return KEEP


@fault()
def a_switch_of_protocols(connection, _):
    connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n")


@fault(stalls=True)
def an_endless_run_of_100s(connection, _):
    connection.settimeout(1)
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 50)


@fault(stalls=True)
def silence(connection, _):
    hold(connection)


@fault(stalls=True)
def silence_in_the_headers(connection, _):
    connection.sendall(b"HTTP/1.1 200 OK\r\ncont")
    hold(connection)


@fault(stalls=True)
def silence_in_the_body(connection, _):
    connection.sendall(response(b'{"job', length=4000))
    hold(connection)


@fault(stalls=True)
def a_slow_loris(connection, _):
    drip(connection, response(b"{" + b" " * 4000))


@fault(stalls=True)
def headers_that_drip(connection, _):
    drip(connection, b"HTTP/1.1 200 OK\r\nx-slow: " + b"s" * 4000)


def drip(connection, data):
    """Send *data* a byte at a time, each before any timeout for one read is over."""
    connection.settimeout(0.05)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for number in range(len(data)):
        connection.sendall(data[number : number + 1])
        try:
            if not connection.recv(1):
                return
        except TimeoutError:
            continue
