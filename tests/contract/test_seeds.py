"""The samples that the vendors publish decode to the typed objects that a reader expects."""

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from freeplay_client.models import DataSourcesUsed, JobProgress, PromptOptimizationJobStatusResponse
from fryte_client.models import JobStatusResponse
from jobwait import Progress, freeplay, fryte, promptforge
from jobwait._httpx import httpx
from jobwait._polling.observation import read
from promptforge_client.models import JobState, JobStatus

SEEDS = Path(__file__).parent / "seeds"


def reading(service):
    content = (SEEDS / f"{service.name}_status.json").read_bytes()
    answer = httpx.Response(200, content=content, request=httpx.Request("GET", "http://service/"))
    return read(service, answer, 0.0, json.loads(content)["job_id"])


def test_freeplay_sample():
    """Freeplay's sample is typed; its placeholder of a status is unknown and not final."""
    got = reading(freeplay.SERVICE)
    snapshot = got.snapshot
    assert PromptOptimizationJobStatusResponse is type(snapshot)
    assert (got.state, got.raw_status) == ("unknown", "<string>")
    assert UUID("3c90c3cc-0d44-4b50-8888-8dd25736052a") == snapshot.job_id
    assert datetime(2023, 11, 7, 5, 31, 56, tzinfo=UTC) == snapshot.created_at
    assert snapshot.run_test_after_optimization is True
    assert (snapshot.optimized_version_id, snapshot.completed_at, snapshot.error_message) == (None, None, None)
    assert DataSourcesUsed(human_labels_count=123, customer_feedback_count=123) == snapshot.data_sources_used
    assert JobProgress(step=123, total_steps=123, step_name="<string>") == snapshot.progress
    assert Progress(122, 123, "<string>") == got.progress


def test_promptforge_sample():
    """PromptForge's sample is typed, and its counts become progress: what failed is finished too."""
    got = reading(promptforge.SERVICE)
    snapshot = got.snapshot
    assert JobStatus is type(snapshot)
    assert JobState.PROCESSING is snapshot.status
    assert (got.state, got.raw_status) == ("running", "PROCESSING")
    assert (snapshot.prompt_count, snapshot.completed_count, snapshot.failed_count) == (500, 213, 2)
    assert datetime(2024, 1, 15, 10, 15, 30, tzinfo=UTC) == snapshot.started_processing_at
    assert snapshot.completed_at is None
    assert Progress(215, 500) == got.progress
    assert promptforge.SERVICE.size(snapshot) == 500


def test_fryte_sample():
    """FRYTE's example is typed and final; both of its ids are there."""
    got = reading(fryte.SERVICE)
    expected = JobStatusResponse(
        job_id="c3f1c944-a44c-4c07-ab52-7df7ba94024a",
        optimization_id=7658,
        status="succeeded",
        tour_id=7615,
        vehicle_id="010160700001",
    )
    assert expected == got.snapshot
    assert (got.state, got.progress) == ("succeeded", None)


def test_samples_are_those_of_the_vendors():
    """The samples name every field of the page that they were taken from."""
    fields = {
        name: len(json.loads((SEEDS / f"{name}_status.json").read_text())) for name in ("freeplay", "promptforge")
    }
    assert fields == {"freeplay": 14, "promptforge": 10}
