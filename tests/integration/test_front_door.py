"""The public functions end to end: real waits over real HTTP, sync, asyncio and trio, in both modes of PromptForge."""

import json
import threading
from pathlib import Path

import anyio
import pytest

from freeplay_client.models import PromptOptimizationJobStatusResponse
from fryte_client.models import JobStatusResponse, OptimizationResultResponse, PlannerRequest
from jobwait import (
    Policy,
    as_completed,
    as_completed_async,
    errors,
    freeplay,
    fryte,
    promptforge,
    resume,
    wait_all,
    wait_all_async,
)
from jobwait._jobs.drivers import do
from jobwait._polling.commands import Sleep
from jobwait.sandbox import Sandbox
from promptforge_client.models import JobState, JobStatus
from support.services import PLAYED, PROJECT, PROMPTS, TOUR

each_service = pytest.mark.parametrize("row", PLAYED, ids=[row.name for row in PLAYED])
MODELS = {"freeplay": PromptOptimizationJobStatusResponse, "fryte": JobStatusResponse, "promptforge": JobStatus}
FAILURES = {"failed": errors.JobFailed, "canceled": errors.JobCanceled}


def client_of(row, box):
    address = getattr(box, row.name)
    return row.connect(address.key, base_url=address.url)


@each_service
def test_wait_returns_the_services_own_model(row, box, quick):
    """Submit, wait, and get the final status as the service's own model."""
    with client_of(row, box) as client:
        job = row.submit(client)
        assert MODELS[row.name] is type(job.wait(policy=quick))
        assert MODELS[row.name] is type(job.status())


@each_service
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_wait_async_returns_the_same(row, backend, box, quick):
    """The async counterparts take the same arguments, under asyncio and trio."""

    async def main():
        async with client_of(row, box) as client:
            job = await row.submit_async(client)
            snapshot = await job.wait_async(policy=quick)
            seen = [update async for update in job.updates_async(policy=quick)]
            return type(snapshot), type(await job.status_async()), seen[-1].state

    assert (MODELS[row.name], MODELS[row.name], "succeeded") == anyio.run(main, backend=backend)


@each_service
@pytest.mark.parametrize("ending", ["succeeded", "failed", "canceled"])
def test_outcome_never_raises_and_unwrap_raises_what_wait_would(row, ending, box, quick):
    """However the job ended."""
    with client_of(row, box) as client:
        outcome = row.submit(client, **row.endings[ending]).outcome(policy=quick)
    assert (row.name, ending, 0) == (outcome.service, outcome.state, outcome.errors)
    assert outcome.polls >= 1
    assert outcome.started.tzinfo is not None
    assert outcome.started <= outcome.seen_at
    if ending == "succeeded":
        assert outcome.unwrap() is outcome.snapshot
        return
    with pytest.raises(FAILURES[ending], match=outcome.job_id) as caught:
        outcome.unwrap()
    assert MODELS[row.name] is type(caught.value.snapshot)


@each_service
def test_the_last_update_is_the_only_terminal_one(row, box, quick):
    """A callback gets the same updates."""
    with client_of(row, box) as client:
        seen = list(row.submit(client).updates(policy=quick))
        observation = []
        row.submit(client).wait(policy=quick, on_update=observation.append)
    for updates in (seen, observation):
        assert [False] * (len(updates) - 1) + [True] == [update.terminal for update in updates]
        assert updates[-1].state == "succeeded"
        news = [(update.state, update.raw_status, update.progress) for update in updates]
        assert len(set(news)) == len(news)


@each_service
def test_closing_the_updates_ends_the_wait(row, box, quick):
    """Nothing more is sent."""
    with client_of(row, box) as client:
        job = row.submit(client)
        for _ in job.updates(policy=quick):
            break
        before = box.stats()[row.name]["polls"]
        assert before == box.stats()[row.name]["polls"]


@each_service
def test_a_token_resumes_with_another_client(row, box, quick):
    """As in another process; the counts go on."""
    with client_of(row, box) as client:
        token = row.submit(client).token()
    assert getattr(box, row.name).key not in token
    with client_of(row, box) as other:
        job = resume(token, other)
        assert MODELS[row.name] is type(job.wait(policy=quick))
        assert type(row.job(other)) is type(job)


def test_wait_all_takes_jobs_of_all_services(box, quick):
    """The outcomes are in the order of the jobs; a repeated job is polled once."""
    clients = [client_of(row, box) for row in PLAYED]
    jobs = [
        row.submit(client, **row.endings[ending])
        for row, client in zip(PLAYED, clients, strict=True)
        for ending in ("failed", "succeeded")
    ]
    outcomes = wait_all([*jobs, jobs[0]], policy=quick)
    assert [job.id for job in [*jobs, jobs[0]]] == [outcome.job_id for outcome in outcomes]
    assert [outcome.state for outcome in outcomes] == ["failed", "succeeded"] * 3 + ["failed"]
    assert {job.id for job in jobs} == {outcome.job_id for outcome in as_completed(jobs, policy=quick)}
    for client in clients:
        client.close()


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_wait_all_async_takes_jobs_of_all_services(backend, box, quick):
    """And as_completed_async, under asyncio and trio."""

    async def main():
        async with fryte.connect(box.fryte.key, base_url=box.fryte.url) as client:
            jobs = [await fryte.submit_async(client, TOUR) for _ in range(5)]
            outcomes = await wait_all_async(jobs, policy=quick)
            later = [outcome async for outcome in as_completed_async(jobs, policy=quick)]
            return [job.id for job in jobs], outcomes, later

    ids, outcomes, later = anyio.run(main, backend=backend)
    assert ids == [outcome.job_id for outcome in outcomes]
    assert {"succeeded"} == {outcome.state for outcome in outcomes}
    assert set(ids) == {outcome.job_id for outcome in later}


def test_wait_all_of_no_jobs_returns_at_once():
    """With no outcomes."""
    assert (wait_all([]), list(as_completed([]))) == ([], [])


@pytest.fixture
def stuck():
    """A job that never ends, at a sandbox of its own: it holds up all that come after it."""
    with (
        Sandbox(speed=1200, seed=7) as box,
        promptforge.connect(box.promptforge.key, base_url=box.promptforge.url) as client,
    ):
        yield promptforge.submit(client, PROMPTS, provider="openai", model="sandbox-stuck")


def test_stop_ends_a_wait_from_another_thread(stuck):
    """At once, even while it sleeps; the error says that the wait was ended, not the job."""
    take_result = threading.Event()

    def stop():
        take_result.wait()
        stuck.stop()

    stopper = threading.Thread(target=stop)
    stopper.start()
    calm = Policy(interval=3600, timeout=None)
    outcome = promptforge.job(stuck._state.client, stuck.id).outcome(timeout=0)
    assert outcome.state == "timed_out"
    stuck._state.submitted = False  # so that it polls at once, and then sleeps for an hour
    outcome = stuck.outcome(policy=calm, on_update=lambda update: update.terminal or take_result.set())
    stopper.join()
    assert (outcome.state, outcome.polls) == ("timed_out", 1)
    assert "stop()" in str(outcome.error)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_stop_ends_an_async_wait_from_another_thread(backend, stuck):
    """stop() works across threads and event loops."""

    async def main():
        stuck._state.submitted = False
        calm = Policy(interval=3600, timeout=None)

        def soon(update):
            if not update.terminal:
                threading.Thread(target=stuck.stop).start()

        async with stuck._state.client:
            return await stuck.outcome_async(policy=calm, on_update=soon)

    outcome = anyio.run(main, backend=backend)
    assert (outcome.state, outcome.polls) == ("timed_out", 1)


def test_a_deadline_does_not_cancel_the_job(stuck):
    """After a last poll the error says that the job may still be running."""
    job = promptforge.job(stuck._state.client, stuck.id)
    with pytest.raises(errors.WaitTimeout, match="not canceled") as caught:
        job.wait(timeout=0.3)
    assert isinstance(caught.value, TimeoutError)
    assert isinstance(caught.value.snapshot, JobStatus)
    with pytest.raises(errors.WaitTimeout, match="was not polled"):
        job.wait(timeout=0)


@pytest.mark.parametrize("mode", ["docs", "server"])
def test_promptforge_works_in_both_modes(mode, box, server_box, quick, tmp_path):
    """From prompts to results, with the documented server and with the real one."""
    sandbox = box if mode == "docs" else server_box
    with promptforge.connect(sandbox.promptforge.key, base_url=sandbox.promptforge.url) as client:
        job = promptforge.submit(client, PROMPTS, provider="openai", model="gpt-4o-mini")
        done = job.wait(policy=quick)
        lines = job.results()
        paths = job.download(tmp_path / "results")
    assert (JobState.COMPLETED, len(PROMPTS), 0) == (done.status, done.completed_count, done.failed_count)
    assert {prompt["prompt_id"] for prompt in PROMPTS} == {line.prompt_id for line in lines}
    assert all(line.response and line.total_tokens for line in lines)
    assert all(path.parent == tmp_path / "results" and job.id in path.name for path in paths)
    written = [json.loads(line) for path in paths for line in path.read_text().splitlines()]
    assert {prompt["prompt_id"] for prompt in PROMPTS} == {line["prompt_id"] for line in written}
    assert not list((tmp_path / "results").glob("*.part"))


def test_a_second_download_fetches_no_complete_file_again(box, quick, tmp_path):
    """And changes none."""
    with promptforge.connect(box.promptforge.key, base_url=box.promptforge.url) as client:
        job = promptforge.submit(client, PROMPTS, provider="openai", model="sandbox-quick")
        job.wait(policy=quick)
        first = job.download(tmp_path)
        first[0].write_text("mine")
        fetched = box.stats()["promptforge"]["requests"]["download"][200]
        assert first == job.download(tmp_path)
    assert first[0].read_text() == "mine"
    assert fetched == box.stats()["promptforge"]["requests"]["download"][200]


def test_null_counts_are_no_progress(server_box, quick):
    """The real server keeps its counts null while it works."""
    with promptforge.connect(server_box.promptforge.key, base_url=server_box.promptforge.url) as client:
        seen = list(promptforge.submit(client, PROMPTS, provider="openai", model="gpt-4o-mini").updates(policy=quick))
    assert {update.progress for update in seen if not update.terminal} <= {None}
    assert seen[-1].state == "succeeded"


def test_a_plain_text_500_is_a_failed_poll(quick):
    """It is counted and retried."""
    with (
        Sandbox(speed=60, seed=7) as box,
        promptforge.connect(box.promptforge.key, base_url=box.promptforge.url) as client,
    ):
        job = promptforge.submit(client, PROMPTS, provider="openai", model="sandbox-fault")
        outcome = job.outcome(policy=quick.evolve(max_consecutive_errors=1000))
    assert outcome.state == "succeeded"
    assert outcome.errors > 0


def test_results_before_the_end_raise_result_incomplete(stuck):
    """They are read again at the interval, three times."""
    slept = []
    with pytest.raises(errors.ResultIncomplete, match="4 reads"):
        without_sleep(stuck._results(), slept)
    assert slept == [5.0, 5.0, 5.0]


def without_sleep(operation, slept):
    """Drive *operation* with real requests; its sleeps are only added to *slept*."""
    command = next(operation)
    while True:
        if isinstance(command, Sleep):
            slept.append(command.seconds)
            command = Sleep(0)
        command = operation.send(do(command))


def test_a_tour_may_be_a_file_a_mapping_or_a_model(box, quick, tmp_path):
    """The result is typed."""
    path = tmp_path / "tour.json"
    path.write_text(json.dumps(TOUR))
    with fryte.connect(box.fryte.key, base_url=box.fryte.url) as client:
        for tour in (path, str(path), TOUR, PlannerRequest.from_dict(TOUR)):
            job = fryte.submit(client, tour)
            job.wait(policy=quick)
            result = job.result()
            assert OptimizationResultResponse is type(result)
            assert result.qualification == "Driveable"
        assert job.id in {item.job_id for item in fryte.list_jobs(client, 1)}


def test_a_not_drivable_tour_is_a_success_with_a_reason(box, quick):
    """It is a finished job with a result."""
    far = {**TOUR, "battery_level_start": 0.1}
    with fryte.connect(box.fryte.key, base_url=box.fryte.url) as client:
        job = fryte.submit(client, far)
        assert job.wait(policy=quick).status == "not_drivable"
        result = job.result()
    assert result.not_drivable_reason.code in {"no_chargers_available", "battery_depleted_mid_route"}


def test_the_warnings_of_a_submission_are_on_the_job(box):
    """FRYTE returns them when it accepts a tour."""
    with fryte.connect(box.fryte.key, base_url=box.fryte.url) as client:
        assert fryte.submit(client, TOUR).warnings == ()
        assert fryte.submit(client, TOUR, corridor=5000).warnings


def test_a_freeplay_job_can_be_listed_and_canceled(box, quick):
    """Its result is its final status and needs no request."""
    with freeplay.connect(box.freeplay.key, base_url=box.freeplay.url) as client:
        row = PLAYED[0]
        job = row.submit(client)
        with pytest.raises(errors.InvalidInput, match=r"wait\(\)"):
            job.result()
        job.wait(policy=quick)
        asked = box.stats()["freeplay"]["polls"]
        assert job.result().optimized_version_id
        assert asked == box.stats()["freeplay"]["polls"]
        assert job.id in {str(item.job_id) for item in freeplay.list_jobs(client, PROJECT)}
        assert job.id in {str(item.job_id) for item in freeplay.list_jobs(client, PROJECT, status="completed")}
        other = row.submit(client, run_test_after_optimization=True)
        other.cancel()
        assert other.outcome(policy=quick).state == "canceled"


def test_a_list_has_the_jobs_of_all_pages(box):
    """Newest first."""
    with freeplay.connect(box.freeplay.key, base_url=box.freeplay.url) as client:
        project = "a-project-of-its-own"
        ids = [
            freeplay.submit(client, project, prompt_template_version_id=PROJECT, dataset_id=PROJECT).id
            for _ in range(35)
        ]
        assert ids[::-1] == [str(item.job_id) for item in freeplay.list_jobs(client, project)]


def test_the_upload_carries_no_key(box):
    """The sandbox checks its content type, and that there is no key."""
    with promptforge.connect(box.promptforge.key, base_url=box.promptforge.url) as client:
        promptforge.submit(client, PROMPTS, provider="openai", model="sandbox-quick")
    assert {200} == set(box.stats()["promptforge"]["requests"]["upload"])


def test_a_file_of_prompts_is_uploaded_unchanged(box, quick, tmp_path):
    """It is streamed from disk, sync and async."""
    path = Path(tmp_path / "prompts.jsonl")
    path.write_text("\n\n".join(json.dumps(prompt) for prompt in PROMPTS))

    async def main():
        async with promptforge.connect(box.promptforge.key, base_url=box.promptforge.url) as client:
            job = await promptforge.submit_async(client, path, provider="mistral", model="sandbox-quick")
            await job.wait_async(policy=quick)
            return await job.results_async(), await job.download_async(tmp_path / "out")

    lines, paths = anyio.run(main)
    assert len(PROMPTS) == len(lines)
    assert paths


def test_news_of_the_last_poll_is_an_update_of_its_own(stuck):
    """Before the update that ends the wait."""
    job = promptforge.job(stuck._state.client, stuck.id)
    seen = list(job.updates(timeout=0.3))
    assert [False, True] == [update.terminal for update in seen]
    assert (None, "timed_out") == (seen[0].next_poll, seen[1].state)
