"""
What the golden files hold, made by today's code from fixed values.

The files are what 0.1.0 wrote, and are not made anew by the tests. Whoever changes a format on purpose writes them with
`PYTHONPATH=tests:. python tests/contract/golden/made.py` and reads the difference.
"""

import asyncio
import contextlib
import json
import os
import sqlite3
import tempfile
import time
from contextlib import ExitStack, closing
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from unittest.mock import patch

import attrs
from typer.testing import CliRunner

from jobwait import (
    DelayPerRequest,
    Estimate,
    Lateness,
    Limit,
    MaxRequests,
    Outcome,
    Policy,
    Progress,
    Update,
    errors,
    freeplay,
    fryte,
    promptforge,
)
from jobwait._jobs import token as tokens
from jobwait._polling.duration_model import CompletedJob
from jobwait._polling.job_state import JobState
from jobwait._polling.progress_estimate import ProgressHistory, RateEstimate
from jobwait.cli import json_forms
from jobwait.cli.app import app
from jobwait.engines.payloads import Batch, BatchDone, BatchProgress, Checkpoint, Ended
from jobwait.engines.policy_json import policy_to_dict
from jobwait.promptforge.merging import MergeSummary, merge
from jobwait.testing import FakeServer, Reply
from jobwait.tracker import Tracker, leases, rows, submissions
from jobwait.tracker.shared_limits import SharedRateLimiter, StoredHistory, shared_limiters
from support.waits import DONE, MOMENT, NAME, batch, prompt

HERE = Path(__file__).parent
AT = 1_767_225_600.0  # 2026-01-01 00:00 UTC
OWNER = "elsewhere:1:2"
PAGES = {"freeplay": freeplay, "fryte": fryte, "promptforge": promptforge}
_CONNECT = {name: page.connect for name, page in PAGES.items()}


def read(name):
    """The golden file *name*, as text."""
    return (HERE / name).read_text("utf-8")


def client_of(service, *answers):
    """A client that reaches no network."""
    url = f"https://api.{service}.example:8443/v1"
    return _CONNECT[service]("a-key", base_url=url, transport=FakeServer(*answers or (DONE,)))


def state_from_token(service, ids, **facts):
    """The state of a job of *service*."""
    return JobState(PAGES[service].SERVICE, client_of(service), ids, **facts)


def courses():
    """A job that was never asked about, one that counts, and one that goes in steps."""
    counting = ProgressHistory(
        has_queue_phase=True,
        at=60.5,
        waiting=False,
        until=10.25,
        began=12.5,
        progress=Progress(40, 100),
        shown=Progress(41, 100),
        moved=55.5,
        rates=RateEstimate(units=40.5, seconds=48.25, squares=35.125, polls=3.5).packed(),
        size=100.0,
    )
    steps = ProgressHistory(
        at=8.5, waiting=False, began=4.25, progress=Progress(1, 4, "mutate"), shown=Progress(1, None, "mutate")
    )
    return {
        "token-new.json": state_from_token("fryte", {"job_id": "f-1"}),
        "token-counts.json": state_from_token(
            "promptforge",
            {"job_id": "p-1"},
            started=AT + 0.25,
            submitted=True,
            seen=True,
            polls=7,
            errors=2,
            last_poll=AT + 60.5,
            state="running",
            deadline=AT + 3600.0,
            cancel_asked=False,
            progress_history=counting,
        ),
        "token-steps.json": state_from_token(
            "freeplay",
            {"project_id": "pr-1", "job_id": "o-1"},
            started=AT,
            seen=True,
            polls=1,
            last_poll=AT + 8.5,
            state="queued",
            cancel_asked=True,
            progress_history=steps,
        ),
    }


def token(job_state):
    """The token of *course*."""
    return tokens.dump(job_state)


def outcome_of(job, state, error=None, seconds=90):
    """An end of *job*."""
    seen = datetime.fromtimestamp(AT + seconds, UTC)
    return Outcome(job.service.name, job.id, state, None, error, 9, 1, datetime.fromtimestamp(AT, UTC), seen)


def fill(tracker, clock=lambda: AT + 100):
    """Write a row of each kind into *tracker*."""
    database = tracker._database
    pf, fp, fr = (client_of(name) for name in ("promptforge", "freeplay", "fryte"))
    made = [promptforge.job(pf, f"p-{number}") for number in range(1, 4)]
    made[0]._state = courses()["token-counts.json"]
    made[0]._state.client = pf
    tracker.add(made[0], "team", key="mine")
    tracker.add_all([(freeplay.job(fp, "pr-1", "o-1"), None), (fryte.job(fr, "f-1", user_id=7), None)])
    with ExitStack() as stack:  # leased and released by a process with another name
        stack.enter_context(patch.object(leases, "this_process", lambda: OWNER))
        stack.enter_context(patch.object(time, "time", clock))
        clients = {"team": pf, "api.freeplay.example:8443": fp, "api.fryte.example:8443": fr}
        own = leases.Leases(database, tracker._find_service, clients.__getitem__)
        own.empty()
        own.close()
    tracker.add_all([(made[1], "told"), (made[2], None)], "team")
    number = {row.job_id: row.number for row in tracker.all()}
    failed = errors.JobFailed("promptforge job p-2 ended as FAILED: no such model")

    def ends(db):
        leases.set_ended(db, number["p-2"], outcome_of(made[1], "failed", failed, 90.5))
        leases.set_ended(db, number["p-3"], outcome_of(made[2], "succeeded", seconds=91.5))
        rows.set_delivered(db, number["p-3"])
        at = rows.account(db, "promptforge", "team", "api.promptforge.example:8443")
        submissions.insert_intent(db, "meant", at, OWNER, AT + 1)
        lost = submissions.insert_intent(db, "lost", at, OWNER, AT + 2)
        submissions.set_failed(db, lost, "unresolved", "no certain answer came", {"job_id": "p-9"})
        refused = submissions.insert_intent(db, "refused", at, OWNER, AT + 3)
        submissions.set_failed(db, refused, "refused", "400 Bad Request", {})
        taken = submissions.insert_intent(db, "taken", at, OWNER, AT + 4)
        submissions.set_accepted(db, taken, promptforge.job(pf, "p-4"))

    database.write(ends)
    history = StoredHistory(database, "promptforge", "api.promptforge.example:8443")
    for completed_job in (
        CompletedJob(100.0, 60.5, True),
        CompletedJob(None, 30.25, None, early=True),
        CompletedJob(50.0, 20.5, False),
    ):
        history.add(completed_job)
    for service, account, operation, limit in limiters():
        limiter = shared_limiters(database)(service, account, operation, limit)
        limiter.clock = limiter.steady = clock
        limiter.wait(0.0)
        limiter.take(0.0)
    spent = SharedRateLimiter(database, "refused once", Limit(11, 2.0), clock, clock)
    spent.wait(0.0)
    spent.refused(0.0, 4.0)


def limiters():
    """The shared budgets of an account."""
    return [
        (fryte.SERVICE, "api.fryte.example:8443", "look", fryte.SERVICE.limit),
        (fryte.SERVICE, "api.fryte.example:8443", "list", fryte.SERVICE.limit),
        (promptforge.SERVICE, "api.promptforge.example:8443#0123456789abcdef", "all", Limit(21, 1.0)),
    ]


def tracker_file(path):
    """A tracker's file, written at *path*."""
    with Tracker(path) as tracker:
        fill(tracker)


def tracker_sql():
    """The statements that make the same file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "jobs.db"
        tracker_file(path)
        with closing(sqlite3.connect(path)) as db:
            kept = [db.execute(f"pragma {name}").fetchone()[0] for name in ("application_id", "user_version")]
            lines = [*db.iterdump(), f"PRAGMA application_id = {kept[0]};", f"PRAGMA user_version = {kept[1]};"]
    return "\n".join(lines).replace("-Inf", "-9e999") + "\n"  # as SQL can be read again


def policies():
    """Policies as an engine keeps them."""
    return {
        "none": None,
        "all": Policy(
            timeout=90.5,
            aim=Lateness(3.0),
            max_consecutive_errors=3,
            not_found_grace=5.0,
            min_interval=0.5,
            max_interval_ratio=0.25,
            max_interval=120.0,
            on_unknown="raise",
            interval=2.0,
            max_retry_after=60.0,
        ),
        "requests": Policy(aim=MaxRequests(30), timeout=None, interval=None, max_interval=None, max_retry_after=None),
        "patience": Policy(aim=DelayPerRequest(2.5)),
        "outage": Policy(outage=90.0),
        "no outage": Policy(outage=None),
    }


def words():
    """The same, as they are kept."""
    return {name: policy_to_dict(one) for name, one in policies().items()}


def payloads():
    """What an engine keeps of a batch, by the name of its kind."""
    ends = [
        Ended(
            job_id="p-1",
            state="succeeded",
            raw_status="COMPLETED",
            polls=7,
            errors=1,
            started="2026-01-01T00:00:00+00:00",
            seen_at="2026-01-01T00:01:30+00:00",
            done=100,
            total=100,
        ),
        Ended(job_id="p-2", state="failed", raw_status="FAILED", reason="no such model", error="p-2 ended as FAILED"),
    ]
    checkpoint = Checkpoint.of(ends, [token(courses()["token-counts.json"])], canceled=True)
    full = Batch(
        service="freeplay",
        account="team",
        job_ids=["o-1", "o-2"],
        common={"project_id": "pr-1"},
        timeout=600.5,
        until=AT + 7200,
        policy=policy_to_dict(policies()["all"]),
        cancel_at_service=True,
        heartbeat=20.5,
        stint=3600.0,
        stand=checkpoint,
    )
    return {
        "batch": Batch(service="promptforge", account="team", job_ids=["p-1"]),
        "batch with all": full,
        "stand": checkpoint,
        "stand at first": Checkpoint(),
        "done": BatchDone(service="promptforge", account="team", ended=ends),
        "progress": BatchProgress(jobs=3, waiting=1, counts={"succeeded": 1, "failed": 1}),
    }


def messages():
    """What batch runs and their account's workflow send to each other."""
    from jobwait.engines.temporal.rate_messages import Grant, Join, Leave, Participant, Rate, RateState

    rate = Rate(requests=20, seconds=1.5)
    first = Participant(sweep="nightly-0", attempt="run/1", jobs=3, low=0.25, high=0.5)
    return {
        "join": Join(sweep="nightly-0", attempt="run/1", jobs=3, rate=rate),
        "leave": Leave(sweep="nightly-0", attempt="run/1"),
        "members": [first, Participant(sweep="nightly-1", attempt="run/2", jobs=1)],
        "sharing": RateState(rate=rate, members=[first], hold=5.5, check=20.5),
        "sharing at first": RateState(),
        "part": Grant(rate=rate, low=0.25, high=0.5, hold=6.0),
    }


def on_temporal():
    """The payloads as Temporal's own converter writes them."""
    from temporalio.converter import DataConverter

    every = {**payloads(), **messages()}

    async def encoded():
        return await DataConverter.default.encode(list(every.values()))

    return {name: one.data.decode() for name, one in zip(every, asyncio.run(encoded()), strict=True)}


def on_airflow():
    """What Airflow stores of a trigger, and what the trigger brings."""
    kept = payloads()
    stored = {"conn_id": "pf", "batch": asdict(replace(kept["batch with all"], stand=None))}
    return {"trigger": ["jobwait.engines.airflow.JobsTrigger", stored], "event": asdict(kept["done"])}


def names():
    """The names in a Temporal history."""
    from temporalio import activity, workflow

    from jobwait.engines.temporal import Activities, account_id, queue_of
    from jobwait.engines.temporal.account_workflow import AccountRate
    from jobwait.engines.temporal.batch_workflow import WaitJobs

    def of(kind):
        known = workflow._Definition.from_class(kind)
        return {"name": known.name, "signals": sorted(known.signals), "queries": sorted(known.queries)}

    methods = (Activities.run_batch, Activities.find_gone, Activities.cancel)
    return {
        "workflows": [of(WaitJobs), of(AccountRate)],
        "activities": [activity._Definition.from_callable(one).name for one in methods],
        "queue": queue_of("promptforge", "team"),
        "account": account_id("promptforge", "team"),
    }


def updates():
    """One update with all that there can be, and one with nothing."""
    seconds = Estimate(value=30.5, low=20.25, high=50.75)
    full = Update(
        "running",
        "PROCESSING",
        None,
        progress=Progress(40, 100),
        rate=Estimate(value=1.5, low=1.25, high=2.0),
        eta=seconds,
        stalled=True,
        next_poll=4.5,
        why="the forecast",
        note="the counts ran backwards",
        service="promptforge",
        job_id="p-1",
    )
    return [full, Update("succeeded", None, None, progress=Progress(3, 4, "test"), terminal=True, job_id="o-1")]


def failures():
    """An error of each kind."""
    kinds = [
        getattr(errors, name)
        for name in sorted(vars(errors))
        if isinstance(getattr(errors, name), type) and issubclass(getattr(errors, name), errors.JobWaitError)
    ]
    return [kind("It is so.", status=503, request_id="r-1") for kind in kinds]


def as_json():
    """What `--json` says of updates, outcomes, errors, merged files and checks."""
    with client_of("promptforge", batch("COMPLETED", 100, completed_at="2026-01-01T00:01:30Z")) as client:
        job = promptforge.job(client, "p-1")
        snapshot = job.status()
        ended = attrs.evolve(outcome_of(job, "succeeded"), snapshot=snapshot)
        failed = outcome_of(job, "timed_out", errors.WaitTimeout("It was not over."))
    merged = MergeSummary(
        file=Path("results.jsonl"),
        answers=3,
        repeated=1,
        failures=1,
        missing=2,
        failures_file=Path("results-failures.jsonl"),
        missing_file=None,
    )
    return {
        "updates": [one.to_dict() for one in updates()],
        "outcomes": [one.to_dict() for one in (ended, failed)],
        "errors": [one.to_dict() for one in failures()],
        "merged": json_forms.of_merged(merged),
    }


COMMANDS = (
    f"status promptforge {NAME}",
    "status fryte nobody",
    f"wait promptforge {NAME}",
    f"submit freeplay --project pr-1 --version {NAME} --dataset {NAME}",
    "cancel freeplay:pr-1/o-1",
    "result freeplay:pr-1/o-1",
    "list freeplay --project pr-1",
    f"track add promptforge {NAME}",
    "track list --file written.db",
    "track report --file written.db",
    "track run",
    "doctor promptforge",
    "status promptforge",
)
ANSWERS = {
    f"status promptforge {NAME}": batch(done=40),
    "status fryte nobody": 404,
    "cancel freeplay:pr-1/o-1": prompt("cancelled"),
    "result freeplay:pr-1/o-1": prompt("completed", optimized_version_id=NAME),
    "list freeplay --project pr-1": {
        "data": [prompt()],
        "pagination": {"page": 1, "page_size": 100, "has_next": False},
    },
    f"submit freeplay --project pr-1 --version {NAME} --dataset {NAME}": Reply(
        202, {"job_id": "o-1", "status": "pending", "created_at": MOMENT}
    ),
}
VARYING = {"started", "seen_at", "seconds", "skew", "next_poll", "why", "token", "python", "httpx", "anyio", "attrs"}
VARYING |= {"at", "typer", "rich", "jobwait", "message", "reason", "verdict"}  # … and what is a sentence


def plain(facts):
    """*facts* with the kind of each value that differs from run to run in its place."""
    if isinstance(facts, list):
        return [plain(one) for one in facts]
    if not isinstance(facts, dict):
        return facts
    return {
        name: type(value).__name__ if name in VARYING and value is not None else plain(value)
        for name, value in facts.items()
    }


def told(folder):
    """What each command prints with `--json`, in *folder*."""
    runner, said = CliRunner(), {}
    tracker_file(folder / "written.db")
    with ExitStack() as stack:
        stack.enter_context(contextlib.chdir(folder))
        for name, page in PAGES.items():
            stack.enter_context(patch.dict(os.environ, {f"{name.upper()}_API_KEY": "a-key"}))
            connect = partial(_connected, name, said)
            stack.enter_context(patch.object(page, "connect", connect))
        for command in COMMANDS:
            said[command] = None
            found = runner.invoke(app, [*command.split(), "--json"])
            said[command] = [plain(json.loads(one)) for one in found.stdout.splitlines()]
            assert said[command], (command, found.output, found.exception)
    said["doctor promptforge"][0].pop("httpx2", None)  # which is among the versions where it is used
    return said


def _connected(name, said, key=None, **_):
    """A client that gets the answer of the command that runs now."""
    answer = ANSWERS.get(list(said)[-1], DONE)
    url = f"https://api.{name}.example:8443/v1"
    return _CONNECT[name](key, base_url=url, transport=FakeServer(answer))


def pretty(value):
    """*value* as a golden file has it."""
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def files():
    """Every golden file, as today's code writes it."""
    found = {name: token(job_state) + "\n" for name, job_state in courses().items()}
    found["tracker.sql"] = tracker_sql()
    found["policies.json"] = pretty(words())
    found["airflow.json"] = pretty(on_airflow())
    found["temporal.json"] = pretty({name: json.loads(one) for name, one in on_temporal().items()})
    found["temporal-names.json"] = pretty(names())
    found["cli.json"] = pretty(as_json())
    with tempfile.TemporaryDirectory() as folder:
        found["cli-commands.json"] = pretty(told(Path(folder)))
        found["results.jsonl"], found["results.csv"], found["results-failures.jsonl"] = results(Path(folder))
    return found


RAW = """\
{"prompt_id": 1, "response": "yes", "model": "m", "provider": "openai", "tokens": {"prompt": 3, "completion": 1}, \
"latency_ms": 12.5, "attempt": 1}
{"prompt_id": "b", "result": "=no", "tokens_used": 7}
{"prompt_id": 3, "error": "refused", "stage": "model", "attempts": 2}
"""


def results(folder):
    """The files that are made of PromptForge's: answers as JSON lines and as CSV, and failures."""
    (folder / "part.jsonl").write_text(RAW, "utf-8")
    for kind in ("jsonl", "csv"):
        merge([folder / "part.jsonl"], folder / f"results.{kind}", format=kind, overwrite=True)
    kinds = ("results.jsonl", "results.csv", "results-failures.jsonl")
    return [(folder / name).read_bytes().decode() for name in kinds]


if __name__ == "__main__":
    for name, text in files().items():
        (HERE / name).write_bytes(text.encode())
