"""One call of a sync function, in a daemon thread of its own: whoever asked for it may give it up."""

import contextvars
import inspect
import os
from collections.abc import Callable
from typing import Any

from attrs import define, field

from jobwait._sync import clock
from jobwait._sync.wake_up import lock


def discard(awaitable: Any) -> None:
    """Close *awaitable*, which nobody awaits, so that Python does not warn of it."""
    end = getattr(awaitable, "close", None) or getattr(awaitable, "cancel", None)
    if end is not None:
        end()


@define(eq=False)
class Call:
    """
    A call that was begun; its result is for those who listen when it comes, and dropped if nobody does.

    began: on the monotonic clock. process: the one in which its thread runs. value, error: what it returned or raised,
    once it is *done*. ended: called then, before anybody is told.
    """

    function: Callable[[], Any]
    ended: Callable[[], object]
    began: float = field(factory=lambda: clock.current.monotonic())  # noqa: PLW0108 - it may be another clock by then
    process: int = field(factory=os.getpid)
    done: bool = False
    value: Any = None
    error: BaseException | None = None
    _listeners: list[Callable[[], object]] = field(factory=list)

    def start(self, name: str) -> None:
        """Call the function, in the caller's context; raises RuntimeError if no thread can be started."""
        context = contextvars.copy_context()
        clock.current.start(lambda: context.run(self._run), name)

    def listen(self, listener: Callable[[], object]) -> None:
        """Call *listener* once it is done, in its thread; at once if it is done already."""
        with lock():
            self._listeners.append(listener)
            late = self.done
        if late:
            listener()

    def leave(self, listener: Callable[[], object]) -> None:
        """Listen no longer; an awaitable that nobody has taken by then is closed."""
        with lock():
            self._listeners.remove(listener)
            dropped = self.done and not self._listeners
        if dropped:
            self._drop()

    def take(self) -> Any:
        """What it returned; an awaitable goes to one of those who listen, the others get None."""
        with lock():
            value = self.value
            if inspect.isawaitable(value):
                self.value = None
        return value

    def _run(self) -> None:
        try:
            value, error = self.function(), None
        except BaseException as raised:  # noqa: BLE001 - judged, or raised again, by those who wait for it
            value, error = None, raised
        with lock():
            self.value, self.error, self.done = value, error, True
            listeners = tuple(self._listeners)
            self.ended()
        for listener in listeners:
            listener()
        if not listeners:
            self._drop()

    def _drop(self) -> None:
        value = self.take()
        if inspect.isawaitable(value):
            discard(value)
