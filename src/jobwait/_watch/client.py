"""The client of a watch: it calls a function of the caller's where others send a request."""

import inspect
import os
import queue
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import MethodType
from typing import Any, Final, NoReturn
from weakref import WeakValueDictionary

from jobwait._model.client import CallingClient
from jobwait._polling.commands import Poll, SendRequest
from jobwait._polling.retry.failed_call import FailedCall
from jobwait._sync import clock
from jobwait._sync.wake_up import WakeUp, call_in_loop, lock
from jobwait._watch.call import Call, discard
from jobwait._watch.raised import failed
from jobwait._watch.replies import Reply, late, raised, returned
from jobwait.errors import InvalidInput

LONGEST: Final = 3600.0  # seconds for which a thread waits at once
_KNOWN: Final[WeakValueDictionary[tuple[object, ...], "WatchClient"]] = WeakValueDictionary()


class WatchClient(CallingClient):
    """
    Calls *function* to learn how the job *job_id* is; one client for all watches of that job by that function.

    A sync function runs in a thread. If a deadline or a stop comes first, the call is given up: nobody waits for it,
    and no other begins before it has returned. What it returns then goes to the poll that waits for it by that time; if
    there is none, it is dropped. An async function runs in the task that waits, and is canceled.
    """

    def __init__(self, name: str, job_id: str, function: Callable[[], Any], ref: str) -> None:
        self.name, self.job_id, self.ref = name, job_id, ref
        self.function = function
        self.is_async = is_async(function)
        self._call: Call | None = None

    @classmethod
    def of(cls, name: str, job_id: str, function: Callable[[], Any], ref: str) -> "WatchClient":
        """The client for these, made at the first watch."""
        key = (name, job_id, ref, *_identity(function))  # ids of objects that the client keeps alive
        with lock():
            known = _KNOWN.get(key)
            return known or _KNOWN.setdefault(key, cls(name, job_id, function, ref))

    def __repr__(self) -> str:
        return f"<the function of {self.name} job {self.job_id}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("The client of a watch cannot be pickled: pass job.token() on.")

    def send(self, command: Poll | SendRequest) -> Reply:
        """What the function says, in this thread; None if the wait was stopped before it returned."""
        if self.is_async:
            raise self._needs_a_loop()
        stop = _stop_of(command)
        woken: clock.Queue[None] = clock.current.queue()  # its put() is reentrant

        def wake() -> None:
            woken.put(None)

        call = None if stop is not None and stop.is_set() else self._begun(wake)
        if not isinstance(call, Call):
            return call
        forget = _none if stop is None else stop.notify(wake)
        until = _until(command)
        try:
            while not call.done:
                left = LONGEST if until is None else min(LONGEST, until - clock.current.monotonic())
                if left <= 0 or (stop is not None and stop.is_set()):
                    return late(call.began, stop)
                with suppress(queue.Empty):
                    woken.get(timeout=left)
            return self._reply(call)
        finally:
            forget()
            call.leave(wake)

    async def send_async(self, command: Poll | SendRequest) -> Reply:
        """The same, in a task."""
        if self.is_async:
            return await self._awaited(self.function, command)
        import anyio  # noqa: PLC0415 - it brings asyncio, which sync callers never need

        stop, events = _stop_of(command), [anyio.Event()]

        def set_last() -> None:
            events[-1].set()

        wake = call_in_loop(set_last)
        call = None if stop is not None and stop.is_set() else self._begun(wake)
        if not isinstance(call, Call):
            return call
        forget = _none if stop is None else stop.notify(wake)
        until = _until(command)
        try:
            while not call.done:
                left = LONGEST if until is None else min(LONGEST, until - clock.current.monotonic())
                if left <= 0 or (stop is not None and stop.is_set()):
                    return late(call.began, stop)
                await clock.current.wait_async(events[-1], left)
                events.append(anyio.Event())
            value = None if call.error is not None else call.take()
            self.is_async = self.is_async or inspect.isawaitable(value) or _needs_loop(call.error)
            if not self.is_async:
                return self._reply(call)
        finally:
            forget()
            call.leave(wake)
        return await self._awaited(self.function if value is None else lambda: value, command)

    def _begun(self, wake: Callable[[], object]) -> Call | FailedCall:
        """The call that is under way, or a new one, which *wake* listens to; or why none could begin."""
        with lock():
            call = self._call
            new = call is None or call.process != os.getpid()  # after a fork its thread is the parent's
            if call is None or new:
                call = self._call = Call(self.function, self._ended)
            call.listen(wake)
        if new:
            try:
                call.start(f"jobwait_{self.name}")
            except RuntimeError as error:
                self._ended()
                return failed(error)
        return call

    def _ended(self) -> None:
        self._call = None

    def _reply(self, call: Call) -> Reply:
        if call.error is not None:
            return raised(call.error)
        value = call.take()
        if not inspect.isawaitable(value):
            return returned(value)
        discard(value)
        self.is_async = True
        raise self._needs_a_loop()

    async def _awaited(self, function: Callable[[], Awaitable[Any]], command: Poll | SendRequest) -> Reply:
        """What the async *function* says; it is canceled if the deadline or a stop comes first."""
        import anyio  # noqa: PLC0415 - it brings asyncio, which sync callers never need

        stop, scope, began = _stop_of(command), anyio.CancelScope(), clock.current.monotonic()
        if stop is not None and stop.is_set():
            return None
        cancel = call_in_loop(lambda: scope.cancel() if stop is not None and stop.is_set() else None)
        forget: list[Callable[[], object]] = [] if stop is None else [stop.notify(cancel)]
        if command.timeout is not None:
            forget.append(clock.current.cancel_after(scope, command.timeout))
        try:
            with scope, clock.current.sending():
                return returned(await function())
        except Exception as error:  # noqa: BLE001 - judged by what it carries
            return raised(error)
        finally:
            for one in forget:
                one()
        return late(began, stop)

    def _needs_a_loop(self) -> InvalidInput:
        return InvalidInput(
            f"{self.name} job {self.job_id} is watched by an async function, which needs an event loop. Wait with "
            "wait_async(), wait_all_async() or another function whose name ends with _async.",
            service=self.name,
            job_id=self.job_id,
        )


def is_async(function: Callable[..., Any]) -> bool:
    """Whether *function* is known to return an awaitable before it is called."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(getattr(function, "__call__", None))  # noqa: B004


def _needs_loop(error: BaseException | None) -> bool:
    """Whether *error* says that the function makes its awaitable, such as a task, in an event loop alone."""
    text = str(error) if isinstance(error, RuntimeError) else ""
    return any(fact in text for fact in ("no running event loop", "no current event loop", "from async context"))


def _identity(function: Callable[[], Any]) -> tuple[int, ...]:
    """What makes *function* the same: a bound method is another object each time it is read."""
    if isinstance(function, MethodType):
        return id(function.__self__), id(function.__func__)
    return (id(function),)


def _stop_of(command: Poll | SendRequest) -> WakeUp | None:
    return command.wake_up if isinstance(command, Poll) else None


def _until(command: Poll | SendRequest) -> float | None:
    return None if command.timeout is None else clock.current.monotonic() + command.timeout


def _none() -> None:
    return None
