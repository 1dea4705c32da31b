"""The server: on loopback, on a free port, it plays one scenario to whoever asks for its job."""

import json
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import ceil
from types import TracebackType
from typing import Any, Final, Self, cast

from attrs import Factory, define, field

from jobwait.testing.conformance.clocks import RealClock, ScenarioClock
from jobwait.testing.conformance.scenarios import Answer, Scenario

MOST: Final = 500  # requests, after which a wait is taken for one without end
SUCCEEDED: Final = Answer("succeeded")
LOGIN: Final = Answer(text="<html>log in</html>")
SUBMITTED: Final = Answer({"status": "queued"}, code=202)


@define
class Poll:
    """One request for the job. answered: when the answer to it was sent; None if there was none."""

    asked: float
    answer: Answer
    answered: float | None = None


@define(eq=False)
class Server:
    """
    The server, for `with`. polls: all requests for the job. released: the wait had no end of its own.

    translate: makes an SDK's JSON of a job. clock: what time it is.
    """

    scenario: Scenario
    translate: Callable[[Mapping[str, Any]], Any] = lambda job: job
    clock: ScenarioClock = Factory(lambda: RealClock(1.0))
    polls: list[Poll] = field(factory=list)
    released: bool = False
    _played: int = 0  # answers that are used up
    _times: int = 0  # requests that the current one has had
    _lock: threading.Lock = field(factory=threading.Lock)
    _ended: threading.Event = field(factory=threading.Event)
    _http: Any = None

    def __enter__(self) -> Self:
        self._http = _Http(self)
        threading.Thread(target=self._http.serve_forever, args=(0.01,), name="conformance", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._http.shutdown()
        self._http.close_all()

    @property
    def url(self) -> str:
        """The address of the job."""
        return f"http://127.0.0.1:{self._http.server_port}/jobs/j-1"

    def take(self) -> Poll:
        """The answer to a request for the job that came now."""
        with self._lock:
            now = self.clock.now()
            self.released |= now > self.scenario.bound or len(self.polls) >= MOST
            poll = Poll(now, SUCCEEDED if self.released else self._next(now))
            self.polls.append(poll)
            return poll

    def _next(self, now: float) -> Answer:
        answers = self.scenario.answers
        while self._played < len(answers) - 1:
            answer = answers[self._played]
            if now < answer.until if answer.until is not None else self._times < answer.times:
                break
            self._played, self._times = self._played + 1, 0
        self._times += 1
        return answers[self._played]

    def is_over(self, seconds: float) -> bool:
        """Whether, so many seconds from now, nothing more is to be sent."""
        return self._ended.wait(seconds * self.clock.scale) or self.clock.now() > self.scenario.bound

    def headers(self, answer: Answer) -> dict[str, str]:
        """Those of *answer*, as the SDK's clock has them."""
        found = {"Content-Type": answer.type if answer.text is not None else "application/json", **answer.headers}
        if answer.etag is not None:
            found["ETag"] = f'"{answer.etag}"'
        if answer.retry_after is not None:
            found["Retry-After"] = f"{answer.retry_after * self.clock.scale:g}"
        if answer.retry_after_date is not None:
            at = ceil(self.clock.time() + answer.retry_after_date * self.clock.scale)
            found["Retry-After"] = formatdate(at, usegmt=True)
        return found

    def content(self, answer: Answer) -> bytes:
        """The body of *answer*."""
        if answer.text is not None:
            return answer.text.encode()
        job = answer.body()
        return json.dumps({"error": {"message": "refused"}} if job is None else self.translate(job)).encode()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, server: Server) -> None:
        self.player, self.open = server, set[socket.socket]()
        super().__init__(("127.0.0.1", 0), _Handler)

    def get_request(self) -> tuple[socket.socket, Any]:
        found, address = super().get_request()
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.open.add(found)
        return found, address

    def shutdown_request(self, request: Any) -> None:
        self.open.discard(request)
        super().shutdown_request(request)

    def close_all(self) -> None:
        self.server_close()
        for found in list(self.open):
            with suppress(OSError):
                found.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away, which is its right."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def player(self) -> Server:
        return cast("_Http", self.server).player

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._send(SUBMITTED, {"Operation-Location": self.player.url})

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/login":
            self._send(LOGIN, {})
            return
        player = self.player
        poll = player.take()
        if poll.answer.delay:
            player.clock.spend(poll.answer.delay)
        if poll.answer.hold:
            while not player.is_over(1.0):
                pass
        if poll.answer.hold or poll.answer.cut == "before":
            self.close_connection = True
        else:
            poll.answered = player.clock.now()  # before it is sent: what comes of it may be quick
            self._send(poll.answer, {})

    def _send(self, answer: Answer, more: Mapping[str, str]) -> None:
        player = self.player
        headers, content = player.headers(answer), player.content(answer)
        code = 304 if answer.etag and self.headers.get("If-None-Match") == headers["ETag"] else answer.code
        self.send_response(code)
        for name, value in {**headers, **more}.items():
            self.send_header(name, value)
        if code in {204, 304}:
            content = b""
        else:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if answer.cut == "body":
            self.wfile.write(content[: len(content) // 2])
            self.close_connection = True
        elif answer.drip:
            for byte in content:
                self.wfile.write(bytes([byte]))
                if player.is_over(2.0):
                    break
            self.close_connection = True
        else:
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as http.server names it
        """Say nothing."""
