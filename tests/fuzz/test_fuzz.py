"""
Input that nobody wrote: mutated tokens and tracker files, answers and headers made up by hypothesis.

`make test` runs a few hundred of each from fixed seeds; `make fuzz` sets JOBWAIT_FUZZ and runs a hundred times as many.
"""

import json
import os
import random
import sqlite3
import warnings
import zlib

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jobwait import Policy, errors
from jobwait._http.pool import ClientPool
from jobwait._httpx import httpx
from jobwait._jobs.token import dump, load
from jobwait._model.service import RetryRule
from jobwait._polling.commands import Poll
from jobwait._polling.job_state import JobState
from jobwait._polling.observation import read
from jobwait._polling.retry.classify import classify, is_expected
from jobwait._polling.retry.retry_after import retry_after
from jobwait.promptforge.results import results_of
from jobwait.testing import EPOCH
from jobwait.tracker import Tracker
from support.prompts import prompts_file
from support.services import ROWS
from support.waits import World, batch

LONG = "JOBWAIT_FUZZ" in os.environ
MUTATIONS = 10_000 if LONG else 400
FILES = 10_000 if LONG else 40
FUZZ = settings(
    max_examples=20_000 if LONG else 150,
    deadline=None,
    derandomize=not LONG,
    suppress_health_check=[HealthCheck.too_slow],
    database=None,
)

INTERESTING = ["null", "NaN", "-1", "1e999", "9" * 400, '""', "[]", "{}", "true", '"\\u0000"', '"\\ud800"', "[" * 200]


def mutated(data, chance):
    """*data* with a few bytes changed, cut, doubled, moved or replaced by something interesting."""
    data = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        if not data:
            break
        at, size = chance.randrange(len(data)), chance.randint(1, 40)
        match chance.randrange(6):
            case 0:
                data[at] ^= 1 << chance.randrange(8)
            case 1:
                del data[at : at + size]
            case 2:
                data[at:at] = data[at : at + size]
            case 3:
                data[at : at + size] = chance.choice(INTERESTING).encode()
            case 4:
                data[at : at + size] = chance.randbytes(size)
            case _:
                del data[at:]
    return bytes(data)


def resigned(token, chance):
    """*token* with one of its facts replaced, at any depth, and a checksum that fits: what a forger would write."""
    from jobwait._jobs.token import _check

    facts = json.loads(token)
    facts.pop("check")
    holder = facts
    while True:
        name = chance.choice(list(holder))
        if isinstance(holder[name], dict) and holder[name] and chance.random() < 0.7:
            holder = holder[name]
            continue
        break
    if chance.random() < 0.2:
        del holder[name]
    else:
        holder[name] = chance.choice(
            [None, -1, 0, 1e308, 10**30, "", "..", "x" * 5000, "\x00", "\ud800", [], {}, True, {"a": [1]}, 5, 1e-320]
        )
    return json.dumps({**facts, "check": _check(facts)})


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_mutated_tokens_are_refused_or_followed(row):
    """A token that was changed anywhere is TokenRefused, or a token that a wait can begin with; nothing else."""
    chance = random.Random(8)
    with row.connect("k") as client:
        job_state = JobState(row.service, client, row.ids, started=EPOCH, submitted=True, deadline=EPOCH + 60)
        whole, refused = dump(job_state), 0
        for number in range(MUTATIONS):
            changed = resigned(whole, chance) if number % 2 else mutated(whole.encode(), chance).decode("latin-1")
            try:
                made = load(changed, client, lambda name: row.service)
            except errors.TokenRefused as refusal:
                refused += 1
                assert len(str(refusal)) < 500
                continue
            assert made.job_id
            assert dump(made)
            try:
                ClientPool.of(client).attempt(Poll(row.service, client, made.ids, 1.0))
            except errors.InvalidInput:
                continue  # an id that is missing, or no path segment: refused before anything is sent
            if number % 5 == 1:
                world = World(lambda t: 500)
                world.job_state = made
                made.client = world.job_state.client
                assert world.wait(timeout=30, max_consecutive_errors=2).state in {"unreachable", "timed_out"}
    assert refused > MUTATIONS / 4


def test_mutated_tracker_files_are_refused_or_read(tmp_path):
    """A tracker's file that was damaged anywhere gives its rows or a TrackerError; never anything else."""
    path, chance = tmp_path / "jobs.db", random.Random(9)
    row = ROWS[2]
    with row.connect("k") as client:
        with Tracker(path) as tracker:
            tracker.add_all(
                (row.service.handle(JobState(row.service, client, {"job_id": f"j{n}"})), f"k{n}") for n in range(50)
            )
            tracker._database._db.execute("pragma wal_checkpoint(truncate)")
        whole, refused = path.read_bytes(), 0
        for number in range(FILES):
            damaged = tmp_path / f"{number}.db"
            damaged.write_bytes(mutated(whole, chance) if number % 2 else changed_rows(tmp_path, whole, chance))
            try:
                with Tracker(damaged) as tracker:
                    for one in tracker.all():
                        assert isinstance(one.number, int)
                    tracker.counts()
                    list(tracker.unresolved())
                    tracker.run(lambda _: client, policy=Policy(timeout=0))
            except errors.JobWaitError as refusal:
                assert len(str(refusal)) < 600
                refused += 1
            for left in tmp_path.glob(f"{number}.db*"):
                left.unlink()
    assert refused > FILES / 10


def changed_rows(folder, whole, chance):
    """The file *whole* with values that our own code never writes."""
    copy = folder / "copy.db"
    copy.write_bytes(whole)
    db = sqlite3.connect(copy)
    db.execute("pragma journal_mode = delete")
    column = chance.choice(
        ["job_id", "ids", "started", "deadline", "state", "owner", "lease", "token", "polls", "seen_at"]
    )
    values = [None, "", "x", "..", -1, 1e308, b"\xff\x00", "[1]", "{}", '{"a": 1}', 2**62, "NaN", float("inf")]
    try:
        db.execute(f"update jobs set {column} = ? where id % 3 = 0", [chance.choice(values)])  # noqa: S608 - our own columns
        db.commit()
    except sqlite3.IntegrityError:
        pass
    db.close()
    return copy.read_bytes()


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["COMPLETED", "9" * 99]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


def bodies(row):
    """Status bodies of *row* with any of their fields replaced or left out."""
    known = row.answer(next(iter(row.statuses)))
    fields = {name: st.just(value) | JSON for name, value in known.items()}
    extra = {
        "progress": JSON,
        "prompt_count": JSON,
        "completed_count": JSON,
        "failed_count": JSON,
        "error_message": JSON,
    }
    return st.fixed_dictionaries({}, optional={**extra, **fields})


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_any_status_body_is_read_or_refused(row):
    """Whatever JSON comes, or no JSON: a reading with a verdict and a progress that is sane, or the client's error."""

    @FUZZ
    @given(bodies(row) | JSON, st.sampled_from([200, 200, 200, 201, 404, 500]))
    def check(body, status):
        hold(json.dumps(body).encode(), status)

    @FUZZ
    @given(st.binary(max_size=200), st.sampled_from([200, 500]))
    @example(b"\xef\xbb\xbf{}", 200)
    @example(b'{"status": "\\ud800"}', 200)
    def check_bytes(body, status):
        hold(body, status)

    def hold(body, status):
        try:
            found = read(row.service, httpx.Response(status, content=body), EPOCH, "j")
        except Exception as error:  # noqa: BLE001 - which one it may be is what is tested
            assert is_expected(error), repr(error)
            fault = classify(error, RetryRule(), EPOCH)
            assert issubclass(fault.kind, errors.CallFailed)
            return
        assert found.state in {"queued", "running", "succeeded", "failed", "canceled", "unknown"}
        if found.size is not None:
            float(found.size)

    check()
    check_bytes()


@FUZZ
@given(st.lists(JSON, min_size=1, max_size=4))
def test_any_numbers_make_a_wait_that_ends(values):
    """Counts of any size, in any order, negative or gone: the wait keeps its pace and ends at its deadline."""
    fields = iter(values * 50)

    def timeline(t):
        return batch(done=next(fields, None), total=next(fields, None))

    world = World(timeline)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        outcome = world.wait(timeout=60, max_consecutive_errors=100)
    assert outcome.state in {"timed_out", "unreachable"}
    assert world.now <= 60.3
    assert len(world.polled_at) <= 14


HEADER = st.text(st.characters(min_codepoint=1, max_codepoint=255), max_size=40)
RETRY = st.one_of(
    HEADER,
    st.integers().map(str),
    st.floats().map(str),
    st.sampled_from(["Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 21 Oct 99999 07:28:00 GMT", "0" * 5000, "9" * 5000, "1,2"]),
)


@FUZZ
@given(RETRY, RETRY, HEADER, st.floats(0, 4e9))
@example("1e400", "", "", 0.0)
@example("Mon, 00 Jan 0000 00:00:00 -9999", "", "Sun, 06 Nov 1994 08:49:37 GMT", 0.0)
def test_any_retry_after_is_a_duration_or_nothing(value, milliseconds, date, wall):
    """Whatever a header holds: None, or seconds from 0 to those of a day."""
    found = retry_after({"retry-after": value, "retry-after-ms": milliseconds, "date": date}, wall)
    assert found is None or 0 <= found <= 86400


@FUZZ
@given(
    st.binary(max_size=300)
    | st.lists(JSON, max_size=4).map(lambda rows: b"\n".join(json.dumps(row).encode() for row in rows))
)
def test_any_result_file_is_read_or_refused(content):
    """A result file from anywhere is a list of lines; what cannot be read is in the line's problem."""
    lines = results_of([content], ())
    assert all(line.problem or isinstance(line.response, str) for line in lines)


@FUZZ
@given(st.binary(max_size=300))
@example(b'{"prompt_id": 1, "prompt": "a\\u0000b"}')
@example(b"\x00" * 100)
@example(zlib.compress(b"x"))
def test_any_prompts_file_is_taken_or_refused(tmp_path_factory, content):
    """A prompts file of any bytes is prompts, or InvalidInput that names the line; nothing is sent either way."""
    path = tmp_path_factory.mktemp("prompts") / "prompts.jsonl"
    path.write_bytes(content)
    try:
        with prompts_file(path) as made:
            assert made.path.exists()
    except errors.InvalidInput as refusal:
        assert len(str(refusal)) < 1000


def test_a_prompts_line_of_a_gigabyte_is_refused_in_no_memory(tmp_path):
    """A sparse file of one line of 1 GB: refused for its length, long before it is read."""
    import resource

    path = tmp_path / "prompts.jsonl"
    with path.open("wb") as file:
        file.truncate(1 << 30)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(errors.InvalidInput), prompts_file(path):
        pass
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kB
