"""
The drivers: they carry out the commands of an operation, in a thread or in an event loop. They decide nothing.

`sync_and_async` and `stream_pair` make a method and its async counterpart of one operation, which they pace.
"""

import functools
import inspect
import logging
import warnings
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from contextlib import closing, suppress
from typing import Any, ParamSpec, TypeVar, get_args

from jobwait import hooks
from jobwait._http import first_use
from jobwait._http.pool import Pool
from jobwait._httpx import httpx
from jobwait._jobs.gather import gather, gather_async
from jobwait._model.arguments import explained
from jobwait._model.types import Outcome, Update
from jobwait._polling.commands import Command, Compute, Gather, Notify, Operation, Poll, Result, SendRequest, Sleep
from jobwait._polling.pacing import paced
from jobwait._sync import clock
from jobwait._sync.background_task import in_thread
from jobwait.errors import InvalidInput, UnknownStatusWarning

P = ParamSpec("P")
R = TypeVar("R")
F = TypeVar("F", bound=Callable[..., Any])
S = TypeVar("S")


def now(value: httpx.Response | list[Any] | Exception | None = None) -> Result:
    """A result with the current time."""
    return Result(clock.current.monotonic(), clock.current.time(), value)


def notify(command: Notify) -> Result:
    """Pass an update to hooks, as a warning, and to the caller's function."""
    told = command.changed and (hooks.listeners or hooks.LOG.isEnabledFor(logging.INFO))
    update = command.update if told or command.to is not None else None
    if told and update is not None:
        hooks.notified(command, update)
    if command.warning is not None:
        warnings.warn(command.warning, UnknownStatusWarning, stacklevel=2)
    if command.to is not None and update is not None:
        returned = command.to(update)
        if inspect.iscoroutine(returned):
            returned.close()
            raise InvalidInput("on_update must be a plain function; for async code use updates_async().")
    return now()


def do(command: Command, pool: Pool | None = None) -> Result:
    """Carry out *command* in this thread; requests go through *pool*."""
    match command:
        case Poll() | SendRequest():
            return now((pool or Pool()).send(command))
        case Sleep():
            if command.wake_up is not None:
                command.wake_up.wait(command.seconds)
            else:
                clock.current.sleep(command.seconds)
            return now()
        case Notify():
            return notify(command)
        case Gather():
            return now(gather(command, run))
        case Compute():
            command.work()
            return now()


async def do_async(command: Command, pool: Pool | None = None) -> Result:
    """Carry out *command* in this task; requests go through *pool*."""
    match command:
        case Poll() | SendRequest():
            return now(await (pool or Pool()).send_async(command))
        case Sleep():
            if command.wake_up is not None:
                await command.wake_up.wait_async(command.seconds)
            else:
                await clock.current.sleep_async(command.seconds)
            return now()
        case Notify():
            return notify(command)
        case Gather():
            return now(await gather_async(command, run_async))
        case Compute():
            await in_thread(command.work)
            return now()


def run(operation: Operation[R], execute: Callable[[Command], Result] | None = None) -> R:
    """
    Drive *operation* to its end in this thread; *execute* replaces do(), for example in virtual time.

    What ends it from outside, such as Ctrl-C, is raised inside *operation*, which says what has become of its request.
    """
    try:
        execute = execute or functools.partial(do, pool=Pool())
        with clock.current.working():
            command = next(operation)
            while True:
                try:
                    result = execute(command)
                except BaseException as error:  # noqa: BLE001 - raised again by the operation
                    command = operation.throw(error)
                else:
                    command = operation.send(result)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]
    except BaseException as error:
        with suppress(StopIteration):
            operation.throw(error)  # it came between two commands; where it came from the operation, that has ended
        raise
    finally:
        operation.close()


async def run_async(operation: Operation[R]) -> R:
    """Drive *operation* to its end in this task, as run() does."""
    pool = Pool()
    try:
        await first_use.load()
        command = next(operation)
        while True:
            try:
                result = await do_async(command, pool)
            except BaseException as error:  # noqa: BLE001 - raised again by the operation
                command = operation.throw(error)
            else:
                command = operation.send(result)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]
    except BaseException as error:
        with suppress(StopIteration):
            operation.throw(error)
        raise
    finally:
        operation.close()


def stream(operation: Operation[Any]) -> Generator[Update[Any], None, None]:
    """Drive *operation* in this thread, yielding each update; closing the iterator ends the wait."""
    pool = Pool()
    with closing(operation), suppress(StopIteration):
        command = next(operation)
        while True:
            with clock.current.working():
                result = do(command, pool)
            if isinstance(command, Notify):
                yield command.update
                result = now()
            command = operation.send(result)


async def stream_async(operation: Operation[Any]) -> AsyncGenerator[Update[Any], None]:
    """Drive *operation* in this task, yielding each update; closing the iterator ends the wait."""
    pool = Pool()
    with closing(operation), suppress(StopIteration):
        await first_use.load()
        command = next(operation)
        while True:
            result = await do_async(command, pool)
            if isinstance(command, Notify):
                yield command.update
                result = now()
            command = operation.send(result)


def sync_and_async(operation: Callable[P, Operation[R]]) -> tuple[Callable[P, R], Callable[P, Coroutine[Any, Any, R]]]:
    """The method and its async counterpart that drive what *operation* returns."""
    returns = result_of(operation)
    begin, begin_async = (explained(operation, public_name(operation, suffix)) for suffix in ("", "_async"))

    @presented(operation, "", returns)
    def sync(*args: P.args, **kwargs: P.kwargs) -> R:
        return run(paced(begin(*args, **kwargs)))

    @presented(operation, "_async", returns)
    async def asynchronous(*args: P.args, **kwargs: P.kwargs) -> R:
        return await run_async(paced(begin_async(*args, **kwargs)))

    return sync, asynchronous


def stream_pair(
    operation: Callable[P, Operation[Outcome[S]]],
) -> tuple[Callable[P, Generator[Update[S], None, None]], Callable[P, AsyncGenerator[Update[S], None]]]:
    """The iterator and its async counterpart over the updates of what *operation* returns."""
    begin, begin_async = (explained(operation, public_name(operation, suffix)) for suffix in ("", "_async"))

    @presented(operation, "", "Generator[Update, None, None]")
    def sync(*args: P.args, **kwargs: P.kwargs) -> Generator[Update[S], None, None]:
        return stream(paced(begin(*args, **kwargs)))

    @presented(operation, "_async", "AsyncGenerator[Update, None]")
    def asynchronous(*args: P.args, **kwargs: P.kwargs) -> AsyncGenerator[Update[S], None]:
        return stream_async(paced(begin_async(*args, **kwargs)))

    return sync, asynchronous


def presented(operation: Callable[..., Any], suffix: str, returns: Any) -> Callable[[F], F]:
    """Gives a function the public name, signature and result, so that help() shows what people call."""

    def present(made: F) -> F:
        public: Any = functools.update_wrapper(made, operation)
        public.__qualname__ = public_name(operation, suffix)
        public.__name__ = public.__qualname__.rpartition(".")[2]
        public.__signature__ = inspect.signature(operation).replace(return_annotation=returns)
        public.__annotations__ = {**operation.__annotations__, "return": returns}
        del public.__wrapped__  # inspect would follow it back to the operation
        return made

    return present


def public_name(operation: Callable[..., Any], suffix: str) -> str:
    """The name under which people call *operation*: that of its class, and its own without the underscore."""
    owner, dot, name = operation.__qualname__.rpartition(".")
    return f"{owner}{dot}{name.strip('_')}{suffix}"


def result_of(operation: Callable[..., Any]) -> Any:
    """What *operation* returns in the end, by its annotation Operation[…]."""
    annotation = operation.__annotations__.get("return", Any)
    if isinstance(annotation, str):
        return annotation.removeprefix("Operation[").removesuffix("]")
    result = get_args(annotation)[-1] if get_args(annotation) else annotation
    return None if result is type(None) else result
