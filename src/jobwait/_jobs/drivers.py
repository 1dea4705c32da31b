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
from jobwait._jobs.gather import beside, beside_async
from jobwait._model.types import Outcome, Update
from jobwait._polling.commands import Answer, Beside, Emit, Look, Script, Send, Sleep, Step
from jobwait.errors import InvalidInput, UnknownStatusWarning

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S")


def _answer(reply: httpx.Response | list[Any] | Exception | None = None) -> Answer:
    return Answer(time.monotonic(), time.time(), reply)


def request_of(step: Look | Send) -> httpx.Request:
    """The request of *step*; what goes wrong while it is built was never sent."""
    try:
        return step.service.look(step.client, step.ids) if isinstance(step, Look) else step.build()
    except InvalidInput:
        raise
    except Exception as error:
        raise InvalidInput(f"The request could not be made: {error}") from error


def _tell(step: Emit) -> Answer:
    hooks.told(step)
    if step.warning is not None:
        warnings.warn(step.warning, UnknownStatusWarning, stacklevel=2)
    if step.to is not None:
        returned = step.to(step.update)
        if inspect.iscoroutine(returned):
            returned.close()
            raise InvalidInput("on_update must be a plain function; for async code use updates_async().")
    return _answer()


def do(step: Step) -> Answer:
    """Do what *step* says in this thread."""
    match step:
        case Look() | Send():
            request = request_of(step)
            began = hooks.sent(step, request.method, request.url)
            reply = send(step.client, request, step)
            hooks.answered(step, request.method, request.url, began, reply)
            return _answer(reply)
        case Sleep():
            if step.signal is not None:
                step.signal.wait(step.seconds)
            else:
                time.sleep(step.seconds)
            return _answer()
        case Emit():
            return _tell(step)
        case Beside():
            return _answer(beside(step, run))
        case _:
            assert_never(step)


async def do_async(step: Step) -> Answer:
    """Do what *step* says in this task."""
    match step:
        case Look() | Send():
            request = request_of(step)
            began = hooks.sent(step, request.method, request.url)
            reply = await send_async(step.client, request, step)
            hooks.answered(step, request.method, request.url, began, reply)
            return _answer(reply)
        case Sleep():
            if step.signal is not None:
                await step.signal.wait_async(step.seconds)
            else:
                import anyio  # noqa: PLC0415 - it brings asyncio, which sync callers never need

                await anyio.sleep(step.seconds)
            return _answer()
        case Emit():
            return _tell(step)
        case Beside():
            return _answer(await beside_async(step, run_async))
        case _:
            assert_never(step)


def run(script: Script[R], do: Callable[[Step], Answer] = do) -> R:
    """Drive *script* to its end in this thread; another *do* drives it in another world."""
    try:
        step = next(script)
        while True:
            step = script.send(do(step))
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]
    finally:
        script.close()


async def run_async(script: Script[R]) -> R:
    """Drive *script* to its end in this task."""
    try:
        step = next(script)
        while True:
            step = script.send(await do_async(step))
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]
    finally:
        script.close()


def stream(script: Script[Any]) -> Iterator[Update[Any]]:
    """Drive *script* in this thread, yielding each update; closing the iterator ends the wait."""
    try:
        step = next(script)
        while True:
            answer = do(step)
            if isinstance(step, Emit):
                yield step.update
                answer = _answer()
            step = script.send(answer)
    except StopIteration:
        return
    finally:
        script.close()


async def stream_async(script: Script[Any]) -> AsyncIterator[Update[Any]]:
    """Drive *script* in this task, yielding each update; closing the iterator ends the wait."""
    try:
        step = next(script)
        while True:
            answer = await do_async(step)
            if isinstance(step, Emit):
                yield step.update
                answer = _answer()
            step = script.send(answer)
    except StopIteration:
        return
    finally:
        script.close()


def twins(script: Callable[P, Script[R]]) -> tuple[Callable[P, R], Callable[P, Coroutine[Any, Any, R]]]:
    """The method and its async twin that drive what *script* returns."""

    @functools.wraps(script)
    def sync(*args: P.args, **kwargs: P.kwargs) -> R:
        return run(script(*args, **kwargs))

    @functools.wraps(script)
    async def twin(*args: P.args, **kwargs: P.kwargs) -> R:
        return await run_async(script(*args, **kwargs))

    _present(sync, script, "", _result(script))
    _present(twin, script, "_async", _result(script))
    return sync, twin


def streams(
    script: Callable[P, Script[Outcome[S]]],
) -> tuple[Callable[P, Iterator[Update[S]]], Callable[P, AsyncIterator[Update[S]]]]:
    """The iterator and its async twin over the updates of what *script* returns."""

    @functools.wraps(script)
    def sync(*args: P.args, **kwargs: P.kwargs) -> Iterator[Update[S]]:
        return stream(script(*args, **kwargs))

    @functools.wraps(script)
    def twin(*args: P.args, **kwargs: P.kwargs) -> AsyncIterator[Update[S]]:
        return stream_async(script(*args, **kwargs))

    _present(sync, script, "", "Iterator[Update]")
    _present(twin, script, "_async", "AsyncIterator[Update]")
    return sync, twin


def _result(script: Callable[..., Any]) -> str:
    returns = str(script.__annotations__.get("return", "Any"))
    return returns.removeprefix("Script[").removesuffix("]")


def _present(made: Callable[..., Any], script: Callable[..., Any], suffix: str, returns: str) -> None:
    """Give *made* the public name, signature and result, so that help() shows what people call."""
    made.__name__ = script.__name__.strip("_") + suffix
    made.__qualname__ = script.__qualname__.replace(script.__name__, made.__name__)
    made.__signature__ = inspect.signature(script).replace(return_annotation=returns)  # type: ignore[attr-defined]
    made.__annotations__ = {**script.__annotations__, "return": returns}
    del made.__wrapped__  # type: ignore[attr-defined]  # inspect would follow it back to the script
