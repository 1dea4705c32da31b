"""Recordings of jobs: what is written, what is not, what is read, and what is refused."""

import asyncio
import errno
import json
import os
import re
import threading

import pytest
import trio

from jobwait import Limit, Policy, Record, errors, fryte, promptforge, wait_all, wait_all_async, watch
from jobwait._recording import redaction, writer
from jobwait.testing import FakeServer, RecordingWarning, Reply, record, recordings, virtual_time
from support.recorded import POLICY, Played, played
from support.waits import NAME, batch, connect, tour

QUICK = Policy(timeout=1)
FIRST = '{"format":"jobwait recording","version":1,"written_by":"jobwait 0.1.0"}\n'


@pytest.fixture
def path(tmp_path):
    return tmp_path / "past.jsonl"


def lines(path):
    """The lines of a file, as JSON."""
    return [json.loads(line) for line in path.read_text("ascii").splitlines()]


def test_a_recording_has_the_facts_of_each_poll_and_no_more(path):
    """Times and what the rules read: status, state, counts, size; how the wait ended."""
    outcome = played(path, queue=15, end=35)
    first, job, *polls, end = lines(path)
    assert ("jobwait recording", 1) == (first["format"], first["version"])
    assert (f"promptforge:{NAME}", "promptforge", True, 0.0) == tuple(
        job[name] for name in ("job", "service", "submitted", "began")
    )
    assert 10.0 == polls[0]["at"]
    assert outcome.polls == len(polls)
    assert {"poll", "at", "took", "status", "state", "raw_status", "progress", "size"} == {
        name for poll in polls for name in poll
    }
    assert {0.2} == {poll["took"] for poll in polls}
    assert ["queued", "running", "succeeded"] == [polls[number]["state"] for number in (0, 1, -1)]
    assert [100, 100] == polls[-1]["progress"]
    assert {"end": job["job"], "at": polls[-1]["at"] + 0.2, "state": "succeeded"} == end


def test_a_failed_poll_is_kept_by_kind_and_status(path):
    """With the seconds that it asks to wait, and without the text of its body."""
    replies = [Reply(503, {"detail": "host db-7 of alice@example.com"}, {"retry-after": "30"}), Reply(200, "<html>")]
    with virtual_time(), connect(FakeServer(*replies, batch("COMPLETED", 100))) as client:
        job = promptforge.job(client, NAME)
        with record(job, path):
            job.outcome(policy=POLICY)
    _, _, refused, broken, _, _ = lines(path)
    assert {"kind": "StatusError", "status": 503, "own": True} == refused["failure"]
    assert 30 == refused["retry_after"]
    assert broken["failure"]["unreadable"]
    assert 200 == broken["status"]
    assert "alice" not in path.read_text()


def test_what_was_written_is_read_as_it_was(path):
    """Each poll of the file is that of a record in memory, but for the text of an error and the last digits."""
    with virtual_time() as clock:
        server = FakeServer().on("GET /v1/jobs/{job_id}/status", Played(clock, seed=4, faulty=True))
        with connect(server) as client:
            job = promptforge.job(client, NAME)
            kept = Record([job])
            with record(job, path):
                job.outcome(policy=POLICY)
    [found] = recordings(path)
    [trace] = kept.traces
    assert len(trace.polls) == len(found.polls) > 10
    for written, read in zip(trace.polls, found.polls, strict=True):
        assert (written.age, written.took) == pytest.approx((read.age, read.took), abs=1e-6)
        for name in ("state", "progress", "size", "status", "raw_status", "listed", "failure", "answered"):
            if name != "state" or written.answered:
                assert getattr(written, name) == getattr(read, name), name
        assert written.retry_after == pytest.approx(read.retry_after)


def test_several_records_of_a_job_all_have_its_polls(path, tmp_path):
    """One for the page, and two files: none takes the place of another."""
    with virtual_time(), connect(FakeServer(batch(), batch("COMPLETED", 100))) as client:
        job = promptforge.job(client, NAME)
        kept, other = Record([job]), Record([job])
        with record(job, path), record(job, tmp_path / "other.jsonl"):
            job.outcome(policy=POLICY)
    assert [2, 2] == [len(one.traces[0].polls) for one in (kept, other)]
    assert lines(path) == lines(tmp_path / "other.jsonl")


def _in_threads(jobs, policy):
    return wait_all(jobs, policy=policy)


def _in_asyncio(jobs, policy):
    return asyncio.run(wait_all_async(jobs, policy=policy))


def _in_trio(jobs, policy):
    async def wait():
        return await wait_all_async(jobs, policy=policy)

    return trio.run(wait)


@pytest.mark.parametrize("wait", [_in_threads, _in_asyncio, _in_trio])
def test_many_jobs_are_recorded_in_one_file(wait, path):
    """In threads and in tasks: each job has its own polls, in order, and its end."""
    names = [f"j-{number}" for number in range(20)]
    with virtual_time() as clock:
        server = FakeServer().on("GET /v1/jobs/{job_id}/status", Played(clock, end=100, took=0))
        client = connect(server)
        jobs = [promptforge.job(client, name) for name in names]
        with record(jobs, path):
            outcomes = wait(jobs, POLICY)
        client.close()
    found = {one.job_id: one for one in recordings(path)}
    assert set(names) == set(found)
    assert [outcome.polls for outcome in outcomes] == [len(found[outcome.job_id].polls) for outcome in outcomes]
    assert {"succeeded"} == {one.state for one in found.values()}


def test_the_polls_of_a_list_are_marked(path):
    """Their progress is that of an earlier poll."""
    listed = [{"job_id": f"t-{n}", "status": "running", "optimization_id": 5, "date_created": "2026-01-01T00:00:00Z",
               "last_update": "2026-01-01T00:00:00Z"} for n in range(8)]  # fmt: skip
    server = FakeServer().on("GET /planner/jobs", listed)
    server.on("GET /planner/jobs/{id}", lambda request: tour(job_id=request.url.path.rpartition("/")[2]))
    with virtual_time():
        client = connect(server, fryte)
        jobs = [fryte.job(client, f"t-{number}", user_id=7) for number in range(8)]
        with record(jobs, path):
            wait_all(jobs, timeout=60)
        client.close()
    assert any(poll.listed for one in recordings(path) for poll in one.polls)


def test_a_watch_is_recorded_too(path):
    """Of a function there is neither an HTTP status nor a body; a text for a status is not kept."""
    said = iter(["working", "a long sentence of a model, said to alice@example.com", "done"])
    with virtual_time():
        job = watch(lambda: {"status": next(said)}, id="w-1", name="mine", running={"working"}, succeeded={"done"})
        with record(job, path, bodies=True), pytest.warns(errors.UnknownStatusWarning):
            job.outcome(policy=POLICY)
    [found] = recordings(path)
    assert ["working", "[left out]", "done"] == [poll.raw_status for poll in found.polls]
    assert ["running", "unknown", "succeeded"] == [poll.state for poll in found.polls]
    assert {None} == {poll.status for poll in found.polls} == {poll.body for poll in found.polls}


def test_whole_bodies_are_kept_on_request_without_their_texts(path):
    """Names, numbers and single words stay; other texts are their lengths, and what is of a person is left out."""
    more = {"error": "Prompt 3 of Bob: no.", "api_key": "abc", "email": "bob", "links": ["https://h.example/a?sig=1"]}
    with virtual_time(), connect(FakeServer(batch("COMPLETED", 100, **more))) as client:
        job = promptforge.job(client, NAME)
        with record(job, path, bodies=True):
            job.outcome()
    [poll] = recordings(path)[0].polls
    assert (NAME, "COMPLETED", "openai", 100, None) == tuple(
        poll.body[name] for name in ("job_id", "status", "provider", "prompt_count", "started_processing_at")
    )
    assert ("[20 characters]", "[left out]", "[left out]", ["[25 characters]"]) == tuple(poll.body[one] for one in more)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("RUNNING", True), ("in progress (2 of 3)", True), ("évaluation", True), ("gpt-4o-mini-2024-07-18", True),
        ("evaluating_the_prompt_template_version_2", True), ("", True), ("bob@example.com", False),
        ("https://h.example/a?sig=1", False), ("sk-abcdefghijkl", False), ("Bearer eyJhbGciOiJIUzI1NiJ9", False),
        ("AKIAIOSFODNN7EXAMPLE", False), ("a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6", False), ("x" * 65, False),
        ('say "hello"', False), ("two\nlines", False),
    ],
)  # fmt: skip
def test_a_word_of_a_service_is_kept_and_no_other_text(text, kept):
    """A status and a step are short and of letters; keys, links, addresses and sentences are not."""
    assert (text if kept else "[left out]") == redaction.word(text)


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ({"prompt": "yes", "prompt_count": 3}, {"prompt": "[3 characters]", "prompt_count": 3}),
        ({"choices": [{"message": {"content": "No"}}]}, {"choices": [{"message": {"content": "[2 characters]"}}]}),
        ({"apiKey": "a", "user": {"id": 7}, "phone": 49}, dict.fromkeys(("apiKey", "user", "phone"), "[left out]")),
        ({"what Bob wrote": 1, "sk-abcdefghijkl": 2}, {"[left out]": 2}),
        ({"at": "2026-01-01T00:00:00Z", "id": NAME}, {"at": "2026-01-01T00:00:00Z", "id": NAME}),
        ({"share": float("inf")}, {"share": None}),
        (["a", "b c", None, 1.5], ["a", "[3 characters]", None, 1.5]),
    ],
)  # fmt: skip
def test_a_body_keeps_its_form_and_not_what_was_written(body, kept):
    """Numbers, moments, ids and words of the service stay; what people and models write does not."""
    assert kept == redaction.body(body)


def test_a_body_without_end_is_cut():
    """However deep it is."""
    deep = None
    for _ in range(500):
        deep = [deep]
    assert len(json.dumps(redaction.body(deep))) < 100


@pytest.mark.parametrize("job_id", ["https://h.example/j?sig=1", "a job of Bob", "x" * 300])
def test_an_id_that_may_be_a_link_or_a_text_becomes_a_checksum(job_id):
    """It still tells jobs apart."""
    assert re.fullmatch("sha256-[0-9a-f]{16}", redaction.job_name(job_id))
    assert redaction.job_name(job_id) != redaction.job_name(f"{job_id}x")


def test_a_poll_that_waited_for_its_turn_is_as_old_as_its_request(path):
    """Not as its wait wanted it: the round trip is that of the request alone, in a fleet and outside."""
    with virtual_time() as clock:
        server = FakeServer().on("GET /v1/jobs/{job_id}/status", Played(clock, queue=0, end=0, took=0))
        client = connect(server)
        jobs = [promptforge.job(client, f"j-{number}") for number in range(4)]
        with record(jobs, path):
            wait_all(jobs, limits={"promptforge": Limit(1, 10.0)})
        client.close()
    assert {0.0} == {poll.took for one in recordings(path) for poll in one.polls}
    assert 30 <= clock.now
    refused = Reply(429, {"detail": "x"}, {"retry-after": "30"})
    with virtual_time(), connect(FakeServer(refused, batch("COMPLETED", 100))) as client:
        first, second = (promptforge.job(client, NAME) for _ in range(2))
        assert "unreachable" == first.outcome(timeout=10).state
        with record(second, path.with_name("other.jsonl")):
            second.outcome(timeout=100)
    [found] = recordings(path.with_name("other.jsonl"))
    assert (30.0, 0.0) == pytest.approx((found.polls[0].age, found.polls[0].took))


def test_a_job_of_several_processes_is_one_recording(tmp_path):
    """What files of several runs have of one job is put together, once each, as after a crash."""
    with virtual_time() as clock:
        server = FakeServer().on("GET /v1/jobs/{job_id}/status", Played(clock, end=300))
        with connect(server) as client:
            job = promptforge.job(client, NAME)
            for timeout in (100, 1000):
                with record(job, tmp_path):
                    job.outcome(policy=Policy(interval=10, timeout=timeout))
    files = sorted(tmp_path.iterdir())
    assert 2 == len(files)
    (tmp_path / "copy.jsonl").write_bytes(files[0].read_bytes())
    [found] = recordings(tmp_path)
    assert len(found.polls) == job._state.polls
    assert ["timed_out", "succeeded"] == sorted({end.state for end in found.ends}, reverse=True)


def test_files_that_are_joined_are_one_file(tmp_path, path):
    """As by `cat`: a first line in the middle is no damage."""
    for name in ("a", "b"):
        played(tmp_path / name, name=name, end=60)
    path.write_bytes((tmp_path / "a").read_bytes() + (tmp_path / "b").read_bytes())
    assert ["a", "b"] == [one.job_id for one in recordings(path)]


def test_a_line_that_was_cut_short_does_not_spoil_the_next_run(path):
    """The next run begins a line of its own, and what can be read is."""
    played(path, name="a", end=60)
    path.write_bytes(path.read_bytes()[:-20])
    played(path, name="b", end=60)
    found = recordings(path, skip_damaged=True)
    assert ["a", "b"] == [one.job_id for one in found]
    assert ["succeeded", "succeeded"] == [one.state for one in found]
    with pytest.raises(errors.InvalidInput, match=r"line \d+ is damaged .* skip_damaged=True"):
        recordings(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (FIRST + '{"poll":"promptforge:a","at":1', ["line 2, the last, is cut short", "skip_damaged=True"]),
        (FIRST.replace("1", "2", 1), ["has version 2", "reads version 1", "jobwait 0.1.0"]),
        ('{"job_id": "j-1"}\n', ["is no recording", "a new one"]),
        ("", ["is no recording"]),
        (FIRST + '{"poll":"promptforge:a","at":1,"took":0,"state":"running"}\n', ["line 2", "no line before"]),
        (FIRST + '{"something":1}\n', ["line 2 is damaged"]),
        (FIRST + "[1]\n", ["line 2 is damaged"]),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_by_line(content, words, path):
    """The message names the file, the fact and the next step."""
    path.write_text(content)
    with pytest.raises(errors.InvalidInput) as caught:
        recordings(path)
    assert str(path) in str(caught.value)
    assert [] == [word for word in words if word not in str(caught.value)]


@pytest.mark.parametrize(
    "change",
    [
        {"at": -1}, {"at": "1"}, {"at": float("nan")}, {"took": None}, {"state": "perhaps"}, {"state": None},
        {"progress": [1]}, {"progress": ["a", 2]}, {"status": "x"}, {"size": []}, {"failure": {}}, {"raw_status": 3},
        {"progress": 10**400},
    ],
)  # fmt: skip
def test_a_poll_that_is_none_is_damage(change, path):
    """A value of another type or outside its range is never taken for an answer."""
    played(path, end=60)
    first, job, poll, *_ = lines(path)
    path.write_text("".join(json.dumps(one) + "\n" for one in (first, job, {**poll, **change})))
    with pytest.raises(errors.InvalidInput, match="line 3"):
        recordings(path)
    assert [] == recordings(path, skip_damaged=True)


@pytest.mark.parametrize("made", ["missing", "an empty folder"])
def test_a_path_without_recordings_is_refused(made, tmp_path):
    """The message says what there is not."""
    (tmp_path / "an empty folder").mkdir()
    with pytest.raises(errors.InvalidInput, match=r"cannot be read|has no recordings"):
        recordings(tmp_path / made)


def test_a_file_that_is_no_recording_is_not_written_to(tmp_path):
    """Nor one of another version, a link, or one in a folder that is not there."""
    for name, content in {"notes.txt": "my notes\n", "newer.jsonl": FIRST.replace("1", "2", 1)}.items():
        (tmp_path / name).write_text(content)
        with pytest.raises(errors.InvalidInput, match=f"^{tmp_path / name} (is no recording|has version 2)"):
            record((), tmp_path / name)
        assert content == (tmp_path / name).read_text()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for name in ("link", "nowhere/past.jsonl"):
        with pytest.raises(errors.InvalidInput, match="cannot be written"):
            record((), tmp_path / name)
    assert not (tmp_path / "elsewhere").exists()


def test_a_full_disk_warns_once_and_the_wait_goes_on(path, monkeypatch):
    """What was written until then stays readable."""
    real, left = os.write, [3]

    def write(handle, content):
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(handle, content)

    monkeypatch.setattr(writer.os, "write", write)
    with pytest.warns(RecordingWarning, match="No space left.*Record to another place") as caught:
        outcome = played(path)
    assert ("succeeded", 1) == (outcome.state, len(caught))
    monkeypatch.undo()
    assert 3 == len(recordings(path)[0].polls)


def test_a_line_of_which_a_part_was_written_is_the_last(path, monkeypatch):
    """A disk that takes half a line takes no more of this run, so that the damage is at the end."""
    real = os.write
    monkeypatch.setattr(writer.os, "write", lambda handle, content: real(handle, content[: len(content) // 2]))
    with pytest.warns(RecordingWarning, match="No space left"):
        assert "succeeded" == played(path).state
    assert not path.read_bytes().endswith(b"\n")


def test_an_error_of_the_recorder_itself_does_not_end_a_wait(path, monkeypatch):
    """Whatever it is; the warning names it."""
    monkeypatch.setattr(writer, "poll_line", lambda *_: 1 / 0)
    with pytest.warns(RecordingWarning, match="ZeroDivisionError"):
        assert "succeeded" == played(path).state


def test_threads_write_whole_lines(path):
    """No line is mixed with that of another."""
    with virtual_time(), connect(FakeServer(batch())) as client:
        recorder = record((), path)
        jobs = [promptforge.job(client, NAME) for _ in range(8)]
        for job in jobs:
            recorder.add(job)
        policy = Policy(interval=10, timeout=300)
        threads = [threading.Thread(target=job.outcome, kwargs={"policy": policy}) for job in jobs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        recorder.close()
    assert 8 * 20 < sum(job._state.polls for job in jobs) == sum("poll" in line for line in lines(path))


def test_nothing_is_recorded_after_the_end_of_the_block(path):
    """The file is closed then."""
    with virtual_time(), connect(FakeServer(batch())) as client:
        job = promptforge.job(client, NAME)
        with record(job, path):
            job.outcome(policy=QUICK)
        job.outcome(policy=QUICK)
    assert 2 == len(recordings(path)[0].polls) < job._state.polls


def test_what_is_no_job_is_refused(tmp_path):
    """As a wait refuses it, before anything is recorded."""
    with pytest.raises(errors.InvalidInput, match=r"A job is what submit\(\)"):
        record("x", tmp_path / "past.jsonl")


def test_a_folder_that_ends_with_a_slash_is_made(tmp_path):
    """recordings() then finds the file in it."""
    recorder = record((), f"{tmp_path}/past/sub/")
    assert (tmp_path / "past" / "sub", ".jsonl") == (recorder.path.parent, recorder.path.suffix)
    assert recorder.path.parent.is_dir()
