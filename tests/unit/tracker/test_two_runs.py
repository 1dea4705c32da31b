"""Several runs with one file, in one process or in several: who follows which job, and who delivers its outcome."""

import os
import random
import threading
from collections import Counter
from contextlib import nullcontext
from functools import partial
from types import SimpleNamespace

import anyio
import pytest

from jobwait import Stop, promptforge
from jobwait.tracker import Tracker, leases
from jobwait.tracker import process as processes
from jobwait.tracker.rows import set_delivered, tracked
from support import forks
from support.tracked import ENDED, REFUSED, Clock, Service, add, connect, outcome
from support.waits import FAST, batch

ELSEWHERE = "elsewhere:1"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "jobs.db"


@pytest.fixture
def tracker(path):
    with Tracker(path) as tracker:
        yield tracker


def hold(tracker, owner, lease):
    """Have *owner* lease all rows until *lease*."""
    tracker._database.write(lambda db: db.execute("update jobs set owner = ?, lease = ?", (owner, lease)))


def test_an_outcome_that_one_run_delivers_is_not_delivered_by_another(path, tracker, monkeypatch):
    """Another run begins and ends inside each callback of the first: it delivers its own outcomes alone."""
    monkeypatch.setattr(leases, "BATCH", 3)
    told, depth = [], []

    with connect(Service(lambda _: ENDED)) as client, Tracker(path) as other:
        add(tracker, client, 12)

        def on_outcome(row):
            told.append(row.key)
            if len(depth) < 3:
                depth.append(row)
                (other if len(depth) % 2 else tracker).run(lambda _: client, on_outcome=on_outcome, policy=FAST)
                depth.pop()

        tracker.run(lambda _: client, on_outcome=on_outcome, policy=FAST)
    assert {f"{number}": 1 for number in range(12)} == Counter(told)
    assert 12 == len(list(tracker.outcomes()))


def test_an_outcome_whose_callback_raised_is_delivered_by_the_next_run(path, tracker):
    """Its lease ends with the run, though the process lives, and whether the process is the same or another."""
    told = []
    with connect(Service(lambda _: ENDED)) as client, Tracker(path) as other:
        add(tracker, client, 3)
        with pytest.raises(ZeroDivisionError):
            tracker.run(lambda _: client, on_outcome=lambda _: 1 // 0, policy=FAST)
        assert [None, None, None] == [row.owner for row in tracker.all()]
        other.run(lambda _: client, on_outcome=lambda row: told.append(row.key), policy=FAST)
    assert ["0", "1", "2"] == sorted(told)


def test_outcomes_of_a_run_without_a_callback_are_delivered_by_one_with(tracker):
    """They are recorded, and nobody has leased them."""
    told = []
    with connect(Service(lambda _: ENDED)) as client:
        add(tracker, client, 2)
        assert 2 == tracker.run(lambda _: client, policy=FAST)
        assert 0 == tracker.run(lambda _: client, on_outcome=lambda row: told.append(row.key), policy=FAST)
    assert ["0", "1"] == told


def test_an_outcome_of_a_living_process_is_its_own_however_long_the_callback_takes(tracker):
    """Its lease has expired by the calendar, which may have been set forward; one of another machine is free then."""
    told = []
    with connect(Service(lambda _: ENDED)) as client:
        add(tracker, client, 2)
        tracker.run(lambda _: client, policy=FAST)
        alive = f"{os.uname().nodename}:{os.getppid()}"
        hold(tracker, alive, 1.0)
        tracker._database.write(lambda db: db.execute("update jobs set owner = ? where key = '1'", (ELSEWHERE,)))
        tracker.run(lambda _: client, on_outcome=lambda row: told.append(row.key))
        assert ["1"] == told
        hold(tracker, f"{os.uname().nodename}:{2**22 + 1}", 1e12)
        tracker._database.write(lambda db: db.execute("update jobs set owner = null where key = '1'"))
        tracker.run(lambda _: client, on_outcome=lambda row: told.append(row.key))
    assert ["1", "0"] == told


@pytest.mark.parametrize("ending", ["returns", "raises"])
def test_leases_are_renewed_while_a_callback_runs(ending, path, tracker, monkeypatch):
    """Also for a run in another container, which cannot see that the process lives; the thread ends with the run."""
    clock, told, renewed, renew = clock_for(monkeypatch), [], threading.Event(), leases.Leases._renew
    monkeypatch.setattr(leases, "RENEW_EVERY", 0.001)
    monkeypatch.setattr(leases.Leases, "_renew", lambda one, db: (renew(one, db), renewed.set())[0])

    with connect(Service(lambda _: ENDED)) as client, Tracker(path) as other:
        add(tracker, client, 3)

        def on_outcome(row):
            told.append(row.key)
            clock.advance(leases.LEASE + 30)
            for _ in range(2):  # the first may have begun before
                renewed.clear()
                assert renewed.wait(60)
            with monkeypatch.context() as elsewhere:
                elsewhere.setattr(processes, "is_local", lambda _: False)
                other.run(lambda _: client, on_outcome=told.append, policy=FAST)
            if ending == "raises":
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError) if ending == "raises" else nullcontext():
            tracker.run(lambda _: client, on_outcome=on_outcome, policy=FAST)
    assert len(told) == 1 if ending == "raises" else sorted(told) == ["0", "1", "2"]
    assert "jobwait_leases" not in {thread.name for thread in threading.enumerate()}


def test_a_job_that_is_added_in_a_callback_is_waited_for_in_the_same_run(tracker):
    """Also where the callback is for an outcome of an earlier run."""
    told = []
    with connect(Service(lambda _: ENDED)) as client:

        def on_outcome(row):
            told.append(row.key)
            if len(told) < 4:
                tracker.add(promptforge.job(client, f"next{len(told)}"), "team", key=f"next{len(told)}")

        add(tracker, client, 1)
        tracker.run(lambda _: client, policy=FAST)
        assert 3 == tracker.run(lambda _: client, on_outcome=on_outcome, policy=FAST)
    assert ["0", "next1", "next2", "next3"] == told


def test_one_job_in_two_rows_ends_both(tracker):
    """Also where the second row is added once the first has ended: the fleet knows the job already."""
    told = []
    with connect(Service(lambda _: ENDED)) as client:

        def on_outcome(row):
            told.append(row.key)
            if row.key == "0":
                tracker.add(promptforge.job(client, "j0"), "other name", key="again")

        add(tracker, client, 1)
        assert 2 == tracker.run(lambda _: client, on_outcome=on_outcome, policy=FAST)
    assert ["0", "again"] == told


def clock_for(monkeypatch, **more):
    clock = Clock(**more)
    monkeypatch.setattr(leases, "clock", SimpleNamespace(current=clock))
    return clock


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_standby_takes_over_when_the_lease_of_another_run_expires(kind, tracker, monkeypatch):
    """Without standby the run returns at once; with it the jobs are followed once nobody renews their lease."""
    clock = clock_for(monkeypatch, step=10.0)
    client, told = connect(Service(lambda _: ENDED)), []
    add(tracker, client, 2)
    hold(tracker, ELSEWHERE, clock.wall + 50)
    assert 0 == tracker.run(lambda _: client, policy=FAST)
    assert [ELSEWHERE] * 2 == [row.owner for row in tracker.pending()]
    given = {"standby": True, "policy": FAST, "on_outcome": lambda row: told.append(row.key)}
    if kind == "sync":
        with client:
            assert 2 == tracker.run(lambda _: client, **given)
    else:

        async def main():
            async with client:
                return await tracker.run_async(lambda _: client, **given)

        assert 2 == anyio.run(main)
    assert ["0", "1"] == sorted(told)


@pytest.mark.parametrize("end", ["stop", "timeout"])
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_standby_ends_with_its_stop_or_timeout(kind, end, tracker, monkeypatch):
    """The other run renews its leases for ever; its jobs stay its own."""
    stop = Stop()
    clock = clock_for(monkeypatch, step=10.0)

    def then():
        hold(tracker, ELSEWHERE, clock.wall + 60)
        if end == "stop" and clock.now > begun + 100:
            stop.set()

    client, begun = connect(Service(lambda _: ENDED)), clock.now
    add(tracker, client, 1)
    clock.then = then
    given = {"standby": True, "stop": stop, "timeout": None if end == "stop" else 100.0}
    if kind == "sync":
        with client:
            assert 0 == tracker.run(lambda _: client, **given)
    else:

        async def main():
            async with client:
                return await tracker.run_async(lambda _: client, **given)

        assert 0 == anyio.run(main)
    assert clock.now > begun + 100
    assert [ELSEWHERE] == [row.owner for row in tracker.pending()]


def test_standby_takes_over_from_a_dead_process_at_once_and_delivers_what_it_left(tracker):
    """A job that it followed, and an outcome that it had recorded and not delivered."""
    told = []
    with connect(Service(lambda _: ENDED)) as client:
        add(tracker, client, 1)
        tracker.run(lambda _: client, policy=FAST)
        tracker.add(promptforge.job(client, "other"), "team", key="other")
        hold(tracker, f"{os.uname().nodename}:{2**22 + 1}:1:7", 1e12)
        tracker.run(lambda _: client, policy=FAST, standby=True, on_outcome=lambda row: told.append(row.key))
    assert ["0", "other"] == told


def test_two_runs_on_standby_do_not_wait_for_each_others_open_jobs(path, tracker, monkeypatch):
    """What one has tried in vain the other tries too, and then both return."""
    monkeypatch.setattr(leases, "BATCH", 1)
    results, service = [], Service(lambda _: REFUSED)
    with connect(service) as client, Tracker(path) as other:
        add(tracker, client, 4)

        async def main():
            async def run(one):
                results.append(await one.run_async(lambda _: client, policy=FAST, standby=True))

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(run, tracker)
                tasks.start_soon(run, other)

        anyio.run(main)
    assert [0, 0] == results
    assert {f"j{number}" for number in range(4)} == set(service.polled)
    assert max(Counter(service.polled).values()) <= 2


def test_a_lease_of_a_calendar_that_was_set_back_ends_in_time(tracker, monkeypatch):
    """It seems to hold for an hour; nobody renews it, so it ends a lease's time from now."""
    clock = clock_for(monkeypatch)
    with connect(Service(lambda _: ENDED)) as client:
        add(tracker, client, 1)
        hold(tracker, ELSEWHERE, clock.wall + 3600)
        assert 0 == tracker.run(lambda _: client, policy=FAST)
        clock.advance(leases.LEASE + 1)
        assert 1 == tracker.run(lambda _: client, policy=FAST)


def test_a_run_that_lost_its_lease_ends_its_wait_and_records_nothing(path, tracker, monkeypatch):
    """A callback took longer than a lease, and another run has the jobs: this one follows them no longer."""
    clock, told = clock_for(monkeypatch), {"one": [], "other": []}
    with connect(Service(lambda _: ENDED)) as client, Tracker(path) as other:
        add(tracker, client, 5)

        def slow(row):
            told["one"].append(row.key)
            if len(told["one"]) == 1:
                clock.advance(leases.LEASE + 1)
                other.run(lambda _: client, policy=FAST, on_outcome=lambda row: told["other"].append(row.key))

        count = tracker.run(lambda _: client, policy=FAST, on_outcome=slow)
    assert (1, 4) == (count, len(told["other"]))
    assert 5 == len({*told["one"], *told["other"]})
    assert 5 == len(list(tracker.outcomes()))


def test_a_lost_job_that_is_free_again_is_taken_back(path, tracker, monkeypatch):
    """The run that took it over was stopped: on standby, the first follows it to its end."""
    clock, told, answers = clock_for(monkeypatch), [], {}
    service = Service(lambda job_id: ENDED if answers.get(job_id) else batch("PROCESSING", 1))
    with connect(service) as client, Tracker(path) as other:
        add(tracker, client, 1)

        def lose(_):
            if not answers:
                answers["j0"] = True
                clock.advance(leases.LEASE + 1)
                stop = Stop()
                stop.set()
                hold(tracker, ELSEWHERE, clock.wall - 1)
                other.run(lambda _: client, policy=FAST, stop=stop)

        tracker.run(
            lambda _: client, policy=FAST, standby=True, on_update=lose, on_outcome=lambda row: told.append(row.key)
        )
    assert ["0"] == told


class World:
    """Runs that are driven step by step, each in any order: they lease, poll, record, deliver, stall and die."""

    def __init__(self, seed, tracker, client, clock, count):
        self.chance, self.tracker, self.client, self.clock = random.Random(seed), tracker, client, clock
        self.runs, self.told, self.crashed = [], Counter(), 0
        self.count = count

    def begin(self):
        """A new run, as Tracker.run() has it, without a fleet."""
        scheduler = Steps()
        database, find = self.tracker._database, self.tracker._find_service
        run = leases.Leases(database, find, lambda _: self.client, scheduler, delivers=True)
        self.runs.append([run, scheduler, [], []])

    def step(self):
        """One step of one run."""
        run = self.chance.choice(self.runs)
        held, scheduler, following, outbox = run
        self.clock.advance(self.chance.choice([0.0, 0.1, 1.1, 25.0]))
        if outbox:
            self.deliver(held, outbox)
        elif self.chance.random() < 0.03:  # it dies, with all that it had in memory
            processes.runs.discard(held.owner)
            self.runs.remove(run)
        elif self.chance.random() < 0.5:
            if not held.empty() and (job := held.get()) is not None:
                following.append(scheduler.add(job))
        elif following:
            ended, _ = held.end(following.pop(self.chance.randrange(len(following))), outcome())
            outbox += ended
        else:
            outbox += self.tracker._database.write(lambda db: held.claim(db, 2))

    def deliver(self, held, outbox):
        """Call the callback for one outcome; or, a step later, note that it returned, unless the run dies in it."""
        number = abs(outbox[0])
        mine = "jobs.id = ? and delivered = 0 and owner = ?"
        if outbox[0] > 0 and not list(tracked(self.tracker._database, mine, (number, held.owner))):
            del outbox[0]
        elif outbox[0] > 0:
            self.told[number] += 1
            outbox[0] = -number
        elif self.chance.random() < 0.05:
            self.crashed += 1
            processes.runs.discard(held.owner)
            self.runs[:] = [run for run in self.runs if run[0] is not held]
        else:
            self.tracker._database.write(partial(set_delivered, number=number, owner=held.owner))
            del outbox[0]


class Steps:
    """What a run needs of a fleet: the index of each job that was added."""

    def __init__(self):
        self.order, self.events, self.known = [], [], {}

    def add(self, handle):
        """The index of the job."""
        index = self.known.setdefault(handle.key, len(self.order))
        self.order.append(index)
        return index

    def forget(self, handle):
        """As the scheduler does."""
        self.known.pop(handle.key, None)

    def wake(self):
        """Nobody sleeps."""


@pytest.mark.parametrize("seed", range(12))
def test_each_outcome_is_delivered_once_in_any_order_of_steps(seed, tmp_path, monkeypatch):
    """Three runs take turns at random and some die or stall: only a death within a callback repeats an outcome."""
    clock = clock_for(monkeypatch)
    with Tracker(tmp_path / "jobs.db") as tracker, connect(Service(lambda _: ENDED)) as client:
        tracker._database._db.execute("pragma synchronous = off")
        add(tracker, client, 12)
        world = World(seed, tracker, client, clock, 12)
        steps = 0
        while tracker._database.read("select 1 from jobs where coalesce(delivered, 0) = 0 limit 1"):
            while len(world.runs) < 3:
                world.begin()
            world.step()
            steps += 1
            assert steps < 5000, "outcomes are not delivered at all"
        for held, *_ in world.runs:
            held.close()
    assert 12 == len(world.told)
    assert 12 + world.crashed == world.told.total()


RUN = """
import os, signal, sys
from pathlib import Path
from jobwait._polling import rate_limits
from jobwait.tracker import Tracker, leases
from support.tracked import ENDED, Service, connect
from support.waits import FAST, batch
from collections import Counter

path, log, me, other, dies = sys.argv[1:]
leases.BATCH, leases.LEASE_EVERY, rate_limits.BURST, polls = 4, 0.05, 1000, Counter()
ready = Path(log).parent
died = ready / "died"
(ready / me).touch()
while not (ready / other).exists():
    os.sched_yield()

def answer(job_id):
    polls[job_id] += 1
    return ENDED if polls[job_id] > int(job_id[1:]) % 4 else batch("PROCESSING", 1)

def on_outcome(row):
    with open(log, "a") as file:
        file.write(f"{me} {row.key}\\n")
    if dies == row.key and not died.exists():
        died.touch()
        os.kill(os.getpid(), signal.SIGKILL)

with Tracker(path) as tracker, connect(Service(answer)) as client:
    print(tracker.run(lambda _: client, on_outcome=on_outcome, policy=FAST, standby=True))
"""


@pytest.mark.parametrize("dies", ["", "7"])
def test_two_processes_deliver_each_outcome_once(dies, path, tracker, tmp_path):
    """They take the jobs in turn, and neither returns before all have ended; a repeat is of the callback that died."""
    with connect(Service(lambda _: ENDED)) as client:
        add(tracker, client, 40)
    log, streams = tmp_path / "log", {name: [tmp_path / f"{name}.{end}" for end in ("out", "err")] for name in "ab"}
    for one in [one for pair in streams.values() for one in pair]:
        one.touch()
    started = [
        forks.Fork(
            forks.code,
            (RUN, str(path), str(log), name, other, dies),
            cwd=tmp_path,
            env=os.environ,
            streams=[os.devnull, *streams[name]],
        )
        for name, other in (("a", "b"), ("b", "a"))
    ]
    codes = [process.wait() for process in started]
    told = Counter(line.split()[1] for line in log.read_text().splitlines())
    assert ([-9, 0] if dies else [0, 0]) == sorted(codes), [errors.read_text() for _, errors in streams.values()]
    assert {f"{number}": 1 + (f"{number}" == dies) for number in range(40)} == told
    assert [None] * 40 == [row.owner for row in tracker.outcomes()]
