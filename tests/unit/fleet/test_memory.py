"""What a job holds while it sleeps or waits for its turn: as few objects as its wait needs, and none that runs."""

import gc
import types

from jobwait import Limit, Policy, promptforge
from jobwait._httpx import httpx
from jobwait._polling.commands import Result
from jobwait._polling.progress_estimate import ProgressHistory
from jobwait.fleet.accounts import Account
from jobwait.fleet.fleet_job import FleetOptions
from jobwait.fleet.scheduler import PendingRequest, Scheduler
from jobwait.service import Service
from promptforge_client import AuthenticatedClient
from support.waits import batch

RUNS = (types.GeneratorType, types.FunctionType, types.MethodType, types.CellType)
SHARED = (type, types.ModuleType, Account, FleetOptions, Service, AuthenticatedClient)


def fleet_of(limit, jobs=8):
    """A scheduler of jobs of PromptForge under *limit*, and a list with the time, which it goes by."""
    now = [1000.0]
    options = FleetOptions(policy=Policy(timeout=86400), limits={"promptforge": limit})
    clock = lambda: Result(now[0], 1e9 + now[0])  # noqa: E731 - it is one value
    scheduler = Scheduler(options, clock, lambda _: clock())
    client = promptforge.connect("key", base_url="http://127.0.0.1:9")
    for number in range(jobs):
        scheduler.add(promptforge.job(client, f"j{number}"))
    return scheduler, now


def polled(scheduler, now):
    """The jobs of which each poll that is due has got a response."""
    found = []
    while isinstance(request := scheduler.next(), PendingRequest):
        found.append(request.job)
        now[0] += 0.01
        scheduler.take(request, httpx.Response(200, json=batch(done=len(found), job_id=request.job.job_state.job_id)))
    return found


def held(job, other):
    """The objects that *job* holds and *other* does not."""
    shared = reached(other)
    return [one for key, one in reached(job).items() if key not in shared]


def reached(job):
    """All objects that *job* holds, by their id."""
    found, todo = {}, [job]
    while todo:
        one = todo.pop()
        if id(one) not in found and not isinstance(one, SHARED):
            found[id(one)] = one
            todo.extend(gc.get_referents(one))
    return found


def test_a_job_that_was_never_polled_holds_its_handle_and_its_place():
    """No wait, no history of its own and nothing that runs, while the rate limit lets one other be polled."""
    scheduler, now = fleet_of(Limit(1, 3600))
    assert isinstance(scheduler.next(), PendingRequest)
    assert not isinstance(scheduler.next(), PendingRequest)
    waiting = [job for job in scheduler._jobs if not job.in_flight]
    assert 7 == len(waiting)
    assert all(job.wait_state is None for job in waiting)
    objects = held(waiting[0], waiting[1])
    assert [] == [one for one in objects if isinstance(one, RUNS)]
    assert ProgressHistory.empty(has_queue_phase=False) not in objects
    kinds = {type(one).__name__ for one in objects if gc.is_tracked(one)}
    assert {"FleetJob", "JobState", "OneId", "PromptForgeJob", "tuple"} >= kinds
    assert now == [1000.0]


def test_a_job_that_sleeps_holds_nothing_that_runs():
    """A generator takes a third of a kilobyte, so there is one only while its job is looked at."""
    scheduler, now = fleet_of(Limit(1000))
    jobs = polled(scheduler, now)
    assert 8 == len(jobs)
    objects = held(jobs[0], jobs[1])
    assert jobs[0].wait_state in objects
    assert [] == [one for one in objects if isinstance(one, RUNS)]
    assert 1 == sum(type(one).__name__ == "Wait" for one in objects)


def test_a_poll_queue_that_thousands_have_left_holds_none_of_them():
    """Neither those that were polled nor those that left are kept once others are polled."""
    scheduler, _ = fleet_of(Limit(1000), jobs=600)
    queue = scheduler._jobs[0].account.poll_queue
    for job in scheduler._jobs[:300]:
        queue.leave(job)
    while len(queue):
        queue.first(1000.0)
    assert (0, 0) == (len(queue._line), len(queue._selected))
    assert not any(job.queued or job.in_line for job in scheduler._jobs)
