"""jobwait.watch: a handle on a job of which a function of the caller's says how it is."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias, TypeVar, overload
from uuid import UUID

from jobwait._httpx import httpx
from jobwait._jobs.handle import Job
from jobwait._jobs.registry import is_service
from jobwait._model.arguments import explained
from jobwait._model.checks import identifier, is_ref
from jobwait._model.policy import Policy, PollingDefaults, Seconds, seconds
from jobwait._model.service import Service
from jobwait._model.status_map import Meaning, StatusMap
from jobwait._model.types import Progress
from jobwait._polling.job_state import JobState
from jobwait._watch import readers
from jobwait._watch.client import WatchClient
from jobwait._watch.replies import parsed
from jobwait.errors import InvalidInput

T = TypeVar("T")
JobId: TypeAlias = str | int | UUID
INTERVAL: Final = 5.0  # seconds
TIMEOUT: Final = 86400.0  # seconds
_NAME: Final = re.compile(r"\w[\w.-]{0,99}")


@overload
def watch(
    function: Callable[[], Awaitable[T]],
    *,
    id: JobId,
    name: str,
    status: str | Callable[[T], object] | None = None,
    queued: Iterable[object] = (),
    running: Iterable[object] = (),
    succeeded: Iterable[object] = (),
    failed: Iterable[object] = (),
    canceled: Iterable[object] = (),
    needs_input: Iterable[object] = (),
    done: Callable[[T], bool | str] | None = None,
    progress: tuple[str, str] | Callable[[T], Progress | None] | None = None,
    reason: str | Callable[[T], object] | None = None,
    interval: Seconds = INTERVAL,
    timeout: Seconds | None = TIMEOUT,
    ref: str | None = None,
) -> Job[T]: ...
@overload
def watch(
    function: Callable[[], T],
    *,
    id: JobId,
    name: str,
    status: str | Callable[[T], object] | None = None,
    queued: Iterable[object] = (),
    running: Iterable[object] = (),
    succeeded: Iterable[object] = (),
    failed: Iterable[object] = (),
    canceled: Iterable[object] = (),
    needs_input: Iterable[object] = (),
    done: Callable[[T], bool | str] | None = None,
    progress: tuple[str, str] | Callable[[T], Progress | None] | None = None,
    reason: str | Callable[[T], object] | None = None,
    interval: Seconds = INTERVAL,
    timeout: Seconds | None = TIMEOUT,
    ref: str | None = None,
) -> Job[T]: ...
@explained
def watch(
    function: Callable[[], Any],
    *,
    id: JobId,  # noqa: A002 - what it is called everywhere else
    name: str,
    status: str | Callable[[Any], object] | None = None,
    queued: Iterable[object] = (),
    running: Iterable[object] = (),
    succeeded: Iterable[object] = (),
    failed: Iterable[object] = (),
    canceled: Iterable[object] = (),
    needs_input: Iterable[object] = (),
    done: Callable[[Any], bool | str] | None = None,
    progress: tuple[str, str] | Callable[[Any], Progress | None] | None = None,
    reason: str | Callable[[Any], object] | None = None,
    interval: Seconds = INTERVAL,
    timeout: Seconds | None = TIMEOUT,
    ref: str | None = None,
) -> Job[Any]:
    """
    A handle on the job *id*, of which *function* says how it is: a call of any SDK, or a function of your own.

        job = jobwait.watch(
            lambda: client.batches.retrieve(batch_id),
            id=batch_id,
            name="openai-batch",
            succeeded={"completed"},
            failed={"failed", "expired"},
            canceled={"cancelled"},
            progress=("request_counts.completed", "request_counts.total"),
        )
        batch = job.wait(timeout=86400)

    *function* takes nothing; sync or async, it is called for each poll, and wait() returns what it returned last. A
    sync one runs in a daemon thread; an async one, or one that returns an awaitable, needs the functions that end with
    _async. An exception that carries an HTTP status is judged as a response with it, any other is a failed poll.

    *name* is that of the service in messages, limits and trackers. *status* is a path ("status", "task.state",
    "tasks[0].state") through attributes, keys and items, or a function; *queued* to *needs_input* say what its words
    mean, and a word in none of them never ends the wait. Instead of these, *done* returns False (running), True
    (succeeded) or a state's name. *progress* is a pair of paths (done, total), or a function that returns a Progress.
    *reason*, a path or a function, says why the job failed. *interval* is the time between two calls, and *timeout*
    that of a wait that names none; both in seconds. *ref*, "package.module:function", names a function that makes the
    watch of an id: a tracker and a token need it, to say which function to give them again. docs/watch.md.

    Raises:
        InvalidInput: an argument is invalid, or contradicts another; nothing was called.

    """
    sets: dict[Meaning, Iterable[object]] = {
        "queued": queued,
        "running": running,
        "succeeded": succeeded,
        "failed": failed,
        "canceled": canceled,
        "needs_input": needs_input,
    }
    if not callable(function):
        raise InvalidInput(f"The first argument must be a function without arguments, not {function!r:.60}.")
    job_id, given = identifier("id", id), _checked_name(name)
    if ref is not None and not (isinstance(ref, str) and is_ref(ref)):
        raise InvalidInput(f'ref must name a function, as in "package.module:function", not {ref!r:.60}.')
    read_status, known = _status(status, sets, done)
    service: Service[Any, Any] = Service(
        name=given,
        poll=_no_request,
        parse=parsed,
        status=read_status,
        statuses=known,
        defaults=_defaults(interval, timeout),
        progress=_nothing if progress is None else readers.progress_reader(given, progress),
        reason=_nothing if reason is None else readers.reason_reader(given, reason),
    )
    client = WatchClient.of(given, job_id, function, ref or "")
    return Job(JobState(service, client, {service.id: job_id}))


watch.__module__ = "jobwait"  # where people import it from


def _checked_name(name: object) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise InvalidInput(f"name must be of letters, digits, dots, hyphens and underscores, not {name!r:.60}.")
    if is_service(name):
        raise InvalidInput(f"name is {name!r}, and that is a service of jobwait's. Choose another.")
    return name


def _status(status: Any, sets: Mapping[Meaning, Iterable[object]], done: Any) -> tuple[Callable[[Any], str], StatusMap]:
    """How the state is read, and what its words mean."""
    named = [meaning for meaning, words in sets.items() if words != ()]
    if done is None:
        if not named:
            raise InvalidInput("Nothing says when the job has ended: give succeeded= (failed=, …), or done=.")
        return readers.status_reader("status" if status is None else status), readers.statuses(sets)
    if named or status is not None:
        other = f"{named[0]}=" if named else "status="
        raise InvalidInput(f"done= says how the job is, and so would {other}: give one of them.")
    return readers.done_reader(done), readers.states()


def _defaults(interval: Seconds, timeout: Seconds | None) -> PollingDefaults:
    every: Any = Policy(interval=interval).interval  # checked
    if every is None or not isinstance(every, int | float):
        raise InvalidInput(f"interval must be a number of seconds, not {interval!r:.60}.")
    return PollingDefaults(
        timeout=None if timeout is None else seconds("timeout", timeout),
        interval=float(every),
        first_interval=float(every),
        min_interval=min(1.0, every),
        max_interval=max(600.0, every),
    )


def _no_request(_client: Any, _ids: Any) -> httpx.Request:
    """Stand where a service makes its status request."""
    raise InvalidInput("A watch sends no request of its own: its function does.")


def _nothing(_: Any) -> None:
    return None
