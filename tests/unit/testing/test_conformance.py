"""The conformance kit: jobwait is right in all of it, and what is wrong elsewhere is said."""

import asyncio
import re
import threading
from pathlib import Path

import pytest

from jobwait.errors import InvalidInput
from jobwait.testing.conformance import Adapter, run, scenarios
from jobwait.testing.conformance.own import JOBWAIT
from jobwait.testing.conformance.scenarios import cases

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.filterwarnings("ignore::jobwait.errors.RetryAfterWarning", "ignore::jobwait.errors.UnknownStatusWarning")
def test_jobwait_is_right_in_every_scenario():
    """All that virtual time can show; `make conformance` plays the rest, in real time."""
    card = run(JOBWAIT, [one for one in scenarios() if not one.real])
    assert "" == card.sentences()
    assert len(card.verdicts) > 50


def test_the_loop_of_the_page_is_told_what_is_wrong():
    """In sentences, as JSON and as a table; what came too early, too often and too late."""
    block = re.search(r"## Another SDK.*?```python\n(.*?)card = ", (DOCS / "testing.md").read_text("utf-8"), re.DOTALL)
    space = {"__name__": "page"}
    exec(block[1], space)  # noqa: S102 - our own page
    names = ("first end counts", "deadline", "last look", "Retry-After of a running job", "425", "spelling")
    card = run(Adapter("loop", space["wait"], virtual=True, skips={"spelling": "it has none"}), scenarios(*names))
    assert {
        "last look": "the wait ended as timed_out, and succeeded is right",
        "Retry-After of a running job": "request 2 came 5.0 s after the answer before it, and 20 s is the earliest",
        "425": "the wait ended as unreachable (HTTPError), and succeeded is right",
    } == {one.scenario.name: "; ".join(one.faults) for one in card.wrong}
    endless = Adapter("endless", lambda url, _, interval: space["wait"](url, 1e9, interval), virtual=True)
    verdict = run(endless, scenarios("deadline below the interval")).verdicts[0]
    assert ("the wait had not ended after 24 s, with a timeout of 2 s",) == verdict.faults
    found = card.to_dict()
    assert ("loop", 2, 3, 1) == tuple(found[key] for key in ("name", "right", "wrong", "skipped"))
    assert ([0, 5, 10, 15, 20, 25], 30) == (found["verdicts"][1]["requests"], found["verdicts"][1]["ended"])
    assert "it has none" == found["verdicts"][5]["reason"]
    assert "| 425 | 20 | **wrong** |\n" in card.markdown()
    assert "- spelling, skipped: it has none.\n" in card.markdown()


def test_what_is_no_adapter_is_refused():
    """One that is right is given scaled seconds, where time is real."""

    def broken(*_):
        raise KeyError("status")

    for wrong, said in (
        (broken, r"mine cannot wait for a job that has succeeded \(KeyError: 'status'\)"),
        (lambda *_: "timed_out", "ended as timed_out, and succeeded is right"),
        (lambda *_: "done", "returned 'done'. It must return one of succeeded, failed"),
    ):
        for virtual in (True, False):
            with pytest.raises(RuntimeError, match=said):
                run(Adapter("mine", wrong, virtual=virtual), scenarios("success"))
    with pytest.raises(InvalidInput, match="no scenario 'x'"):
        scenarios("x")
    given = []

    def wait(url, timeout, interval):
        given.append((timeout, interval))
        return "succeeded" if timeout else "timed_out"

    assert not run(Adapter("mine", wait), scenarios("deadline of zero")).wrong
    assert [(30, 0.25), (0, 0.25)] == given


def test_each_case_has_a_scenario_or_a_reason_and_the_page_has_them_all():
    """Sixty-one cases."""
    played = {one.case for one in scenarios()} - {None}
    left = {one["number"] for one in cases() if "left_out" in one}
    assert (set(range(1, 62)), set()) == (played | left, played & left)
    page = (DOCS / "conformance.md").read_text("utf-8")
    assert [] == [one.name for one in scenarios() if f"\n| {one.name} | {one.case or ''} |" not in page]


def test_a_server_of_another_test_holds_nothing_up():
    """Its event loop runs in a thread that was there before, and never rests."""
    stop = threading.Event()

    async def serve():
        while not stop.is_set():  # noqa: ASYNC110 - as a server has it
            await asyncio.sleep(0.01)

    server = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    server.start()
    assert "" == run(JOBWAIT, scenarios("first end counts")).sentences()
    stop.set()
    server.join()
