"""Every public call, as a type checker sees it from outside; checked by mypy --strict and pyright, never run."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import assert_type

from freeplay_client.models import PromptOptimizationJobStatusResponse, PromptOptimizationJobSummary
from fryte_client.models import JobListResponse, JobStatusResponse, OptimizationResultResponse, PlannerResponse
from jobwait import (
    JobWaitError,
    Limit,
    Outcome,
    Policy,
    Record,
    Stop,
    Update,
    as_completed,
    freeplay,
    fryte,
    promptforge,
    report,
    wait_all,
    wait_all_async,
)
from jobwait.freeplay import FreeplayJob
from jobwait.fryte import FryteJob
from jobwait.promptforge import FailedPrompt, MergeSummary, PromptForgeJob, ResultLine
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
        assert_type(job.updates(stop=Stop()), Iterator[Update[JobStatus]])
        assert_type(job.results(), list[ResultLine])
        assert_type(job.failures(), list[FailedPrompt])
        assert_type(job.download("results"), list[Path])
        assert_type(promptforge.merge(job.download("results"), "all.csv", format="csv"), MergeSummary)
        assert_type(report(Record([job]), "report.html"), Path)
        assert_type(report([job.outcome()], "report.html", title="Jobs", overwrite=True), Path)
        assert_type(job.token(), str)
        assert_type(get_job_status.sync(client, "j"), JobStatus)
        assert_type(get_job_status.parse(client.send(get_job_status.build(client, "j"))), JobStatus)
        assert_type(wait_all([job, job]), list[Outcome[JobStatus]])
        assert_type(as_completed([job]), Iterator[Outcome[JobStatus]])
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
        assert_type(job.updates_async(), AsyncIterator[Update[JobStatusResponse]])
        assert_type(await job.result_async(), OptimizationResultResponse)
        assert_type(await wait_all_async([job]), list[Outcome[JobStatusResponse]])
