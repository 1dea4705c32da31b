"""Bodies, timelines and little worlds for the tests of the wait."""

from itertools import pairwise

import pytest

from jobwait import Policy, freeplay, fryte, promptforge
from jobwait._jobs.drivers import do, run
from jobwait._jobs.gather import gather
from jobwait._model.policy import resolve_policy
from jobwait._polling.commands import Gather, Result, Sleep
from jobwait._polling.duration_model import InMemoryHistory
from jobwait._polling.job_state import JobState
from jobwait._polling.waiter import waiting
from jobwait.testing import EPOCH, VirtualClock, simulate
from jobwait.testing.simulation import NoClient

MOMENT = "2026-01-01T00:00:00Z"
NAME = "c3f1c944-a44c-4c07-ab52-7df7ba94024a"
PROMPTFORGE, FREEPLAY, FRYTE = promptforge.SERVICE, freeplay.SERVICE, fryte.SERVICE
FAST = Policy(interval=0.001, min_interval=0.001, outage=0)
CALM = Policy(interval=3600, timeout=None)
backends = pytest.mark.parametrize("backend", ["asyncio", "trio"])


def batch(status="PROCESSING", done=None, total=100, **more):
    """A status body of PromptForge."""
    return {
        "job_id": NAME,
        "status": status,
        "provider": "openai",
        "model": "gpt-4o-mini",
        "prompt_count": total,
        "completed_count": done,
        "failed_count": None if done is None else 0,
        "created_at": MOMENT,
        "started_processing_at": None,
        "completed_at": None,
        **more,
    }


def prompt(status="running", step=None, steps=4, **more):
    """A status body of Freeplay."""
    progress = None if step is None else {"step": step, "total_steps": steps, "step_name": f"part {step}"}
    return {
        "job_id": NAME,
        "status": status,
        "prompt_template_id": NAME,
        "original_version_id": NAME,
        "run_test_after_optimization": True,
        "created_at": MOMENT,
        "progress": progress,
        **more,
    }


def tour(status="running", **more):
    """A status body of FRYTE."""
    return {"job_id": NAME, "status": status, "tour_id": 1, "optimization_id": 2, **more}


DONE = batch("COMPLETED", 100)


def until(end, before=None, after=DONE):
    """A timeline that says *before* until second *end*, and *after* from then on."""
    return lambda t: after if t >= end else batch() if before is None else before


def counting(end, total=100, **more):
    """A timeline whose counts are honest and even."""

    def timeline(t):
        return batch("COMPLETED", total, total) if t >= end else batch(done=int(total * t / end), total=total, **more)

    return timeline


def scripted(*said):
    """A timeline that says one thing a look, and the last for ever; its *looks* are when it was asked."""

    def timeline(t):
        timeline.polls.append(t)
        return said[min(len(timeline.polls), len(said)) - 1]

    timeline.polls = []
    return timeline


def gaps_of(instants):
    """The seconds between each two *instants*."""
    return [after - before for before, after in pairwise(instants)]


def wait(timeline, service=PROMPTFORGE, history=None, latency=0.1, **policy):
    """A simulated wait under the policy's fields."""
    return simulate(service, timeline, policy=Policy(**policy), history=history, latency=latency)


class World(VirtualClock):
    """Virtual time that a test can bend: *doing* hears of each step first; *jump* moves the calendar alone."""

    def __init__(self, timeline, doing=None, service=PROMPTFORGE, **facts):
        facts = {"started": EPOCH, "submitted": True, "history": InMemoryHistory(), **facts}
        job_state = JobState(service, NoClient(), {service.id: NAME}, **facts)
        super().__init__(timeline, 0.1, job_state)
        self.doing, self.jump = doing, 0.0

    def do(self, command):
        """Do *step* in virtual time."""
        if self.doing is not None:
            self.doing(self, command)
        answer = super().do(command)
        return answer._replace(wall=answer.wall + self.jump)

    def wait(self, until=None, **policy):
        """The outcome of one wait on this world's job."""
        settings = resolve_policy(Policy(**policy), None, self.job_state.service.defaults)
        return run(waiting(self.job_state, settings, until=until), self.do)


def connect(server, page=promptforge, **more):
    """A client whose requests *server* answers."""
    return page.connect("key", transport=server, **more)


def at_once(operation):
    """The result of *operation*, whose sleeps take no time."""
    now = 0.0
    try:
        command = next(operation)
        while True:
            if isinstance(command, Sleep):
                now += command.seconds
                answer = Result(now, now)
            elif isinstance(command, Gather):
                answer = Result(now, now, gather(command, at_once))
            else:
                answer = do(command)
            command = operation.send(answer)
    except StopIteration as end:
        return end.value
    finally:
        operation.close()
