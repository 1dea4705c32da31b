"""One row a service: what the tests that go over all services need to know of each."""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID

from attrs import field, frozen
from tests.support.payloads import FRYTE_TOUR

from jobwait import Job, Service, freeplay, fryte, promptforge

PROJECT = "0d7c6e5c-5a1c-4d0e-8f0a-3b8a5f3c2b11"
TEMPLATE = UUID("3c90c3cc-0d44-4b50-8888-8dd25736052a")
DATASET = UUID("9a1f2a52-7c0e-4f7e-9d53-0f6f4a7a1c20")
PROMPTS = [{"prompt_id": number, "prompt": f"Say {number}."} for number in range(1, 8)]
TOUR = dict(FRYTE_TOUR)


@frozen
class Row:
    """
    A service, and what the contract needs of it.

    *statuses* are those that its specification names, with their verdicts; *body* is a status answer but for its
    status, *ids* those of its job. Where the sandbox plays the service: how to submit to it, and an input for each
    way in which a job can end. *answers*: whole status answers by status, where more than one field decides. *guessed*:
    whether `codegen.py add` wrote the row, so that states may be missing.
    """

    service: Service[Any, Any]
    connect: Callable[..., Any]
    statuses: Mapping[str, str]
    body: Mapping[str, Any]
    ids: Mapping[str, str]
    submit: Callable[..., Job[Any]] | None = None
    submit_async: Callable[..., Any] | None = None
    endings: Mapping[str, Mapping[str, Any]] = field(factory=dict)
    answers: Mapping[str, Mapping[str, Any]] = field(factory=dict)
    guessed: bool = False

    def answer(self, status: str) -> dict[str, Any]:
        """A status answer that says *status*, where the service says it and in its kind."""
        if status in self.answers:
            return deepcopy(dict(self.answers[status]))
        body = deepcopy(dict(self.body))
        *way, last = self.service.status_path.split(".")
        holder = body
        for command in way:
            holder = holder.setdefault(command, {})
        kind = type(holder.get(last))
        holder[last] = (int(status) if status.isdigit() else 999) if kind is int else status
        return body

    @property
    def name(self) -> str:
        return self.service.name

    def job(self, client: Any) -> Any:
        """A handle on a job that exists on paper only."""
        from jobwait._polling.job_state import JobState

        return self.service.handle(JobState(self.service, client, self.ids))


def _start(submit: Callable[..., Any]) -> Callable[..., Any]:
    def started(client: Any, **changes: Any) -> Any:
        given = {"prompt_template_version_id": TEMPLATE, "dataset_id": DATASET, "run_test_after_optimization": False}
        return submit(client, PROJECT, **{**given, **changes})

    return started


def _plan(submit: Callable[..., Any]) -> Callable[..., Any]:
    return lambda client, **changes: submit(client, {**TOUR, **changes})


def _batch(submit: Callable[..., Any]) -> Callable[..., Any]:
    def batch(client: Any, **changes: Any) -> Any:
        return submit(client, **{"prompts": PROMPTS, "provider": "openai", "model": "sandbox-quick", **changes})

    return batch


ROWS = [
    Row(
        service=freeplay.SERVICE,
        connect=freeplay.connect,
        submit=_start(freeplay.submit),
        submit_async=_start(freeplay.submit_async),
        endings={
            "succeeded": {},
            "failed": {"user_instructions": "please sandbox-fail"},
            "canceled": {"user_instructions": "please sandbox-cancel"},
        },
        statuses={"completed": "succeeded", "failed": "failed", "cancelled": "canceled"},
        body={
            "job_id": str(DATASET),
            "prompt_template_id": str(TEMPLATE),
            "original_version_id": str(TEMPLATE),
            "run_test_after_optimization": True,
            "created_at": "2026-06-11T16:47:49Z",
        },
        ids={"project_id": PROJECT, "job_id": str(DATASET)},
    ),
    Row(
        service=fryte.SERVICE,
        connect=fryte.connect,
        submit=_plan(fryte.submit),
        submit_async=_plan(fryte.submit_async),
        endings={
            "succeeded": {},
            "failed": {"vehicle_id": "000000000001"},
            "canceled": {"vehicle_id": "000000000002"},
        },
        statuses={
            "queued": "queued",
            "running": "running",
            "succeeded": "succeeded",
            "not_drivable": "succeeded",
            "failed": "failed",
            "canceled": "canceled",
        },
        body={"job_id": "c3f1c944", "tour_id": 7615, "optimization_id": 7658},
        ids={"job_id": "c3f1c944"},
    ),
    Row(
        service=promptforge.SERVICE,
        connect=promptforge.connect,
        submit=_batch(promptforge.submit),
        submit_async=_batch(promptforge.submit_async),
        endings={
            "succeeded": {},
            "failed": {"model": "sandbox-fail"},
            "canceled": {"model": "sandbox-cancel"},
        },
        statuses={
            "AWAITING_UPLOAD": "queued",
            "PENDING": "queued",
            "QUEUED": "queued",
            "PROCESSING": "running",
            "COMPLETED": "succeeded",
            "FAILED": "failed",
            "CANCELLED": "canceled",
        },
        body={"job_id": "3f7a1c2e", "provider": "openai", "model": "m", "created_at": "2026-06-11T16:47:49Z"},
        ids={"job_id": "3f7a1c2e"},
    ),
]
NAMES = [row.name for row in ROWS]
PLAYED = [row for row in ROWS if row.submit is not None]  # those that the sandbox plays


def _added(path: Path) -> Row:
    """The row of a service that `codegen.py add` wrote: the sandbox does not play it, so nothing is submitted."""
    page, told = import_module(f"jobwait.{path.stem}"), json.loads(path.read_text("utf-8"))
    known = {name: told[name] for name in ("statuses", "body", "ids")}
    known["answers"] = told.get("answers", {})
    return Row(
        service=page.SERVICE, connect=page.connect, submit=page.job, submit_async=page.job, guessed=True, **known
    )


ADDED = [_added(path) for path in sorted((Path(__file__).parents[1] / "added").glob("*.json"))]
