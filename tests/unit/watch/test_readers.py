"""What the arguments of jobwait.watch read, and which of them contradict one another."""

import enum
import warnings
from types import SimpleNamespace as Model

import pytest

from jobwait import Progress, watch
from jobwait._model.paths import at_path
from jobwait.errors import InvalidInput, UnknownStatusWarning
from jobwait.testing import virtual_time
from support.watched import DONE, RUNNING, kiln, scripted


class Phase(enum.Enum):
    OVER = "finished"
    ON = 2


SNAPSHOT = Model(
    task={"items": [{"state": "done", "counts": Model(done=3, total="4")}]}, phase=Phase.OVER, on=Phase.ON, ok=True
)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("phase", Phase.OVER),
        ("task.items[0].state", "done"),
        ("task.items[-1].counts.done", 3),
        ("task.items[1].state", None),
        ("task[0]", None),
        ("task.missing.state", None),
        ("phase.name[0]", None),
    ],
)
def test_a_path_goes_through_attributes_keys_and_items(path, expected):
    """What is not there is None."""
    assert expected == at_path(path)(SNAPSHOT)


@pytest.mark.parametrize(
    ("arguments", "state", "raw"),
    [
        ({"status": "task.items[0].state", "succeeded": ["done"]}, "succeeded", "done"),
        ({"status": lambda one: one.task["items"][0]["state"].upper(), "succeeded": {"done"}}, "succeeded", "DONE"),
        ({"status": "phase", "succeeded": {Phase.OVER}}, "succeeded", "finished"),
        ({"status": "on", "succeeded": {"x"}, "failed": {Phase.ON}}, "failed", "ON"),
        ({"status": "ok", "succeeded": {True}, "running": {False}}, "succeeded", "True"),
        ({"done": lambda one: one.ok}, "succeeded", "succeeded"),
        ({"done": lambda one: not one.ok}, "running", "running"),
        ({"done": lambda one: "canceled"}, "canceled", "canceled"),
    ],
)
def test_the_state_is_read_by_path_function_or_done(arguments, state, raw):
    """Enumerations count by value or name, and what is not text by its text."""
    job = watch(lambda: SNAPSHOT, id="7", name="kiln", **arguments)
    update = next(job.updates())
    assert (state, raw) == (update.state, update.raw_status)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"succeeded": {"done"}, "status": "state"}, "nothing at 'state'"),
        ({"succeeded": {"done"}, "status": lambda one: None}, "nothing of status()"),
        ({"succeeded": {"other"}}, "'running'"),
        ({"done": lambda one: "over"}, "'over'"),
        ({"done": lambda one: None}, "'None'"),
    ],
)
def test_what_no_set_names_is_unknown_with_one_warning(arguments, named):
    """It never ends the wait."""
    with virtual_time(), pytest.warns(UnknownStatusWarning) as heard:
        outcome = watch(lambda: RUNNING, id="7", name="kiln", **arguments).outcome(timeout=60)
    assert ("timed_out", 1) == (outcome.state, len(heard))
    assert named in str(heard[0].message)
    assert "a status that this watch does not know" in str(heard[0].message)


def test_progress_is_a_pair_of_paths_or_a_function():
    """What is no number is no progress."""
    paths = ("task.items[0].counts.done", "task.items[0].counts.total")
    table = [
        (paths, Progress(3, 4)),
        (list(paths), Progress(3, 4)),
        (("ok", "ok"), None),
        (("missing", "ok"), None),
        ((lambda one: 2.0, lambda one: float("nan")), Progress(2, None)),
        (lambda one: Progress(1, 3, "firing"), Progress(1, 3, "firing")),
        (lambda one: None, None),
    ]
    for progress, expected in table:
        job = watch(lambda: SNAPSHOT, id="7", name="kiln", done=lambda one: False, progress=progress)
        assert expected == next(job.updates()).progress


def test_a_fault_of_progress_or_reason_is_one_warning_and_ends_nothing():
    """They only show something; a fault of status or done fails the poll, as one of the function does."""
    for progress in (lambda one: one["missing"], lambda one: 5, lambda one: Progress("x", 4)):
        with virtual_time(), pytest.warns(RuntimeWarning, match="progress of the watch kiln") as heard:
            assert DONE == kiln(scripted(RUNNING, RUNNING, DONE), progress=progress).wait()
        assert 1 == len(heard)
    with virtual_time(), pytest.warns(RuntimeWarning, match="reason of the watch kiln raised KeyError"):
        outcome = kiln(lambda: {"status": "cracked"}, reason=lambda one: one["why"]).outcome()
    assert "the service gives no reason" in str(outcome.error)
    with virtual_time(), warnings.catch_warnings(action="error"):
        outcome = kiln(lambda: RUNNING, done=lambda one: one["missing"]).outcome()
    assert "the call raised KeyError: 'missing'" in str(outcome.error)


async def _async(_snapshot):
    """Is a coroutine function."""


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({}, "give succeeded="),
        ({"running": {"x"}}, "succeeded names no status"),
        ({"succeeded": set()}, "succeeded names no status"),
        ({"succeeded": {"a"}, "failed": {"A "}}, "in two sets"),
        ({"succeeded": "done"}, "must be a set of statuses"),
        ({"succeeded": 5}, "must be a set of statuses"),
        ({"succeeded": {None}}, "without a text"),
        ({"succeeded": {"a"}, "done": bool}, "give one of them"),
        ({"status": "status", "done": bool}, "give one of them"),
        ({"done": _async}, "plain function"),
        ({"done": "status"}, "plain function"),
        ({"succeeded": {"a"}, "status": ""}, "status must be a path"),
        ({"succeeded": {"a"}, "status": "a..b"}, "status must be a path"),
        ({"succeeded": {"a"}, "status": "a[x]"}, "status must be a path"),
        ({"succeeded": {"a"}, "status": 5}, "status must be a path or a plain function"),
        ({"done": bool, "progress": ("a",)}, "progress must be two paths"),
        ({"done": bool, "progress": "ab"}, "progress must be two paths"),
        ({"done": bool, "progress": _async}, "plain function"),
        ({"done": bool, "reason": "a."}, "reason must be a path"),
        ({"done": bool, "interval": 0}, "interval must be"),
        ({"done": bool, "interval": None}, "interval must be"),
        ({"done": bool, "timeout": -1}, "timeout must be"),
        ({"done": bool, "id": ""}, "id must not be"),
        ({"done": bool, "name": "a b"}, "name must be of letters"),
        ({"done": bool, "name": "fryte"}, "a service of jobwait's"),
        ({"done": bool, "ref": "module.function"}, "ref must name a function"),
        ({"done": bool, "ref": "localhost:80"}, "ref must name a function"),
        ({"done": bool, "function": "status"}, "must be a function without arguments"),
    ],
)
def test_a_contradiction_is_refused_before_anything_is_called(arguments, sentence):
    """The sentence names the argument and the next step."""
    given = {"function": scripted(DONE), "id": "7", "name": "kiln", **arguments}
    with pytest.raises(InvalidInput, match=sentence):
        watch(given.pop("function"), **given)
