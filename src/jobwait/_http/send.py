"""
One send, in a thread and in a task: a total deadline, a limit on the body, and no key left behind.

The only repeat below the rules is here: a GET whose kept connection the server had closed before it was asked.
"""

from __future__ import annotations

from typing import Any

import httpx

from jobwait._http.body import BODY_LIMIT, STATUS_BODY_LIMIT, SendOptions, take, take_async
from jobwait._http.deadline import Deadline, ScopedDeadline, Trace, hung_up
from jobwait._http.log_redaction import redact_logs
from jobwait._http.redaction import Secret, strip_foreign_frames
from jobwait._polling.commands import Poll, SendRequest
from jobwait._polling.retry import is_expected


def send(client: Any, request: httpx.Request, command: Poll | SendRequest) -> httpx.Response | Exception:
    """The answer to *request*, read; or what went wrong."""
    options = _prepare(client, request, command)
    try:
        with (
            strip_foreign_frames(),
            redact_logs(request, client, options.secret),
            Deadline(options.timeout, bulk=options.bulk) as deadline,
        ):
            trace = Trace()
            try:
                return _once(client, request, trace, options, deadline)
            except httpx.TransportError as error:
                if request.method != "GET" or not trace.closed_while_idle or not hung_up(error):
                    raise
                return _once(client, request, Trace(), options, deadline)
    except Exception as error:
        if not _is_for_the_script(error, command):
            raise
        return error
    finally:
        _forget_key(client, request)


def _once(
    client: Any, request: httpx.Request, trace: Trace, options: SendOptions, deadline: Deadline
) -> httpx.Response:
    request.extensions["trace"] = trace.callback
    pool: httpx.Client = client.get_httpx_client()
    response = pool.send(request, stream=True)
    try:
        return take(response, options, deadline.earn)
    finally:
        response.close()


async def send_async(client: Any, request: httpx.Request, command: Poll | SendRequest) -> httpx.Response | Exception:
    """The same, in a task."""
    import anyio  # noqa: PLC0415 - it brings asyncio, which sync callers never need

    options = _prepare(client, request, command)
    try:
        with (
            strip_foreign_frames(),
            redact_logs(request, client, options.secret),
            anyio.fail_after(options.timeout) as scope,
            ScopedDeadline(scope, bulk=options.bulk) as deadline,
        ):
            trace = Trace()
            try:
                return await _once_async(client, request, trace, options, deadline)
            except httpx.TransportError as error:
                if request.method != "GET" or not trace.closed_while_idle or not hung_up(error):
                    raise
                return await _once_async(client, request, Trace(), options, deadline)
    except TimeoutError:
        return httpx.ReadTimeout("the answer took too long")
    except Exception as error:
        if not _is_for_the_script(error, command):
            raise
        return error
    finally:
        _forget_key(client, request)


async def _once_async(
    client: Any, request: httpx.Request, trace: Trace, options: SendOptions, deadline: ScopedDeadline
) -> httpx.Response:
    import anyio  # noqa: PLC0415 - it brings asyncio, which sync callers never need

    request.extensions["trace"] = trace.callback_async
    pool: httpx.AsyncClient = client.get_async_httpx_client()
    response = await pool.send(request, stream=True)
    try:
        return await take_async(response, options, deadline.earn)
    finally:
        with anyio.CancelScope(shield=True):
            await response.aclose()


def _is_for_the_script(error: Exception, command: Poll | SendRequest) -> bool:
    """A failed request, or a file that could not be written; anything else is a bug to be seen."""
    writes = isinstance(command, SendRequest) and command.into is not None
    return is_expected(error) or (writes and isinstance(error, OSError))


def _prepare(client: Any, request: httpx.Request, command: Poll | SendRequest) -> SendOptions:
    """The terms of *request*, with httpx's own timeouts below the total."""
    own: dict[str, float | None] = dict(request.extensions.get("timeout") or client.timeout.as_dict())
    longest = max((value for value in own.values() if value is not None), default=30.0)
    total = longest if command.timeout is None else min(command.timeout, longest)
    request.extensions["timeout"] = {
        name: total if own.get(name) is None else min(total, own[name] or total)
        for name in ("connect", "read", "write", "pool")
    }
    secret = Secret.of_header(request.headers.get(client.auth_header_name, ""))
    if isinstance(command, Poll):
        request.headers["accept-encoding"] = "identity"
        request.headers["cache-control"] = "no-cache"
        return SendOptions(total, False, STATUS_BODY_LIMIT, None, secret)
    request.headers["accept-encoding"] = "identity" if command.bulk else "gzip, deflate"
    return SendOptions(total, command.bulk, BODY_LIMIT, command.into, secret, command.cap)


def _forget_key(client: Any, request: httpx.Request) -> None:
    """Errors and responses keep their request; it must not keep the key."""
    request.headers.pop(client.auth_header_name, None)
    request.extensions.pop("trace", None)
