"""Services of entries of the atlas, under the names by which their vendors' keys are known."""

import json
from pathlib import Path
from typing import Any, Final

import attrs

from jobwait._declared.service import load_own
from jobwait.llm_batches.handle import BatchJob
from jobwait.service import DeclaredService, JobState, identifier

_ENTRIES: Final = Path(__file__).parents[1] / "atlas" / "entries"


def batch_service(name: str, handle: type[BatchJob]) -> DeclaredService:
    """The service *name* of the entry NAME-batches, whose jobs are *handle*; its key is NAME_API_KEY."""
    entry = json.loads((_ENTRIES / f"{name}-batches.json").read_text("utf-8"))
    return attrs.evolve(load_own({**entry["x-job"], "name": name}), handle=handle)


def state_of(service: DeclaredService, client: Any, job_id: str) -> JobState[Any]:
    """What is known of the job *job_id* before anything is asked. Raises InvalidInput if that cannot be an id."""
    return JobState(service, client, {"id": identifier("id", job_id)})
