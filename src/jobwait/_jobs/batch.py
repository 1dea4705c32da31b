"""submit_all(): the submissions of a batch, several at once, within the rate limit of their account."""

import inspect
from collections.abc import Callable, Coroutine, Generator, Iterable, Mapping
from contextlib import contextmanager, suppress
from os import PathLike
from typing import Any, Final, Generic, ParamSpec, TypedDict, TypeVar

from attrs import define, field

from jobwait._jobs.drivers import presented, public_name, result_of, run, run_async
from jobwait._jobs.registry import checked_limits
from jobwait._model.arguments import explained
from jobwait._model.html import of_submitted
from jobwait._model.limits import Limit
from jobwait._model.policy import Seconds, seconds
from jobwait._model.service import Service
from jobwait._polling.commands import Gather, Operation, Sleep
from jobwait._polling.pacing import Batch, paced
from jobwait._sync.wake_up import Stop, WakeUp
from jobwait.errors import InvalidInput, JobWaitError, NotSubmitted, SubmitUnconfirmed

I = TypeVar("I")  # noqa: E741 - an input
J = TypeVar("J")
P = ParamSpec("P")
R = TypeVar("R")

CONCURRENCY: Final = 8  # submissions in flight at once


class BatchOptions(TypedDict, total=False):
    """
    Further arguments of each submit_all().

    concurrency: the most submissions in flight at once. timeout: in seconds, None: none; after it no more are sent, and
    those in flight are completed. stop: a Stop, which does the same when it is set, from any thread. limits: a Limit,
    or one by service name, for these submissions, in addition to the one that the service documents. on_submitted:
    called in the caller's thread with the number of an input, from 0, and its handle, as soon as the service has taken
    it; again if Ctrl-C interrupted the call.
    """

    concurrency: int
    timeout: Seconds | None
    stop: Stop | None
    limits: Limit | Mapping[str, Limit] | None
    on_submitted: Callable[[int, Any], object] | None


class Submitted(list[R]):
    """What submit_all() returns, a handle or an error for each input, which a notebook shows as a table."""

    def _repr_html_(self) -> str:
        return of_submitted(self)


@define(eq=False)
class SubmitAll(Generic[I, J]):
    """The submissions of *inputs*; *submit* gives the operation for one. results: by number, as they become known."""

    service: Service[Any, Any]
    inputs: list[I]
    submit: Callable[[I], Operation[J]]
    concurrency: int
    timeout: float | None
    stop: Stop | None
    own: Limit | None
    on_submitted: Callable[[int, Any], object] | None
    results: dict[int, J | JobWaitError] = field(factory=dict)
    begun: set[int] = field(factory=set)

    @classmethod
    def of(
        cls, service: Service[Any, Any], inputs: Iterable[I], submit: Callable[[I], Operation[J]], more: BatchOptions
    ) -> "SubmitAll[I, J]":
        """Check the arguments, and read all inputs; raises InvalidInput."""
        unknown = [name for name in more if name not in BatchOptions.__annotations__]
        if unknown:
            names = ", ".join(BatchOptions.__annotations__)
            raise TypeError(f"submit_all() takes no argument {unknown[0]!r}; further ones are {names}")
        concurrency, timeout = more.get("concurrency", CONCURRENCY), more.get("timeout")
        if isinstance(concurrency, bool) or not isinstance(concurrency, int) or concurrency < 1:
            raise InvalidInput(f"concurrency must be 1 or more, not {concurrency!r:.60}.")
        on_submitted = more.get("on_submitted")
        if on_submitted is not None and (inspect.iscoroutinefunction(on_submitted) or not callable(on_submitted)):
            raise InvalidInput("on_submitted must be a plain function of an input's number and its handle.")
        if isinstance(inputs, str | bytes | PathLike | Mapping) or not isinstance(inputs, Iterable):
            kind = type(inputs).__name__
            raise InvalidInput(f"submit_all() needs an iterable of inputs, not {kind}; submit() takes a single one.")
        after = None if timeout is None else seconds("timeout", timeout)
        own = checked_limits(more.get("limits"), service.name).get(service.name)
        return cls(service, list(inputs), submit, concurrency, after, more.get("stop"), own, on_submitted)

    def operation(self) -> Operation[list[J | JobWaitError]]:
        """Submit all; a handle or an error for each input, in order."""
        stop, began = WakeUp(), (yield Sleep(0)).now
        until = float("inf") if self.timeout is None else began + self.timeout
        batch = Batch(self.service, self.own, stop, until, began)
        forget = None if self.stop is None else self.stop.notify(stop.set)
        try:
            operations = [self._one(number, given, batch) for number, given in enumerate(self.inputs)]
            yield Gather(operations, self.concurrency, stop, self._report)
        finally:
            if forget is not None:
                forget()
        return self.so_far()

    def so_far(self) -> list[J | JobWaitError]:
        """What is known of each input."""
        numbers = range(len(self.inputs))
        return Submitted(self.results[one] if one in self.results else self._unknown(one) for one in numbers)

    @contextmanager
    def kept(self) -> Generator[None, None, None]:
        """Give what is known to whatever interrupts the block, as its attribute *submitted*."""
        try:
            yield
        except BaseException as error:
            taken = sum(not isinstance(one, JobWaitError) for one in self.results.values())
            with suppress(Exception):  # some exceptions have no attributes
                error.submitted = self.so_far()  # type: ignore[attr-defined]
                fact = f"submit_all(): {taken} of {len(self.inputs)} were submitted before this"
                error.add_note(f"{fact}; its attribute `submitted` has a handle or an error for each.")
            raise

    def _one(self, number: int, given: I, batch: Batch) -> Operation[J | JobWaitError]:
        self.begun.add(number)
        try:
            self.results[number] = yield from paced(self.submit(given), batch)
        except JobWaitError as error:
            self.results[number] = error
        return self.results[number]

    def _report(self, number: int, result: J | JobWaitError) -> None:
        if self.on_submitted is not None and not isinstance(result, JobWaitError):
            self.on_submitted(number, result)

    def _unknown(self, number: int) -> JobWaitError:
        name = self.service.name
        if number in self.begun:
            fact = "submit_all() was interrupted before the response came, so the job may exist. It was not sent again."
            return SubmitUnconfirmed(f"{name}: {fact}", service=name)
        return NotSubmitted(f"{name}: submit_all() was interrupted first; nothing was sent.", service=name)


def submit_all_pair(
    prepare: Callable[P, SubmitAll[Any, J]],
) -> tuple[Callable[P, list[J | JobWaitError]], Callable[P, Coroutine[Any, Any, list[J | JobWaitError]]]]:
    """submit_all() and submit_all_async() of a service, of the function that checks their arguments."""
    job: Any = result_of(prepare)
    returns = f"list[{getattr(job, '__name__', job)} | JobWaitError]"
    begin, begin_async = (explained(prepare, public_name(prepare, suffix)) for suffix in ("", "_async"))

    @presented(prepare, "", returns)
    def sync(*args: P.args, **kwargs: P.kwargs) -> list[J | JobWaitError]:
        submissions = begin(*args, **kwargs)
        with submissions.kept():
            return run(submissions.operation())

    @presented(prepare, "_async", returns)
    async def asynchronous(*args: P.args, **kwargs: P.kwargs) -> list[J | JobWaitError]:
        submissions = begin_async(*args, **kwargs)
        with submissions.kept():
            return await run_async(submissions.operation())

    return sync, asynchronous
