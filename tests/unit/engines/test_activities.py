"""What a Temporal worker does, activity by activity, in temporalio's own test environment and in virtual time."""

import asyncio
from dataclasses import replace

import pytest
from benchmarks.engines.served import CANARY, job_ids
from temporalio.activity import ActivityCancellationDetails
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode
from tests.support.payloads import FREEPLAY_JOB, IDENTIFIER
from tests.unit.engines import virtual
from tests.unit.engines.fake_temporal import Attempt, Client, Server, through
from tests.unit.engines.virtual import Clock, PromptForge

from jobwait import Policy, errors, freeplay, promptforge
from jobwait._httpx import httpx
from jobwait.engines.batch_run import BatchRun
from jobwait.engines.payloads import from_dict
from jobwait.engines.temporal import Account, Activities, Batch, Checkpoint, Ended, batches
from jobwait.engines.temporal.rate_messages import Participant

BRISK = Policy(interval=1.0, min_interval=0.5, max_interval_ratio=0.1, timeout=600)
IDS = job_ids(10, 2, 30)


def made(ids=IDS, account="team", **more):
    (one,) = batches("promptforge", account, ids, policy=BRISK, **more)
    return one


def at(service, key="key"):
    return promptforge.connect(key, base_url="https://pf.invalid", transport=service)


def swept(batch, connect, *, name="team", service="promptforge", left=None, acts=None):
    """The attempt at *batch*, after *acts* on it; its task is done, however it ended."""

    async def main():
        async with Server() as server:
            attempt = Attempt(Client(server), [Account(service, name, connect)], batch, "sweep", left=left)
            if acts is not None:
                await acts(attempt)
            await asyncio.wait([attempt.task])
            return attempt

    return virtual.run(main(), Clock() if not isinstance(connect, Connected) else connect.clock)


class Connected:
    """Makes clients of a PromptForge in virtual time."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.service = PromptForge(self.clock)

    def __call__(self):
        return at(self.service)


def asked(connect):
    return sum(map(len, connect.service.polls.values()))


def failure(attempt):
    error = attempt.task.exception()
    assert isinstance(error, ApplicationError)
    return error


def test_a_sweep_tells_where_it_stands_from_its_beginning_to_its_end():
    """Three heartbeats in the time after which a worker counts as dead: first all wait, in the end none."""
    connect = Connected()
    attempt = swept(made(heartbeat=6), connect)
    assert [10, 0] == [attempt.beats[0].waiting, attempt.beats[-1].waiting]
    assert all(one.waiting + sum(one.counts.values()) == 10 for one in attempt.beats)
    assert connect.clock.now // 2 <= len(attempt.beats) <= connect.clock.now // 2 + 2
    assert {"succeeded": 10} == attempt.task.result().counts


def test_a_sweep_whose_stint_is_over_comes_back_and_the_next_goes_on_without_losing_a_look():
    """Stint after stint the waits keep their counts; a new stint every four seconds asks for little more than none."""
    one, other, stints = Connected(), Connected(), 0
    whole = swept(made(), one).task.result()

    batch = made(continue_after=4.0)
    checkpoint = swept(batch, other).task.result()
    while checkpoint.waiting:
        stints += 1
        checkpoint = swept(replace(batch, stand=checkpoint), other).task.result()
    assert stints >= 5
    assert sorted(IDS) == sorted(end.job_id for end in checkpoint.unpack()[0])
    assert {end.job_id: end.polls for end in checkpoint.unpack()[0]} == {
        name: len(times) for name, times in other.service.polls.items()
    }
    assert asked(other) <= 1.5 * asked(one)
    assert whole.counts == checkpoint.counts


@pytest.mark.parametrize("left", [None, {"waiting": 10}, "text of another program"])
def test_a_sweep_without_a_usable_heartbeat_begins_with_the_batch(left):
    """Where an earlier attempt told nothing yet, the batch's own stand holds."""
    connect = Connected()

    async def told(attempt):
        details = [] if left is None else [left]
        attempt.environment.info = replace(attempt.environment.info, heartbeat_details=details)

    assert {"succeeded": 10} == swept(made(), connect, acts=told).task.result().counts


class FreeplayInVirtualTime(httpx.AsyncBaseTransport):
    """Freeplay with jobs that run until they are canceled; *canceled* has their ids."""

    def __init__(self) -> None:
        self.canceled: set[str] = set()

    def __call__(self):
        return freeplay.connect(CANARY, base_url="https://freeplay.invalid", transport=self)

    async def handle_async_request(self, request):
        await asyncio.sleep(0.1)
        *_, name = [word for word in request.url.path.split("/") if word != "cancel"]
        if request.method != "GET":
            self.canceled.add(name)
        status = "cancelled" if name in self.canceled else "running"
        return httpx.Response(200, json={**FREEPLAY_JOB, "job_id": name, "status": status})


PROJECT = "0d7c6e5c-5a1c-4d0e-8f0a-3b8a5f3c2b11"
FREE = Batch(service="freeplay", account="team", job_ids=[IDENTIFIER, PROJECT], common={"project_id": PROJECT})


@pytest.mark.parametrize("at_service", [False, True])
def test_a_canceled_sweep_comes_back_and_cancels_its_jobs_only_where_asked(at_service):
    """The stand says that the waits were given up; the jobs run on, unless the batch says that they go with it."""
    service = FreeplayInVirtualTime()

    async def canceled(attempt):
        await asyncio.sleep(5)
        attempt.environment.cancel()

    attempt = swept(replace(FREE, cancel_at_service=at_service), service, service="freeplay", acts=canceled)
    assert (True, 2) == (attempt.task.result().canceled, attempt.task.result().waiting)
    assert (set(FREE.job_ids) if at_service else set()) == service.canceled


def test_a_sweep_whose_worker_shuts_down_cancels_nothing_at_the_service():
    """Another worker goes on with the waits: their jobs stay as they are, and the last heartbeat is the latest."""
    service = FreeplayInVirtualTime()

    async def shut_down(attempt):
        await asyncio.sleep(5)
        attempt.environment.cancel(ActivityCancellationDetails(worker_shutdown=True))

    attempt = swept(replace(FREE, cancel_at_service=True), service, service="freeplay", acts=shut_down)
    assert attempt.task.cancelled()
    assert set() == service.canceled
    assert (2, False) == (attempt.beats[-1].waiting, attempt.beats[-1].canceled)


def test_the_activity_that_cancels_reaches_what_still_runs():
    """Where no sweep is at work, the jobs are canceled by an activity of its own, which says how many."""
    service = FreeplayInVirtualTime()

    async def main():
        async with Server() as server:
            return await Attempt.environment_of("cancel").run(
                Activities(Client(server), [Account("freeplay", "team", service)]).cancel, FREE
            )

    assert 2 == virtual.run(main())
    assert set(FREE.job_ids) == service.canceled


def lacking(account, batch):
    """How a worker with that *account* fails at *batch*."""
    attempt = swept(batch, account.connect, name=account.name)
    return failure(attempt)


def unset():
    raise errors.InvalidInput("There is no key for promptforge.")


def broken():
    raise ValueError(f"vault: {CANARY} was not taken")


def elsewhere():
    return promptforge.connect(CANARY, base_url="https://other.invalid", transport=PromptForge(Clock()))


@pytest.mark.parametrize(
    ("connect", "kind", "said"),
    [
        (unset, "InvalidInput", "There is no key for promptforge. Another worker may succeed."),
        (broken, "ValueError", "A batch run failed with ValueError; its worker's log says where."),
        (elsewhere, "TokenRefused", "Another worker may succeed."),
    ],
)
def test_a_worker_that_lacks_something_fails_so_that_another_may_go_on(connect, kind, said, caplog):
    """No key, a key provider that breaks, another host: the failure can be retried, and no text of it holds a key."""
    checkpoint = BatchRun.of(made(["job-0-0"]), at(PromptForge(Clock())), None).checkpoint()  # from an earlier stint
    error = lacking(Account("promptforge", "team", connect), replace(made(["job-0-0"]), stand=checkpoint))
    assert (kind, False) == (error.type, error.non_retryable)
    assert str(error).endswith(said)
    assert CANARY not in f"{error!r}{caplog.text}"
    assert ("ValueError" in caplog.text) == (connect is broken)


def test_a_worker_without_the_account_fails_so_that_another_may_go_on():
    """The failure names what this worker does not have."""
    error = lacking(Account("promptforge", "other", Connected()), made())
    assert ("NoSuchAccount", False) == (error.type, error.non_retryable)
    assert "no account 'team' at promptforge" in str(error)


def test_a_batch_that_no_worker_could_wait_for_fails_for_good():
    """Freeplay's jobs without their project are refused once, and not again by each worker."""
    attempt = swept(replace(FREE, common={}), FreeplayInVirtualTime(), service="freeplay")
    assert ("InvalidInput", True) == (failure(attempt).type, failure(attempt).non_retryable)
    assert "project_id" in str(failure(attempt))


def test_a_heartbeat_that_cannot_be_told_fails_the_attempt():
    """A heart that stops by itself did so for a reason, which is not swallowed."""

    async def deaf(attempt):
        def refuse(*_):
            raise LookupError

        attempt.environment.on_heartbeat = refuse

    attempt = swept(made(), Connected(), acts=deaf)
    assert "LookupError" == failure(attempt).type


def test_members_whose_attempt_nobody_runs_are_gone():
    """Gone are a workflow that there is not, another run, another attempt; one that runs stays."""

    async def main():
        async with Server() as server:
            server.sweeps = {"runs": ("run", 2), "other-run": ("later", 2), "other-attempt": ("run", 3)}
            members = [Participant(sweep=name, attempt="run/2", jobs=1) for name in (*server.sweeps, "unknown")]
            activities = Activities(Client(server), [Account("promptforge", "team", Connected())])
            return await Attempt.environment_of("gone").run(activities.find_gone, members)

    assert ["other-run", "other-attempt", "unknown"] == virtual.run(main())


def test_members_are_not_taken_for_gone_while_the_server_cannot_be_asked():
    """A server that does not answer fails the question, which is asked again; nobody loses a part for it."""

    async def main():
        async with Server() as server:
            client = Client(server)
            client.reachable = False
            activities = Activities(client, [Account("promptforge", "team", Connected())])
            members = [Participant(sweep="runs", attempt="run/1", jobs=1)]
            with pytest.raises(RPCError) as failed:
                await Attempt.environment_of("gone").run(activities.find_gone, members)
            return failed.value.status

    assert virtual.run(main()) is RPCStatusCode.UNAVAILABLE


def test_a_heartbeat_comes_back_as_it_was_told():
    """What an attempt finds of the one before is its stand."""
    checkpoint = Checkpoint.of([Ended(job_id="a", state="succeeded")], ["b's token"])
    assert checkpoint == through(checkpoint, Checkpoint) == from_dict(Checkpoint, through(checkpoint, dict))
