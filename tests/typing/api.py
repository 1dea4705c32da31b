"""Every public call, as a type checker sees it from outside; checked by mypy --strict and pyright, never run."""

from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import Any, assert_type

import freeplay_client
import fryte_client
import jobwait
from freeplay_client.models import PromptOptimizationJobStatusResponse, PromptOptimizationJobSummary
from fryte_client.models import JobListResponse, JobStatusResponse, OptimizationResultResponse, PlannerResponse
from jobwait import (
    Job,
    JobWaitError,
    Limit,
    Outcome,
    Outcomes,
    Policy,
    Progress,
    Record,
    Stop,
    Update,
    as_completed,
    freeplay,
    fryte,
    promptforge,
    report,
    resume,
    wait_all,
    wait_all_async,
    watch,
)
from jobwait.freeplay import FreeplayJob
from jobwait.fryte import FryteJob
from jobwait.llm_batches import openai
from jobwait.llm_batches.openai import OpenAIBatch
from jobwait.promptforge import FailedPrompt, MergeSummary, PromptForgeJob, ResultLine
from jobwait.testing import Recording, Replay, record, recordings, replay, replay_all
from jobwait.tracker import Rows, Tracker
from promptforge_client import AuthenticatedClient
from promptforge_client.api.jobs import get_job_status
from promptforge_client.models import JobStatus


def sync() -> None:
    """The front door."""
    with promptforge.connect() as client:
        assert_type(client, AuthenticatedClient)
        job = promptforge.submit(client, "prompts.jsonl", provider="openai", model="m")
        assert_type(job, PromptForgeJob)
        assert_type(job.wait(timeout=5, policy=Policy(max_consecutive_errors=3), on_update=print), JobStatus)
        assert_type(
            promptforge.submit_all(client, ["a.jsonl"], provider="openai", model="m", timeout=5, limits=Limit(3)),
            list[PromptForgeJob | JobWaitError],
        )
        assert_type(job.status(), JobStatus)
        assert_type(job.outcome(), Outcome[JobStatus])
        assert_type(job.outcome().unwrap(), JobStatus)
        assert_type(job.updates(stop=Stop()), Generator[Update[JobStatus], None, None])
        assert_type(job.results(), list[ResultLine])
        assert_type(job.failures(), list[FailedPrompt])
        assert_type(job.download("results"), list[Path])
        assert_type(promptforge.merge(job.download("results"), "all.csv", format="csv"), MergeSummary)
        assert_type(report(Record([job]), "report.html"), Path)
        assert_type(report([job.outcome()], "report.html", title="Jobs", overwrite=True), Path)
        with record([job], "past.jsonl", bodies=True) as recorder:
            recorder.add(job)
        assert_type(recordings(["past.jsonl"]), list[Recording])
        assert_type(replay("past.jsonl", Policy()), Replay)
        assert_type(replay_all(recordings(Path("past")), histories=False), list[Replay])
        assert_type(job.token(), str)
        assert_type(get_job_status.sync(client, "j"), JobStatus)
        assert_type(get_job_status.parse(client.send(get_job_status.build(client, "j"))), JobStatus)
        assert_type(wait_all([job, job]), Outcomes[JobStatus])
        limits = {"promptforge": Limit(20)}
        assert_type(
            wait_all([job], limits=limits, weight=lambda _: 2.0, fail_fast=True, stop=Stop()), Outcomes[JobStatus]
        )
        assert_type(jobwait.__version__, str)
        assert_type(as_completed([job]), Generator[Outcome[JobStatus], None, None])
    with openai.connect() as openai_client:
        prompts = openai.submit(openai_client, [{"prompt_id": 1, "prompt": "x"}], model="m")
        assert_type(prompts, OpenAIBatch)
        assert_type(prompts.results(prompts="prompts.jsonl"), list[ResultLine])
        assert_type(prompts.failures(), list[FailedPrompt])
        assert_type(resume(prompts.token(), openai_client, openai), OpenAIBatch)
    with freeplay.connect() as freeplay_client:
        start = freeplay.submit(freeplay_client, "p", prompt_template_version_id="v", dataset_id="d")
        assert_type(start, FreeplayJob)
        assert_type(start.wait(), PromptOptimizationJobStatusResponse)
        assert_type(start.result(), PromptOptimizationJobStatusResponse)
        start.cancel()
        assert_type(freeplay.list_jobs(freeplay_client, "p"), list[PromptOptimizationJobSummary])
    with fryte.connect() as fryte_client:
        assert_type(fryte.job(fryte_client, "j").wait(), JobStatusResponse)
        assert_type(fryte.job(fryte_client, "j").result(), OptimizationResultResponse)
        assert_type(fryte.list_jobs(fryte_client, 1), list[JobListResponse])
        assert_type(fryte.plan(fryte_client, "tour.json", corridor=5000), PlannerResponse)


async def asynchronous() -> None:
    """The async twins."""
    async with fryte.connect(verify=Path("ca.pem"), headers={"X-Gateway": "a"}) as client:
        assert_type(await fryte.submit_all_async(client, iter(["tour.json"]), stop=None), list[FryteJob | JobWaitError])
        job = await fryte.submit_async(client, "tour.json")
        assert_type(job, FryteJob)
        assert_type(await job.wait_async(timeout=5), JobStatusResponse)
        assert_type(await job.status_async(), JobStatusResponse)
        assert_type(await job.outcome_async(), Outcome[JobStatusResponse])
        assert_type(job.updates_async(), AsyncGenerator[Update[JobStatusResponse], None])
        assert_type(await job.result_async(), OptimizationResultResponse)
        assert_type(await wait_all_async([job]), Outcomes[JobStatusResponse])


def handles(tracker: Tracker, token: str, client: AuthenticatedClient) -> None:
    """What the service module says of a handle that is made of a token, a submission, a row or an outcome."""
    assert_type(resume(token, client, service=promptforge), PromptForgeJob)
    assert_type(resume(token, client, promptforge.SERVICE), Job[JobStatus])
    assert_type(resume(token, client), Job[Any])
    job = tracker.submit(promptforge, "team", client, [], provider="p", model="m")
    assert_type(job, PromptForgeJob)
    assert_type(tracker.submit(promptforge, "team", client, [], provider="p", model="m", key="k"), PromptForgeJob)
    assert_type(tracker.submit("promptforge", "team", client, [], provider="p", model="m"), Job[Any])
    assert_type(tracker.unresolved(), Rows)
    for row in tracker.pending():
        assert_type(row.job(client, promptforge), PromptForgeJob)
        assert_type(row.job(client, promptforge.SERVICE), Job[JobStatus])
        assert_type(row.job(client), Job[Any])
    outcome = job.outcome(policy=Policy(statuses={"succeeded": {"DONE"}}, cancel_on_timeout=True))
    assert_type(outcome.job, Job[JobStatus])
    assert_type(outcome.to_dict(), dict[str, Any])
    assert_type(Outcomes(as_completed([job])), Outcomes[JobStatus])
    for update in job.updates():
        assert_type(update.to_dict(), dict[str, Any])


async def submissions(
    tracker: Tracker,
    prompts: AuthenticatedClient,
    tours: fryte_client.AuthenticatedClient,
    projects: freeplay_client.AuthenticatedClient,
) -> None:
    """Each service's submission through a tracker has its own arguments."""
    assert_type(await tracker.submit_async(fryte, "a", tours, "tour.json", corridor=5000), FryteJob)
    assert_type(await tracker.submit_async(fryte, "a", tours, "tour.json", corridor=5000, key="k"), FryteJob)
    assert_type(
        await tracker.submit_async(freeplay, "b", projects, "p", prompt_template_version_id="v", dataset_id="d"),
        FreeplayJob,
    )
    assert_type(tracker.submit(promptforge, "c", prompts, "a.jsonl", provider="p", model="m"), PromptForgeJob)


# mypy must refuse each line here: if it did not, the comment would be unused, which is an error.
def refused(tracker: Tracker, token: str, client: AuthenticatedClient, other: fryte_client.AuthenticatedClient) -> None:
    """A misspelled or missing argument, and the client of another service."""
    tracker.submit(promptforge, "team", client, [], provder="typo", model="m")  # type: ignore[call-arg]
    tracker.submit(promptforge, "team", client, [])  # type: ignore[call-overload]
    tracker.submit(promptforge, "team", other, [], provider="p", model="m")  # type: ignore[misc]
    resume(token, other, promptforge)  # type: ignore[misc]
    resume(token, client, service=promptforge).result()  # type: ignore[attr-defined]
    wait_all([promptforge.job(client, "j")], timeot=1)  # type: ignore[call-arg]
    promptforge.job(client, "j").wait(timeot=1)  # type: ignore[call-arg]
    promptforge.submit_all(client, [], provider="p", model="m", timeot=1)  # type: ignore[call-arg]
    tracker.run(fail_fsat=True)  # type: ignore[call-arg]


class Batch:
    """What a call of an SDK returns."""

    status: str


def retrieve(job_id: str = "7") -> Batch:
    """A call."""
    raise NotImplementedError


async def retrieve_async(job_id: str = "7") -> Batch:
    """An async call."""
    raise NotImplementedError


def batch_of(job_id: str) -> Job[Batch]:
    """What a ref names."""
    return watch(
        lambda: retrieve(job_id), id=job_id, name="sdk", ref="typing.api:batch_of", done=lambda it: it.status == "x"
    )


async def watched() -> None:
    """A watch is typed as what its function returns, or as what that is awaited to."""
    job = watch(retrieve, id=7, name="sdk", status="status", succeeded={"completed"}, failed=["failed"])
    assert_type(job, Job[Batch])
    assert_type(job.wait(timeout=86400), Batch)
    assert_type(watch(retrieve_async, id="7", name="sdk", succeeded={"completed"}), Job[Batch])
    later = watch(lambda: retrieve_async("7"), id="7", name="sdk", done=lambda it: it.status == "x")
    assert_type(later, Job[Batch])
    assert_type(await later.wait_async(), Batch)
    assert_type(
        watch(
            retrieve,
            id="7",
            name="sdk",
            status=lambda it: it.status,
            succeeded={"completed"},
            progress=lambda it: Progress(len(it.status), None),
            reason=lambda it: it.status,
        ).outcome(),
        Outcome[Batch],
    )
    assert_type(wait_all([job]), Outcomes[Batch])
    assert_type(resume("token", watched={"sdk": batch_of}), Job[Batch])
    with Tracker("jobs.db") as tracker:
        assert_type(tracker.run(watched={"sdk": batch_of}), int)
