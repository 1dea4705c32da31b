"""
The drivers: they do what a script yields and tell it what happened. One for threads, one for event loops.

Nothing is decided here. `twins` and `streams` make a method and its async twin from one script.
"""

from __future__ import annotations

import functools
import inspect
import time
import warnings
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any, ParamSpec, TypeVar, assert_never

import httpx

from jobwait import hooks
from jobwait._http.send import send, send_async
from jobwait._jobs.gather import gather, gather_async
from jobwait._model.types import Outcome, Update
from jobwait._polling.commands import Command, Gather, Notify, Operation, Poll, Result, SendRequest, Sleep
from jobwait.errors import InvalidInput, UnknownStatusWarning

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S")


def _answer(reply: httpx.Response | list[Any] | Exception | None = None) -> Result:
    return Result(time.monotonic(), time.time(), reply)


def request_of(command: Poll | SendRequest) -> httpx.Request:
    """The request of *step*; what goes wrong while it is built was never sent."""
    try:
        return command.service.poll(command.client, command.ids) if isinstance(command, Poll) else command.build()
    except InvalidInput:
        raise
    except Exception as error:
        raise InvalidInput(f"The request could not be made: {error}") from error


def _tell(command: Notify) -> Result:
    hooks.told(command)
    if command.warning is not None:
        warnings.warn(command.warning, UnknownStatusWarning, stacklevel=2)
    if command.to is not None:
        returned = command.to(command.update)
        if inspect.iscoroutine(returned):
            returned.close()
            raise InvalidInput("on_update must be a plain function; for async code use updates_async().")
    return _answer()


def do(command: Command) -> Result:
    """Do what *step* says in this thread."""
    match command:
        case Poll() | SendRequest():
            request = request_of(command)
            began = hooks.sent(command, request.method, request.url)
            reply = send(command.client, request, command)
            hooks.answered(command, request.method, request.url, began, reply)
            return _answer(reply)
        case Sleep():
            if command.wake_up is not None:
                command.wake_up.wait(command.seconds)
            else:
                time.sleep(command.seconds)
            return _answer()
        case Notify():
            return _tell(command)
        case Gather():
            return _answer(gather(command, run))
        case _:
            assert_never(command)


async def do_async(command: Command) -> Result:
    """Do what *step* says in this task."""
    match command:
        case Poll() | SendRequest():
            request = request_of(command)
            began = hooks.sent(command, request.method, request.url)
            reply = await send_async(command.client, request, command)
            hooks.answered(command, request.method, request.url, began, reply)
            return _answer(reply)
        case Sleep():
            if command.wake_up is not None:
                await command.wake_up.wait_async(command.seconds)
            else:
                import anyio  # noqa: PLC0415 - it brings asyncio, which sync callers never need

                await anyio.sleep(command.seconds)
            return _answer()
        case Notify():
            return _tell(command)
        case Gather():
            return _answer(await gather_async(command, run_async))
        case _:
            assert_never(command)


def run(operation: Operation[R], do: Callable[[Command], Result] = do) -> R:
    """Drive *script* to its end in this thread; another *do* drives it in another world."""
    try:
        command = next(operation)
        while True:
            command = operation.send(do(command))
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]
    finally:
        operation.close()


async def run_async(operation: Operation[R]) -> R:
    """Drive *script* to its end in this task."""
    try:
        command = next(operation)
        while True:
            command = operation.send(await do_async(command))
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]
    finally:
        operation.close()


def stream(operation: Operation[Any]) -> Iterator[Update[Any]]:
    """Drive *script* in this thread, yielding each update; closing the iterator ends the wait."""
    try:
        command = next(operation)
        while True:
            answer = do(command)
            if isinstance(command, Notify):
                yield command.update
                answer = _answer()
            command = operation.send(answer)
    except StopIteration:
        return
    finally:
        operation.close()


async def stream_async(operation: Operation[Any]) -> AsyncIterator[Update[Any]]:
    """Drive *script* in this task, yielding each update; closing the iterator ends the wait."""
    try:
        command = next(operation)
        while True:
            answer = await do_async(command)
            if isinstance(command, Notify):
                yield command.update
                answer = _answer()
            command = operation.send(answer)
    except StopIteration:
        return
    finally:
        operation.close()


def sync_and_async(operation: Callable[P, Operation[R]]) -> tuple[Callable[P, R], Callable[P, Coroutine[Any, Any, R]]]:
    """The method and its async twin that drive what *script* returns."""

    @functools.wraps(operation)
    def sync(*args: P.args, **kwargs: P.kwargs) -> R:
        return run(operation(*args, **kwargs))

    @functools.wraps(operation)
    async def twin(*args: P.args, **kwargs: P.kwargs) -> R:
        return await run_async(operation(*args, **kwargs))

    _present(sync, operation, "", _result(operation))
    _present(twin, operation, "_async", _result(operation))
    return sync, twin


def stream_pair(
    operation: Callable[P, Operation[Outcome[S]]],
) -> tuple[Callable[P, Iterator[Update[S]]], Callable[P, AsyncIterator[Update[S]]]]:
    """The iterator and its async twin over the updates of what *script* returns."""

    @functools.wraps(operation)
    def sync(*args: P.args, **kwargs: P.kwargs) -> Iterator[Update[S]]:
        return stream(operation(*args, **kwargs))

    @functools.wraps(operation)
    def twin(*args: P.args, **kwargs: P.kwargs) -> AsyncIterator[Update[S]]:
        return stream_async(operation(*args, **kwargs))

    _present(sync, operation, "", "Iterator[Update]")
    _present(twin, operation, "_async", "AsyncIterator[Update]")
    return sync, twin


def _result(operation: Callable[..., Any]) -> str:
    returns = str(operation.__annotations__.get("return", "Any"))
    return returns.removeprefix("Script[").removesuffix("]")


def _present(made: Callable[..., Any], operation: Callable[..., Any], suffix: str, returns: str) -> None:
    """Give *made* the public name, signature and result, so that help() shows what people call."""
    made.__name__ = operation.__name__.strip("_") + suffix
    made.__qualname__ = operation.__qualname__.replace(operation.__name__, made.__name__)
    made.__signature__ = inspect.signature(operation).replace(return_annotation=returns)  # type: ignore[attr-defined]
    made.__annotations__ = {**operation.__annotations__, "return": returns}
    del made.__wrapped__  # type: ignore[attr-defined]  # inspect would follow it back to the script
