"""What 0.1.0 wrote is read as it was meant, and written again as it was."""

import json
import sqlite3
import zlib
from base64 import b85decode
from contextlib import closing
from dataclasses import FrozenInstanceError, asdict, replace

import attrs
import pytest

from contract.golden import made
from contract.golden.made import AT, OWNER, client_of, read
from jobwait import Limit, Progress, freeplay, fryte, promptforge, resume
from jobwait._polling.duration_model import CompletedJob
from jobwait._polling.job_state import JobState
from jobwait._recording.lines import End, end_line, first_line, introduction, poll_line
from jobwait.engines.payloads import Batch, BatchDone, Checkpoint, Ended, from_dict
from jobwait.engines.policy_json import policy_from_dict
from jobwait.testing import RecordedFailure, RecordedPoll, recordings
from jobwait.tracker import Tracker
from jobwait.tracker.shared_limits import StoredHistory, shared_limiters

TOKENS = ("token-new.json", "token-counts.json", "token-steps.json")


def loaded(name):
    """The golden file *name*, out of JSON."""
    return json.loads(read(name))


@pytest.mark.parametrize("name", TOKENS)
def test_a_token_is_written_as_it_was(name):
    """Each key, in its order, and the checksum."""
    assert read(name) == made.token(made.courses()[name]) + "\n"


@pytest.mark.parametrize("name", TOKENS)
def test_a_token_is_read_as_it_was_meant(name):
    """A token that was stored gives back all that it held."""
    wanted = made.courses()[name]
    found = resume(read(name), wanted.client)._state
    wanted.inherited = wanted.deadline is not None
    assert attrs.asdict(wanted.progress_history) == attrs.asdict(found.progress_history)
    for one in attrs.fields(type(wanted)):
        if one.name not in {"progress_history", "history", "handle"}:  # the others are the process's own
            assert getattr(wanted, one.name) == getattr(found, one.name), one.name
    assert read(name) == made.token(found) + "\n"


def test_a_token_holds_what_the_file_says():
    """Read by hand: the values stand under the keys that they have always had."""
    job_state = resume(read("token-counts.json"), client_of("promptforge"))._state
    assert (7, 2, AT + 60.5, AT + 3600) == (job_state.polls, job_state.errors, job_state.last_poll, job_state.deadline)
    assert (Progress(40, 100), Progress(41, 100)) == (
        job_state.progress_history.progress,
        job_state.progress_history.shown,
    )
    assert (40.5, 48.25, 35.125, 3.5) == job_state.progress_history.rate_estimate


def everything(db):
    """The schema and the rows of a database."""
    schema = dict(db.execute("select name, sql from sqlite_master").fetchall())
    kept = [db.execute(f"pragma {name}").fetchone() for name in ("application_id", "user_version")]
    tables = [name for (name,) in db.execute("select name from sqlite_master where type = 'table' order by name")]
    return kept, schema, {name: db.execute(f"select * from {name} order by 1").fetchall() for name in tables}  # noqa: S608


@pytest.fixture
def stored(tmp_path):
    """The tracker's file as 0.1.0 left it."""
    path = tmp_path / "jobs.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(read("tracker.sql"))
    return path


def test_a_trackers_file_is_written_as_it_was(stored, tmp_path):
    """Every table, column and value, and the JSON in them, once the old file has the columns added since."""
    Tracker(stored).close()
    made.tracker_file(tmp_path / "now.db")
    with closing(sqlite3.connect(stored)) as old, closing(sqlite3.connect(tmp_path / "now.db")) as new:
        new.execute("delete from buckets where name = 'clock'")  # it depends on the machine; 0.1.0 leaves it alone
        assert everything(old) == everything(new)


def test_a_trackers_file_is_read_as_it_was_meant(stored):
    """Each row, whatever became of it."""
    with Tracker(stored) as tracker:
        rows = {row.key: row for row in tracker.all()}
        assert {"lost", "meant"} == {row.key for row in tracker.unresolved()}
        assert ["told"] == [row.key for row in tracker.outcomes() if row.state == "failed"]
    assert [
        ("mine", "promptforge", "team", "p-1", "waiting"),
        ("freeplay/api.freeplay.example:8443/o-1", "freeplay", "api.freeplay.example:8443", "o-1", "waiting"),
        ("fryte/api.fryte.example:8443/f-1", "fryte", "api.fryte.example:8443", "f-1", "waiting"),
        ("told", "promptforge", "team", "p-2", "failed"),
        ("promptforge/team/p-3", "promptforge", "team", "p-3", "succeeded"),
        ("meant", "promptforge", "team", None, "unresolved"),
        ("lost", "promptforge", "team", None, "unresolved"),
        ("promptforge/team/8", "promptforge", "team", None, "refused"),
        ("taken", "promptforge", "team", "p-4", "waiting"),
    ] == [(one.key, one.service, one.account, one.job_id, one.state) for one in rows.values()]
    told = rows["told"]
    assert (9, 1, AT + 90.5) == (told.polls, told.errors, told.seen_at.timestamp())
    assert "promptforge job p-2 ended as FAILED: no such model" == told.reason
    assert {"job_id": "f-1", "user_id": "7"} == rows["fryte/api.fryte.example:8443/f-1"].ids
    assert ({"job_id": "p-9"}, OWNER) == (rows["lost"].ids, rows["meant"].owner)


def test_a_trackers_jobs_are_followed_from_where_they_were(stored, monkeypatch):
    """Whoever leases them gets their state: the token's, or that of a row without one."""
    monkeypatch.setattr(made.time, "time", lambda: AT + 200)  # no deadline has passed
    clients = {"team": client_of("promptforge"), **{f"api.{name}.example:8443": client_of(name) for name in made.PAGES}}
    with Tracker(stored) as tracker:
        leases = made.leases.Leases(tracker._database, tracker._find_service, clients.__getitem__)
        leases.empty()
        jobs = [leases.get() for _ in range(4)]
        leases.close()
    courses = {job.id: job._state for job in jobs}
    assert {"p-1", "o-1", "f-1", "p-4"} == set(courses)
    first = courses["p-1"]
    assert (AT + 0.25, True, AT + 3600) == (first.started, first.submitted, first.deadline)
    assert (True, None) == (courses["p-4"].submitted, courses["p-4"].deadline)


def test_shared_limits_and_history_are_read_as_they_were_meant(stored):
    """A budget that another process has spent, and what like jobs have shown."""
    with Tracker(stored) as tracker:
        database = tracker._database
        completed_job = StoredHistory(database, "promptforge", "api.promptforge.example:8443").completed_jobs()
        assert (
            CompletedJob(100.0, 60.5, True),
            CompletedJob(None, 30.25, None, True),
            CompletedJob(50.0, 20.5, False),
        ) == completed_job
        for service, account, operation, limit in made.limiters():
            limiter = shared_limiters(database)(service, account, operation, limit)
            limiter.clock = limiter.steady = lambda: AT + 100
            assert limiter.wait(0.0) == pytest.approx(limit.seconds / (limit.requests - 1), rel=1e-6)
        spent = made.SharedRateLimiter(database, "refused once", Limit(11, 2.0), *[lambda: AT + 100] * 2)
        assert 4.0 == spent.wait(0.0)


def unpacked(text):
    """The ends and tokens in what a stand packs; another zlib may pack otherwise."""
    return zlib.decompress(b85decode(text)).decode() if text else text


def without_packing(facts):
    """*facts* with what is packed in them unpacked."""
    if isinstance(facts, list):
        return [without_packing(one) for one in facts]
    if not isinstance(facts, dict):
        return facts
    return {key: unpacked(one) if key == "packed" else without_packing(one) for key, one in facts.items()}


def test_temporals_payloads_are_written_as_they_were():
    """Batches, heartbeats, ends and messages, by Temporal's own converter."""
    golden = loaded("temporal.json")
    written = made.on_temporal()
    assert golden.keys() == written.keys()
    for name, text in written.items():
        assert text == json.dumps(json.loads(text), separators=(",", ":"), sort_keys=True)
        assert without_packing(golden[name]) == without_packing(json.loads(text)), name


def test_temporals_payloads_are_read_as_they_were_meant():
    """Temporal's own converter makes of the stored JSON what was sent."""
    from temporalio.converter import value_to_type

    wanted = {**made.payloads(), **made.messages()}
    kinds = {name: list[type(one[0])] if isinstance(one, list) else type(one) for name, one in wanted.items()}
    found = {name: value_to_type(kinds[name], facts) for name, facts in loaded("temporal.json").items()}
    packed = [found["stand"], found["batch with all"].checkpoint]
    assert [one.unpack() for one in packed] == [made.payloads()["stand"].unpack()] * 2
    for name, one in wanted.items():
        assert without_packing(plain(one)) == without_packing(plain(found[name])), name


def plain(one):
    """A payload, or several, as plain values."""
    return [asdict(each) for each in one] if isinstance(one, list) else asdict(one)


def test_payloads_have_properties_where_the_code_has_better_names():
    """The stored keys stay; the code reads them by its own names."""
    checkpoint = made.payloads()["stand"]
    batch = replace(made.payloads()["batch"], stint=2.5, stand=checkpoint)
    assert (2.5, checkpoint) == (batch.continue_after, batch.checkpoint)
    with pytest.raises(FrozenInstanceError):
        batch.stint = 1.0
    with pytest.raises(TypeError):
        Batch(service="promptforge", account="team", job_ids=[], colour="red")


def test_heartbeats_are_read_without_a_kind():
    """An earlier attempt's heartbeat comes as a mapping."""
    checkpoint = from_dict(Checkpoint, loaded("temporal.json")["stand"])
    ends, tokens = checkpoint.unpack()
    assert (["p-1", "p-2"], [read("token-counts.json").strip()]) == ([one.job_id for one in ends], tokens)
    assert ({"succeeded": 1, "failed": 1}, 1, True) == (checkpoint.counts, checkpoint.waiting, checkpoint.canceled)


def test_names_in_histories_are_as_they_were():
    """Workflows, activities, signals, queries, queues and ids: a history is found and replayed by them."""
    assert loaded("temporal-names.json") == made.names()


def test_policies_are_kept_as_they_were():
    """Each field under the key that it has always had, both ways."""
    assert loaded("policies.json") == made.words()
    for name, policy in made.policies().items():
        assert (policy or made.Policy()) == policy_from_dict(loaded("policies.json")[name], None)


def test_airflows_trigger_and_event_are_as_they_were():
    """What is stored of a trigger is read, and written again; tests/integration/airflow has the trigger itself."""
    golden = loaded("airflow.json")
    assert golden == json.loads(json.dumps(made.on_airflow()))
    batch = from_dict(Batch, golden["trigger"][1]["batch"])
    assert (["o-1", "o-2"], AT + 7200, 3600.0, 20.5) == (
        batch.job_ids,
        batch.until,
        batch.continue_after,
        batch.heartbeat,
    )
    assert made.policies()["all"] == policy_from_dict(batch.policy, None)
    event = from_dict(BatchDone, golden["event"])
    assert made.payloads()["done"].ended == [from_dict(Ended, one) for one in event.ended]


def test_json_for_programs_is_as_it_was():
    """Updates, outcomes, errors and merged files, whatever the commands around them."""
    assert loaded("cli.json") == json.loads(json.dumps(made.as_json()))


def test_each_commands_json_is_as_it_was(tmp_path):
    """What commands print with --json, object by object; of what varies, its kind."""
    assert loaded("cli-commands.json") == made.told(tmp_path)


def test_merged_results_are_as_they_were(tmp_path):
    """The columns of the answers, in both formats, and what is kept of a failure."""
    names = ("results.jsonl", "results.csv", "results-failures.jsonl")
    assert [(made.HERE / name).read_bytes().decode() for name in names] == made.results(tmp_path)


def test_golden_files_name_no_machine_and_no_key():
    """What is compared on every machine is of none."""
    for path in made.HERE.glob("*.*"):
        if path.suffix != ".py":
            text = path.read_bytes().decode()
            assert not any(word in text for word in ("a-key", str(made.HERE), "/home/", "/tmp/")), path  # noqa: S108


def test_all_services_have_a_token():
    """Each of jobwait's own."""
    assert {freeplay.SERVICE.name, fryte.SERVICE.name, promptforge.SERVICE.name} == {
        loaded(name)["service"] for name in TOKENS
    }


RECORDED = (
    RecordedPoll(at=AT + 5.25, age=5.0, took=0.25, status=200, state="queued", raw_status="QUEUED", size=100.0),
    RecordedPoll(
        at=AT + 10.125, age=10.0, took=0.125, status=503, state="unknown", error="the service responded with 503",
        retry_after=30.0, failure=RecordedFailure(kind="StatusError", status=503, own=True),
    ),
    RecordedPoll(
        at=AT + 40.125, age=40.0, took=0.125, status=200, state="unknown",
        error="the response was not what its specification says (BodyError)",
        failure=RecordedFailure(kind="BodyError", status=200, unreadable=True),
    ),
    RecordedPoll(
        at=AT + 75, age=45.0, took=30.0, state="unknown", error="no response came (ReadTimeout)",
        failure=RecordedFailure(kind="ReadTimeout"),
    ),
    RecordedPoll(
        at=AT + 80.125, age=80.0, took=0.125, status=200, state="running", raw_status="PROCESSING",
        progress=Progress(40, 100), size=100.0, retry_after=5.0,
    ),
    RecordedPoll(
        at=AT + 90, age=90.0, took=0.0, state="running", raw_status="PROCESSING", progress=Progress(1, None, "mutate"),
        listed=True,
    ),
    RecordedPoll(
        at=AT + 99.625, age=99.5, took=0.125, status=200, state="succeeded", raw_status="COMPLETED",
        progress=Progress(100, 100), size=100.0, body={"status": "COMPLETED"},
    ),
)  # fmt: skip


def test_a_recording_is_read_as_it_was_meant(tmp_path):
    """Each poll, with all that the rules read of it, and the defaults of the service then."""
    (tmp_path / "past.jsonl").write_text(read("recording.jsonl"))
    [found] = recordings(tmp_path)
    assert RECORDED == found.polls
    assert ("promptforge", "p-1", AT, True, 0.5, True) == (
        found.service, found.job_id, found.started, found.submitted, found.began, found.has_queue_phase
    )  # fmt: skip
    assert promptforge.SERVICE.defaults == found.defaults
    assert ((97.0, 97.0), "succeeded") == (found.ended, found.state)


def test_a_recording_is_written_as_it_was():
    """Each key, in its order."""
    state = JobState(promptforge.SERVICE, client_of("promptforge"), {"job_id": "p-1"}, started=AT, submitted=True)
    name, end = "promptforge:p-1", End(at=99.625, state="succeeded", completed=97.0)
    written = [first_line("0.1.0"), introduction(name, state, 0.5), *(poll_line(name, one) for one in RECORDED)]
    assert read("recording.jsonl") == "".join([*written, end_line(name, end)])
