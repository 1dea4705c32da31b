"""Replays of recorded jobs: the same policy does the same, and another one is told what was recorded."""

import random

import pytest

from jobwait import Policy, errors, fryte, promptforge, watch
from jobwait.testing import CompletedJob, FakeServer, Reply, record, recordings, replay, replay_all, virtual_time
from support.recorded import POLICY, played
from support.waits import NAME, batch, connect

EACH = Policy(interval=1.0, min_interval=1.0, max_interval=1.0, timeout=10_000.0)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "past.jsonl"


def policy_of(dice):
    """Any policy."""
    return Policy(
        interval=dice.choice([2, 5, 30]),
        min_interval=dice.choice([0.5, 1]),
        timeout=dice.choice([50, 3000, 100_000]),
        outage=dice.choice([10, 300, None]),
    )


@pytest.mark.parametrize("seed", range(25))
def test_the_policy_that_was_recorded_does_the_same_again(seed, path):
    """With outages, faults and round trips of any length: as many polls, at the same times, and the same outcome."""
    dice = random.Random(seed)
    policy, queue = policy_of(dice), dice.uniform(0, 100)
    last = dice.choice(["COMPLETED", "COMPLETED", "FAILED", "CANCELLED"])
    outcome = played(path, policy, seed=seed, faulty=True, queue=queue, end=queue + dice.uniform(1, 1500), last=last)
    made = replay(path, policy)
    assert (outcome.state, outcome.polls, outcome.errors) == (made.outcome.state, made.polls, made.outcome.errors)
    assert [poll.age for poll in made.recording.polls] == pytest.approx(made.polled_at, abs=1e-3)
    assert type(outcome.error) is type(made.outcome.error)


@pytest.mark.parametrize("before", [0.0, 120.0])
@pytest.mark.parametrize("submitted", [True, False])
def test_a_wait_that_began_later_is_replayed_from_then(submitted, before, path):
    """The replay begins when the recording did; a job that was not submitted here is as old as its first poll."""
    outcome = played(path, submitted=submitted, before=before)
    made = replay(path, POLICY)
    assert (outcome.state, outcome.polls) == (made.outcome.state, made.polls)
    assert made.polled_at[0] == (before or 10.0 if submitted else 0.0)


def test_a_replay_sees_the_end_within_the_bounds(path):
    """The true lateness is in the range, whatever the policy; the more often a recording polls, the narrower it is."""
    widths = []
    for number, policy in enumerate([EACH, POLICY]):
        file = path.with_name(f"{number}.jsonl")
        played(file, policy, queue=20, end=333.3)
        made = replay(file, Policy(interval=7.0, min_interval=7.0, max_interval=7.0, timeout=10_000.0))
        low, high = made.lateness_range
        true = next(sent for sent in made.polled_at if sent + 0.1 >= 333.3) + 0.2 - 333.3
        assert low <= true <= high
        assert low <= made.lateness <= high
        widths.append(high - low)
    assert widths == sorted(widths)


def test_the_mean_is_over_all_moments_at_which_the_job_may_have_ended(path):
    """Polls of the replay between the last open answer and that of the end would have seen it, had it come before."""
    with virtual_time() as clock:

        def answer(_):
            return batch() if clock.now < 100 else batch("COMPLETED", 100)

        with connect(FakeServer().on("GET /v1/jobs/{id}/status", answer)) as client:
            job = promptforge.job(client, NAME)
            job._state.submitted, job._state.started = True, clock.time()
            with record(job, path):
                job.outcome(policy=Policy(interval=60.0, min_interval=60.0, max_interval=60.0))
    made = replay(path, Policy(interval=20.0, min_interval=20.0, max_interval=20.0))
    assert (60.0, 120.0) == made.recording.ended
    assert [20, 40, 60, 80, 100, 120] == made.polled_at
    assert (4, 6) == made.polls_range
    assert (0.0, 20.0) == pytest.approx(made.lateness_range)
    assert (10.0, 5.0) == pytest.approx((made.lateness, made.mean_polls))


def test_where_the_service_tells_the_end_it_is_known(path):
    """Then the lateness is a number, and the first poll after that time sees it."""
    with virtual_time() as clock:
        told = {"completed_at": "2026-01-01T00:01:40Z"}

        def answer(_):
            return batch() if clock.now < 100 else batch("COMPLETED", 100, **told)

        with connect(FakeServer().on("GET /v1/jobs/{id}/status", answer)) as client:
            job = promptforge.job(client, NAME)
            job._state.submitted, job._state.started = True, clock.time()
            with record(job, path):
                job.outcome(policy=Policy(interval=60.0, min_interval=60.0, max_interval=60.0))
    made = replay(path, Policy(interval=30.0, min_interval=30.0, max_interval=30.0))
    assert (100.0, 100.0) == made.recording.ended
    assert ([30, 60, 90, 120], 20.0, (20.0, 20.0), 4) == (
        made.polled_at, made.lateness, made.lateness_range, made.mean_polls
    )  # fmt: skip


def test_an_outage_hides_an_end_whose_time_is_known(path):
    """Polls of a replay fail then as the recorded ones did, until one was answered."""
    with virtual_time() as clock:
        told = {"completed_at": "2026-01-01T00:01:40Z"}

        def answer(_):
            if 95 <= clock.now < 300:
                return 503
            return batch() if clock.now < 100 else batch("COMPLETED", 100, **told)

        with connect(FakeServer().on("GET /v1/jobs/{id}/status", answer)) as client:
            job = promptforge.job(client, NAME)
            job._state.submitted, job._state.started = True, clock.time()
            with record(job, path):
                outcome = job.outcome(policy=Policy(interval=30.0, min_interval=30.0, max_interval=30.0, outage=None))
    for interval in (10.0, 30.0):
        made = replay(path, Policy(interval=interval, min_interval=interval, max_interval=interval, outage=None))
        assert 100.0 == made.recording.ended[0] == made.recording.ended[1]
        assert 300 - 60 <= made.polled_at[-1] <= made.recording.polls[-1].age + 60
        assert made.lateness == pytest.approx(made.polled_at[-1] - 100.0)
        assert 1 < made.outcome.errors
    assert outcome.polls == made.polls


def test_the_lateness_of_a_job_that_had_ended_before_its_first_poll_is_not_known(path):
    """It was not submitted here, so it may have ended long ago."""
    played(path, submitted=False, end=1.0, queue=0.0, before=50.0)
    made = replay(path)
    assert (None, None, 1) == (made.lateness, made.lateness_range, made.polls)


def test_a_poll_before_the_first_answer_is_told_no_progress(path):
    """Nor the end, if that is all that was recorded."""
    played(path, Policy(interval=300.0, timeout=1000), queue=0, end=200)
    made = replay(path, EACH)
    assert [(None, "running"), (None, "running")] == [(one.progress, one.state) for one in made.updates[:1] * 2]
    assert 300.0 == pytest.approx(made.polled_at[-1], abs=1)
    assert (0.0, 300.1) == pytest.approx(made.recording.ended)


def test_a_policy_that_asks_beyond_the_recording_is_refused(path):
    """Nothing says what it would be told; replay_all leaves such a recording out."""
    outcome = played(path, Policy(interval=10.0, timeout=100.0))
    assert "timed_out" == outcome.state == replay(path, Policy(interval=10.0, timeout=100.0)).outcome.state
    with pytest.raises(errors.InvalidInput, match=r"ends at 100 s, when it was running.*shorter timeout"):
        replay(path, POLICY)
    assert [] == replay_all(path, POLICY)


def test_a_retry_after_of_a_failure_means_the_moment_until_which_it_held(path):
    """A replay that meets it later waits for the rest alone."""
    replies = [batch(), Reply(503, {"detail": "x"}, {"retry-after": "60"}), batch("COMPLETED", 100)]
    with virtual_time(), connect(FakeServer(*replies)) as client:
        job = promptforge.job(client, NAME)
        with record(job, path):
            job.outcome(policy=Policy(interval=10.0))
    assert [0, 10, 70] == [poll.age for poll in recordings(path)[0].polls]
    made = replay(path, Policy(interval=25.0, min_interval=25.0))
    assert [0, 25, 70] == pytest.approx(made.polled_at)


def test_a_status_that_a_policy_adds_counts_in_a_replay(path):
    """A recorded status that was unknown means what the policy says."""
    with virtual_time(), connect(FakeServer(batch(), batch("ARCHIVED"))) as client:
        job = promptforge.job(client, NAME)
        with record(job, path), pytest.warns(errors.UnknownStatusWarning):
            job.outcome(policy=Policy(interval=10.0, timeout=200))
    made = replay(path, Policy(interval=10.0, statuses={"succeeded": {"ARCHIVED"}}))
    assert ("succeeded", 2) == (made.outcome.state, made.polls)
    with pytest.raises(errors.InvalidInput, match="contradicts"):
        replay(path, Policy(statuses={"failed": {"PROCESSING"}}))


def test_a_recording_of_another_service_is_refused(path):
    """The message names both, and what to do."""
    played(path)
    with pytest.raises(errors.InvalidInput, match=r"is of promptforge, and service= is that of fryte.*Leave service="):
        replay(path, service=fryte.SERVICE)
    assert replay(path, POLICY, service=promptforge.SERVICE).polls == replay(path, POLICY).polls


def test_a_file_of_several_jobs_is_for_replay_all(path):
    """The message says so."""
    for name in ("a", "b"):
        played(path, name=name)
    with pytest.raises(errors.InvalidInput, match=r"has 2 jobs.*replay_all\(\)"):
        replay(path)
    assert ["a", "b"] == [made.outcome.job_id for made in replay_all(path)]


def chain(path, count):
    """Record *count* jobs without counts, one after the other, an hour apart."""
    with virtual_time() as clock:
        for number in range(count):
            began = 3600.0 * number
            clock.sleep(began - clock.now)

            def answer(_, end=began + 301.0, name=f"j-{number}"):
                return batch("COMPLETED" if clock.now >= end else "PROCESSING", None, None, job_id=name)

            with connect(FakeServer().on("GET /v1/jobs/{id}/status", answer)) as client:
                job = promptforge.job(client, f"j-{number}")
                job._state.submitted, job._state.started = True, clock.time()
                with record(job, path):
                    job.outcome(policy=Policy(interval=5.0, min_interval=5.0, max_interval=5.0))


def test_the_history_of_a_replay_is_made_of_the_jobs_that_ended_before(path):
    """In the order of time: the first ones know nothing, and once ten are known the polls become fewer."""
    chain(path, 16)
    alone, learned = replay_all(path, histories=False), replay_all(path)
    assert [made.polls for made in alone[:10]] == [made.polls for made in learned[:10]]
    assert {made.polls for made in alone} == {alone[0].polls}
    assert all(made.polls < alone[0].polls / 2 for made in learned[11:])


def test_jobs_side_by_side_do_not_know_one_another(path):
    """A history has only what had been seen when the wait began."""
    for number in range(14):
        played(path, name=f"j-{number}")
    assert 1 == len({made.polls for made in replay_all(path)})


def test_the_order_of_the_files_makes_no_difference(tmp_path):
    """Recordings are replayed by the time at which their jobs began, whichever file has them."""
    chain(tmp_path / "all.jsonl", 13)
    found = recordings(tmp_path)
    assert [made.polls for made in replay_all(found)] == [made.polls for made in replay_all(reversed(found))]
    assert sorted(one.started for one in found) == [made.recording.started for made in replay_all(reversed(found))]


def test_a_replay_takes_a_history_as_a_simulation_does(path):
    """Pairs of size and duration."""
    played(path, queue=0, end=300)
    known = [CompletedJob(100, 300.0, progress_accurate=True)] * 12
    assert replay(path, history=known).polls < replay(path).polls


def test_the_snapshot_of_a_replay_is_the_recorded_poll(path):
    """So that an outcome of a job that failed has an error, as that of the wait had."""
    outcome = played(path, last="FAILED")
    made = replay(path, POLICY)
    assert isinstance(made.outcome.error, errors.JobFailed)
    assert isinstance(outcome.error, errors.JobFailed)
    assert ("failed", "FAILED") == (made.outcome.snapshot.state, made.outcome.snapshot.raw_status)
    with pytest.raises(errors.JobFailed, match=r"ended as FAILED; the service gives no reason"):
        made.outcome.unwrap()


def test_an_end_of_which_only_the_status_could_be_read_is_the_same_error(path):
    """The job has ended, and the rest of the answer was not what its specification says."""
    with (
        virtual_time(),
        connect(FakeServer(batch(), Reply(200, f'{{"job_id": "{NAME}", "status": "FAILED"}}'))) as client,
    ):
        job = promptforge.job(client, NAME)
        with record(job, path):
            outcome = job.outcome(policy=POLICY)
    made = replay(path, POLICY)
    assert "failed" == outcome.state == made.outcome.state
    assert errors.UnexpectedReply is type(outcome.error) is type(made.outcome.error)


def test_a_job_that_asks_for_input_ends_the_replay(path):
    """As it ended the wait."""
    said = iter(["working", "asking", "done"])
    with virtual_time():
        job = watch(
            lambda: next(said), id="w", name="mine", status=str, running={"working"}, needs_input={"asking"},
            succeeded={"done"},
        )  # fmt: skip
        with record(job, path):
            assert ["needs_input", "succeeded"] == [job.outcome(policy=POLICY).state for _ in range(2)]
    made = replay(path, POLICY)
    assert ("needs_input", 2, None) == (made.outcome.state, made.polls, made.lateness)


def test_an_invalid_policy_is_refused(path):
    """As everywhere."""
    played(path)
    with pytest.raises(errors.InvalidInput, match="policy must be a Policy"):
        replay(path, 5)


def test_a_slow_answer_is_cut_at_the_deadline_of_the_replay(path):
    """A poll that took longer than the policy leaves has failed."""
    played(path, queue=0, end=30.0, took=8.0)
    made = replay(path, Policy(interval=10.0, timeout=14.0))
    assert ("unreachable", 1) == (made.outcome.state, made.outcome.errors)
    assert 14.0 == made.outcome.seen_at.timestamp() - made.outcome.started.timestamp()
