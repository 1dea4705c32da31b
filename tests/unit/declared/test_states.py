"""What a declared service makes of an answer: state, words, progress, reason, hint."""

import anyio
import pytest

from jobwait import Policy
from jobwait._httpx import httpx
from jobwait._polling.observation import state_of
from jobwait.errors import NeedsInput, UnknownStatusWarning, WaitTimeout
from jobwait.service import load
from jobwait.testing import FakeServer, Reply, virtual_time
from support.declared import KEY, RENDERS, declared, renders

GITHUB = [
    {"state": "succeeded", "when": {"status": "completed", "conclusion": ["success", "neutral", "skipped"]}},
    {"state": "canceled", "when": {"status": "completed", "conclusion": "cancelled"}},
    {"state": "failed", "when": {"status": "completed"}},
    {"state": "running", "when": {"status": ["in_progress", "queued"]}},
]
LRO = [
    {"state": "failed", "when": {"done": True, "error": {"present": True}}},
    {"state": "succeeded", "when": {"done": True}},
    {"state": "running", "when": {"done": {"present": False}}},
    {"state": "running", "when": {"done": False}},
]
ENDS = [
    {"state": "succeeded", "when": {"done": True, "error": None}},
    {"state": "failed", "when": {"done": True}},
]
TITLE = [
    {"state": "failed", "when": {"error.title": {"present": True}}},
    {"state": "succeeded", "when": {"tasks.count": {"present": True}}},
]
CODES = [{"state": "running", "when": {"$http": 202}}, {"state": "succeeded", "when": {"$http": 200}}]
REFUSAL = [{"state": "running", "when": {"$http": 400, "code": "NOT_READY"}}, *CODES]
TASKS = [
    {"state": "failed", "when": {"tasks[*].state": "error"}},
    {"state": "running", "when": {"tasks[*].state": ["waiting", "working"]}},
    {"state": "succeeded", "when": {"tasks[0].state": "done"}},
]
COUNTS = [
    {"state": "running", "when": {"open": {"above": 0}}},
    {"state": "failed", "when": {"errored": {"above": 0}, "succeeded": {"below": 1}}},
    {"state": "succeeded", "when": {"ended_at": {"present": True}}},
]


@pytest.mark.parametrize(
    ("rules", "status", "body", "expected"),
    [
        (GITHUB, 200, {"status": "completed", "conclusion": "neutral"}, ("succeeded", "completed/neutral")),
        (GITHUB, 200, {"status": "completed", "conclusion": "cancelled"}, ("canceled", "completed/cancelled")),
        (GITHUB, 200, {"status": "completed", "conclusion": None}, ("failed", "completed")),
        (GITHUB, 200, {"status": "waiting"}, ("unknown", "an answer that fits no rule")),
        (LRO, 200, {"name": "x"}, ("running", "running")),
        (LRO, 200, {"done": False}, ("running", "false")),
        (LRO, 200, {"done": True, "response": {}}, ("succeeded", "true")),
        (LRO, 200, {"done": True, "error": {"code": 5}}, ("failed", "true")),
        (LRO, 200, {"done": True, "error": None}, ("succeeded", "true")),
        (LRO, 200, {"done": 1}, ("unknown", "an answer that fits no rule")),
        (CODES, 202, None, ("running", "202")),
        (CODES, 200, {}, ("succeeded", "200")),
        (REFUSAL, 400, {"code": "NOT_READY"}, ("running", "400/NOT_READY")),
        (TASKS, 200, {"tasks": [{"state": "done"}, {"state": "Waiting"}]}, ("running", "Waiting")),
        (TASKS, 200, {"tasks": [{"state": "done"}, {"state": "done"}]}, ("succeeded", "done")),
        (ENDS, 200, {"done": True, "error": {"code": 5}}, ("failed", "true")),
        (ENDS, 200, {"done": True}, ("succeeded", "true")),
        (GITHUB, 200, {"status": "Completed", "conclusion": "SUCCESS"}, ("succeeded", "Completed/SUCCESS")),
        (TITLE, 200, {"error": "boom"}, ("unknown", "an answer that fits no rule")),
        (TASKS, 200, {"tasks": []}, ("unknown", "an answer that fits no rule")),
        (COUNTS, 200, {"open": 0, "errored": 3, "succeeded": 0, "ended_at": "x"}, ("failed", "3/0")),
        (COUNTS, 200, {"open": "2"}, ("running", "2")),
        (COUNTS, 200, {"open": 0, "errored": 3, "succeeded": 2, "ended_at": "x"}, ("succeeded", "x")),
    ],
)
def test_rules_decide_in_order(rules, status, body, expected):
    """The first rule whose conditions all hold; null is absent, 1 is not true."""
    service = declared(rules=rules)
    response = httpx.Response(status, json=body) if body is not None else httpx.Response(status)
    assert state_of(service, response, service.parse(response)) == expected


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("data.status", {"data": {"status": "Done"}}, ("succeeded", "Done")),
        ("data[0].status", {"data": [{"status": "done"}]}, ("succeeded", "done")),
        ("[0].status", [{"status": "error"}], ("failed", "error")),
        ('"a.b".c', {"a.b": {"c": "rendering"}}, ("running", "rendering")),
        ("jobs.*.status", {"jobs": {"x": {"status": "done"}}}, ("succeeded", "done")),
        (["state", "data.status"], {"data": {"status": "done"}}, ("succeeded", "done")),
        ("status", {"status": 10}, ("succeeded", "10")),
        ("status", {"status": 10.0}, ("succeeded", "10")),
        ("status", {"status": True}, ("unknown", "true")),
        ("status", {"status": "thinking"}, ("unknown", "thinking")),
        ("status", {"status": {"code": 1}}, ("unknown", "nothing at status")),
        ("status", {"status": None}, ("unknown", "nothing at status")),
        ("status", [], ("unknown", "nothing at status")),
    ],
)
def test_words_of_a_path(path, body, expected):
    """A path that is not there is an unknown state."""
    service = declared(
        state={"path": path, "running": ["rendering"], "succeeded": ["done", 10], "failed": ["error"]}, rules=None
    )
    response = httpx.Response(200, json=body)
    assert state_of(service, response, service.parse(response)) == expected


@pytest.mark.parametrize(
    ("progress", "body", "expected"),
    [
        ({"done": "n", "total": "m"}, {"n": 3, "m": 10}, "3 of 10"),
        ({"done": "n"}, {"n": 3}, "3"),
        ({"done": ["ok", "bad"], "total": ["ok", "bad", "open"]}, {"ok": 3, "bad": 1, "open": 6}, "4 of 10"),
        ({"done": "n", "total": "m"}, {"m": 10}, None),
        ({"done": "n", "total": "m"}, {"n": "3", "m": "10"}, "3 of 10"),
        ({"percent": "p"}, {"p": 42.7}, "42 of 100"),
        ({"percent": "p"}, {"p": "42%"}, "42 of 100"),
        ({"percent": "p"}, {"p": 420}, None),
        ({"fraction": "p"}, {"p": 0.29}, "29 of 100"),
        ({"fraction": "p", "seconds_left": "eta"}, {"p": 1}, "100 of 100"),
        ({"step": "s", "steps": "t", "name": "l"}, {"s": 2, "t": 5, "l": "encode"}, "step 2 of 5 (encode)"),
        ({"step": "s", "steps": "t"}, {"s": 2, "t": 5}, "step 2 of 5"),
        ({"text": "p"}, {"p": "3/5"}, "3 of 5"),
        ({"text": "p"}, {"p": " 7 of 9 "}, "7 of 9"),
        ({"text": "p"}, {"p": "42.9 %"}, "42 of 100"),
        ({"text": "p"}, {"p": "**a cat** (46%) (fast)"}, "46 of 100"),
        ({"text": "p"}, {"p": "Step 3/5"}, "3 of 5"),
        ({"text": "p"}, {"p": "1/2 of 3/4"}, None),
        ({"text": "p"}, {"p": "2026/11/30"}, None),
        ({"text": "p"}, {"p": "nearly"}, None),
        ({"seconds_left": "eta"}, {"eta": 4}, None),
    ],
)
def test_progress_in_its_forms(progress, body, expected):
    """Counts, sums, per cent, steps, text; what is no number is no progress."""
    found = declared(progress=progress).progress(body)
    assert (None if found is None else str(found)) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"error": "no disk"}, "no disk"),
        ({"error": {"message": "no disk", "code": 7}}, "no disk"),
        ({"error": {"code": 7}}, "7"),
        ({"errors": [{"detail": "no disk"}]}, "no disk"),
        ({"errors": [{"e": []}, {"message": "no disk"}]}, "no disk"),
        ({"error": ""}, None),
        ({}, None),
    ],
)
def test_reason_as_text(body, expected):
    """Of an object its message, of a list its first entry."""
    assert declared(reason=["error", "errors"]).reason(body) == expected


def test_an_answer_without_the_path_is_unknown_and_warned_of_once():
    """The wait goes on until its deadline."""
    server = FakeServer(Reply(200, {"other": 1}))
    job = renders().job(renders().connect(KEY, transport=server), id="7")
    with virtual_time(), pytest.warns(UnknownStatusWarning, match=r"has nothing at data\.status") as warned:
        outcome = job.outcome(timeout=60)
    with pytest.raises(WaitTimeout, match=r"still reported no state \(nothing at data\.status\)"):
        outcome.unwrap()
    assert len(warned) == 1
    assert len(server.requests) > 3


def test_needs_input_ends_a_wait_and_not_the_job():
    """The next wait asks again, at once."""
    bodies = [{"data": {"status": one}} for one in ("rendering", "requires_action", "requires_action", "done")]
    server = FakeServer(*bodies)
    with virtual_time():
        job = renders().job(renders().connect(KEY, transport=server), id="7")
        updates = list(job.updates())
        assert [(one.state, one.terminal) for one in updates] == [("running", False), ("needs_input", True)]
        with pytest.raises(NeedsInput, match="Answer the service, then wait again") as caught:
            job.wait()
        assert caught.value.snapshot == bodies[2]
        assert job.outcome().state == "succeeded"
    assert len(server.requests) == 4


def test_hints_of_the_service_hold_the_next_poll():
    """As a Retry-After does; a hint of more than a day is none."""
    service = declared(hints={"milliseconds": "poll_in"}, rules=[{"state": "succeeded", "when": {"done": True}}])
    server = FakeServer({"poll_in": 30_000}, {"poll_in": 10**9}, {"done": True})
    job, times = service.job(service.connect(KEY, transport=server), id="7"), []
    with virtual_time() as clock, pytest.warns(UnknownStatusWarning):
        times.extend((update.state, round(clock.now)) for update in job.updates(timeout=300))
    assert times[0] == ("unknown", 0)
    assert times[-1][0] == "succeeded"
    assert 30 <= times[-1][1] < 60


def test_statuses_of_a_policy_add_to_the_words():
    """As for every service."""
    server = FakeServer({"data": {"status": "shipped"}})
    job = renders().job(renders().connect(KEY, transport=server), id="7")
    assert job.outcome(policy=Policy(statuses={"succeeded": {"shipped"}})).state == "succeeded"


def test_a_mapping_is_read_once_and_kept():
    """Changing it later changes nothing."""
    source = {**RENDERS}
    service = load(source)
    source.clear()
    assert service.name == "renders"


def test_seconds_that_are_left_are_the_updates_estimate():
    """From the half to the double, as it is not known how far the service errs."""
    service = declared(progress={"seconds_left": "eta"})
    server = FakeServer({"data": {"status": "rendering"}, "eta": 40}, {"data": {"status": "done"}})
    with virtual_time():
        first = next(iter(service.job(service.connect(KEY, transport=server), id="7").updates()))
    assert (first.eta.low, first.eta.value, first.eta.high) == (20, 40, 80)


@pytest.mark.parametrize("asynchronous", [False, True])
def test_an_etag_makes_the_next_poll_conditional(asynchronous):
    """A 304 is the answer before; without an ETag the condition is dropped."""
    asked = []
    replies = [
        httpx.Response(200, json={"data": {"status": "queued"}}, headers={"etag": '"a"'}),
        httpx.Response(304),
        httpx.Response(304, headers={"etag": '"a"'}),
        httpx.Response(200, json={"data": {"status": "rendering"}}),
        httpx.Response(200, json={"data": {"status": "done"}}),
    ]

    def answer(request):
        asked.append(request.headers.get("if-none-match"))
        return replies[len(asked) - 1]

    with virtual_time():
        job = renders().job(renders().connect(KEY, transport=httpx.MockTransport(answer)), id="7")
        outcome = anyio.run(job.outcome_async) if asynchronous else job.outcome()
    assert (outcome.state, outcome.errors) == ("succeeded", 0)
    assert asked == [None, '"a"', '"a"', '"a"', None]
