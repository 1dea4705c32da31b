"""
Each request goes through a pool, which decides what is sent, within which limits, and what its result is.

An engine carries it: httpx in threads or event loops; where many jobs wait in one event loop of asyncio an engine of
our own for the polls, and aiohttp, if it is installed, for the other requests.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final, TypeAlias

from attrs import define, field

from jobwait import hooks
from jobwait._http.attempt import Attempt, from_client
from jobwait._http.common import Common
from jobwait._http.credentials import has_own_keys, secret_of
from jobwait._http.foreign_frames import strip_frames
from jobwait._http.redaction import Guard, HiddenHeaders, Secret, SignedRequest
from jobwait._httpx import httpx
from jobwait._model.client import CallingClient, Client
from jobwait._polling.commands import Poll, SendRequest
from jobwait._polling.retry.classify import is_expected
from jobwait._polling.retry.messages import PROXY
from jobwait._sync import clock
from jobwait._sync.background_task import in_asyncio
from jobwait.errors import InvalidInput

Reply: TypeAlias = httpx.Response | Exception | None
"""None: a poll that was given up, as the wait was stopped before the function had returned."""
STATUS_BODY_LIMIT: Final = 1 << 20  # bytes of a status response
BODY_LIMIT: Final = 64 << 20  # bytes of any other response that goes into memory
NEGLIGIBLE: Final = 0.01  # seconds
_OF_POLLS: Final = {"accept-encoding": "identity", "cache-control": "no-cache"}
_PARTS: Final = ("connect", "read", "write", "pool")  # of httpx's timeouts


@define(eq=False)
class ClientPool:
    """
    How requests of one client go.

    called: the client itself if it calls a function instead; the other fields are for requests.
    longest: seconds that one may take; even: whether each of its steps may take as long. engine: has run(attempt) and,
    in event loops, close(). polls: the url of each job's poll, by the id of its ids, and what it has in common with
    those of most others. etags: of the last answer about each job of a service that gives them.
    """

    client: Any
    longest: float
    timeouts: dict[str, float]
    even: bool = False
    engine: Any = None
    called: CallingClient | None = None
    polls: dict[int, tuple[Any, str, Common]] = field(factory=dict, repr=False)
    etags: dict[int, str] = field(factory=dict, repr=False)
    _common: Common | None = field(default=None, repr=False)

    @classmethod
    def of(cls, client: Any) -> ClientPool:
        """The pool of *client*."""
        if isinstance(client, CallingClient):
            return cls(client, 0.0, {}, called=client)
        longest = _longest(client.timeout.as_dict())
        timeouts = _timeouts(client.timeout.as_dict(), longest)
        return cls(client, longest, timeouts, even=min(timeouts.values()) == longest)

    def attempt(self, command: Poll | SendRequest) -> Attempt:
        """The attempt at what *command* asks for; raises InvalidInput if the request cannot be made."""
        try:
            return self._poll(command) if isinstance(command, Poll) else self._request(command)
        except InvalidInput:
            raise
        except Exception as error:
            strip_frames(error)  # those of the client hold the request with its key
            raise InvalidInput(f"The request could not be made: {error}") from error

    def _poll(self, command: Poll) -> Attempt:
        timeout, timeouts = self.longest, self.timeouts
        if command.timeout is not None and command.timeout < timeout:
            timeout = command.timeout
            timeouts = {part: min(timeout, seconds) for part, seconds in timeouts.items()}
        known = self.polls.get(id(command.ids))
        if known is None:
            service = command.service
            if service.poll_within is None:
                request = service.poll(self.client, command.ids)
            else:
                request = service.poll_within(self.client, command.ids, timeout)
            if has_own_keys(request) or request.method != "GET" or command.service.conditional:
                return self._single(command, request, timeout, timeouts)
            known = self._prepared(command, request)
        _, url, common = known
        common.renew(self.client.auth_headers())
        keyed, secret = common.keyed, common.secret
        shared = common if self.even else None  # engines of polls know a deadline for the whole request alone
        return Attempt(self.client, "GET", url, keyed, secret, timeout, timeouts, STATUS_BODY_LIMIT, common=shared)

    def note(self, command: Poll | SendRequest, reply: httpx.Response | Exception) -> None:
        """Note what makes the next poll of the job conditional (RFC 9110, 13.1.2)."""
        if isinstance(command, Poll) and command.service.conditional and isinstance(reply, httpx.Response):
            if reply.is_success and "etag" in reply.headers:
                self.etags[id(command.ids)] = reply.headers["etag"]
            elif reply.status_code != httpx.codes.NOT_MODIFIED:
                self.etags.pop(id(command.ids), None)

    def _single(self, command: Poll, request: httpx.Request, timeout: float, timeouts: dict[str, float]) -> Attempt:
        """The attempt at a poll that is made anew each time: it holds its keys itself, has a body or a condition."""
        request.headers.update(_OF_POLLS)
        if id(command.ids) in self.etags:
            request.headers["if-none-match"] = self.etags[id(command.ids)]
        secret, url = secret_of(request, self.client.auth_header_name or "authorization"), str(request.url)
        headers = HiddenHeaders(request.headers)
        return Attempt(self.client, request.method, url, headers, secret, timeout, timeouts, STATUS_BODY_LIMIT, request)

    def _prepared(self, command: Poll, request: httpx.Request) -> tuple[Any, str, Common]:
        """What does not change in the polls of one job."""
        common = self._common
        if common is None or not common.is_in(request):
            made = Common.of(request, self.client.auth_header_name, _OF_POLLS)
            common = self._common = made if common is None or not made.is_like(common) else common
        found = self.polls[id(command.ids)] = (command.ids, str(request.url), common)  # ids are kept: so is their id
        return found

    def _request(self, command: SendRequest) -> Attempt:
        client, request = self.client, command.build()
        parts: Mapping[str, Any] = request.extensions.get("timeout") or client.timeout.as_dict()
        timeout = _longest(parts) if command.timeout is None else min(command.timeout, _longest(parts))
        request.headers["accept-encoding"] = "identity" if command.bulk else "gzip, deflate"
        secret = secret_of(request, client.auth_header_name or "authorization")
        headers, timeouts = HiddenHeaders(request.headers), _timeouts(parts, timeout)
        return Attempt(
            client, request.method, str(request.url), headers, secret, timeout, timeouts, BODY_LIMIT, request, command
        )


class Pool:
    """
    Sends requests for one wait, fleet or operation.

    *concurrency*: the connections of its own that it may open for a client in an event loop; None: the client's own.
    """

    def __init__(self, concurrency: int | None = None) -> None:
        self._concurrency = concurrency
        self._clients: dict[int, ClientPool] = {}

    def send(self, command: Poll | SendRequest) -> Reply:
        """The response to *command*, read; or what went wrong. Raises InvalidInput if the request cannot be made."""
        start = time.monotonic()
        found = self._of(command.client)
        if found.called is not None:
            begun = _began(command, None, "")
            return _answered(command, begun, found.called.send(command))
        if found.engine is None:
            from jobwait._http.engines.httpx_sync import HttpxSync  # noqa: PLC0415 - one engine is enough

            found.engine = HttpxSync(found.client)
        attempt = _within(found.attempt(command), start)
        began, start = _began(command, attempt.method, attempt.url), time.monotonic()
        error = _run(found.engine, attempt)
        if error is not None and attempt.may_be_resent(error):
            attempt = _within(attempt.again(), start)
            error = _run(found.engine, attempt)
        reply = _reply(command, attempt, began, error)
        found.note(command, reply)
        return reply

    async def send_async(self, command: Poll | SendRequest) -> Reply:
        """The same, in a task."""
        start = time.monotonic()
        found = self._of(command.client)
        if found.called is not None:
            begun = _began(command, None, "")
            return _answered(command, begun, await found.called.send_async(command))
        if found.engine is None:
            found.engine = _async_engine(found.client, self._concurrency)
        attempt = _within(found.attempt(command), start)
        began, start = _began(command, attempt.method, attempt.url), time.monotonic()
        error = await _run_async(found.engine, attempt)
        if error is not None and attempt.may_be_resent(error):
            attempt = _within(attempt.again(), start)
            error = await _run_async(found.engine, attempt)
        reply = _reply(command, attempt, began, error)
        found.note(command, reply)
        return reply

    async def aclose(self) -> None:
        """Close the connections of this pool's own."""
        for found in self._clients.values():
            if found.engine is not None:
                await found.engine.close()

    def _of(self, client: Client) -> ClientPool:
        found = self._clients.get(id(client))
        if found is None:
            found = self._clients[id(client)] = ClientPool.of(client)
        return found


def _within(attempt: Attempt, start: float) -> Attempt:
    """*attempt*, whose time began at *start*: to make an engine, to renew a key and a first attempt take part of it."""
    spent = time.monotonic() - start
    if spent > NEGLIGIBLE:
        attempt.shorten(spent)
    return attempt


def _run(engine: Any, attempt: Attempt) -> Exception | None:
    """What went wrong when *engine* carried *attempt*."""
    attempt.may_act(sent=True)
    try:
        with Guard(_log_key(attempt)):
            engine.run(attempt)
    except InvalidInput as error:  # the client has no such pool: nothing was sent
        attempt.may_act(sent=False)
        return error
    except Exception as error:  # noqa: BLE001 - classified in _reply
        return error
    finally:
        attempt.close()
    return None


async def _run_async(engine: Any, attempt: Attempt) -> Exception | None:
    attempt.may_act(sent=True)
    try:
        with Guard(_log_key(attempt)), clock.current.sending():
            await engine.run(attempt)
    except InvalidInput as error:  # the client has no such pool: nothing was sent
        attempt.may_act(sent=False)
        return error
    except Exception as error:  # noqa: BLE001 - classified in _reply
        return error
    finally:
        attempt.close()
    return None


def _began(command: Poll | SendRequest, method: str | None, url: str) -> float | None:
    """When the request is sent, for hooks and logs; None if nobody listens."""
    if hooks.listeners or hooks.LOG.isEnabledFor(logging.DEBUG):
        return hooks.sent(command, method, url)
    return None


def _answered(command: Poll | SendRequest, began: float | None, reply: Reply) -> Reply:
    """*reply*, of a function that was called, reported to hooks: there is no address."""
    if began is not None:
        hooks.answered(command, None, "", began, reply)
    return reply


def _reply(
    command: Poll | SendRequest, attempt: Attempt, began: float | None, error: Exception | None
) -> httpx.Response | Exception:
    """The response; or the failed request, or the file that could not be written. Other errors are bugs, and raised."""
    if isinstance(error, httpx.LocalProtocolError) and attempt.written:
        error = httpx.WriteError(f"its body could not be sent ({error})")  # its headers were
    if isinstance(error, httpx.RequestError):
        error.request = _without_key(attempt)
    writes = isinstance(command, SendRequest) and command.into is not None
    if error is not None and not (is_expected(error) or (writes and isinstance(error, OSError))):
        raise error
    reply = attempt.response() if error is None else error
    if began is not None:
        hooks.answered(command, attempt.method, attempt.url, began, reply)
    return reply


def _without_key(attempt: Attempt) -> httpx.Request:
    """The request of *attempt* for an error, which names the host and the variable of the proxy, if there is one."""
    proxy_of = getattr(attempt.client, "proxy_of", None)  # generated clients have it
    proxy = "" if proxy_of is None else proxy_of(httpx.URL(attempt.url))
    return httpx.Request(attempt.method, attempt.url, extensions={PROXY: proxy} if proxy else None)


def _log_key(attempt: Attempt) -> Secret | None:
    """The key that logs of other libraries must not show; None: they log nothing, as the link itself is a secret."""
    if attempt.command is None:
        return attempt.secret
    request, origin = httpx.URL(attempt.url), httpx.URL(attempt.client.base_url)
    same = (request.scheme, request.host, request.port) == (origin.scheme, origin.host, origin.port)
    return attempt.secret if same and not isinstance(attempt.request, SignedRequest) else None


def _longest(timeouts: Mapping[str, Any]) -> float:
    return max((value for value in timeouts.values() if value is not None), default=30.0)


def _timeouts(own: Mapping[str, Any], total: float) -> dict[str, float]:
    return {part: total if own.get(part) is None else min(total, own[part]) for part in _PARTS}


def _async_engine(client: Client, concurrency: int | None) -> Any:
    """What sends for *client*: its own pool, unless many requests come and it may be stood in for."""
    from jobwait._http.engines.httpx_async import HttpxAsync  # noqa: PLC0415 - it loads anyio, which sync callers never need

    verify = None if concurrency is None else from_client(lambda: client.verify)
    if verify is None or concurrency is None:
        return HttpxAsync.through(client)
    if in_asyncio():
        with suppress(ModuleNotFoundError):
            from jobwait._http.engines.asyncio_engine import AsyncioEngine  # noqa: PLC0415 - it needs h11, which httpx brings

            return AsyncioEngine.own(verify, lambda: _usual_engine(verify, concurrency))
    return _usual_engine(verify, concurrency)


def _usual_engine(verify: Any, concurrency: int) -> Any:
    """An engine with connections of its own, for requests of all kinds."""
    if in_asyncio():
        with suppress(ModuleNotFoundError):
            from jobwait._http.engines.aiohttp_engine import AiohttpEngine  # noqa: PLC0415 - an extra

            return AiohttpEngine.own(verify, concurrency)
    from jobwait._http.engines.httpx_async import HttpxAsync  # noqa: PLC0415 - the same

    return HttpxAsync.own(verify, concurrency)
