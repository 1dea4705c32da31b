"""Freeplay's prompt-optimization jobs."""

from itertools import islice
from typing import Any

import attrs

from freeplay_client import wire
from jobwait.sandbox.clock import iso
from jobwait.sandbox.http_app import Call, Operation, Refused, Reply, Service
from jobwait.sandbox.input_checks import Fault, boolean, fields, nullable, string, whole
from jobwait.sandbox.job_plan import Moment, Plan, make_uuid, random_for, varied

NAME = "freeplay"
JOBS = "/api/v2/projects/{project_id}/prompt-optimization-jobs"
JOB = JOBS + "/{job_id}"

QUEUE = ("pending", 10.0)
# The names of the steps, and of the live states, are not documented; these are invented.
STEPS = (("Analyzing data", 90.0), ("Optimizing prompt", 240.0), ("Running tests", 240.0), ("Comparing", 60.0))
ONE_STEP = STEPS[1:2]

_UUID = string(r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
START = fields(
    {"prompt_template_version_id": _UUID, "dataset_id": _UUID},
    {
        "user_instructions": nullable(string()),
        **dict.fromkeys(("use_best_practices", "use_labels", "use_customer_feedback"), boolean),
        "run_test_after_optimization": boolean,
    },
)
_STORED = attrs.filters.exclude("id", "plan", "ids")  # these follow from the seed


@attrs.define
class Job:
    """A job; its status follows from its plan, its age and whether it was cancelled."""

    n: int
    project: str
    created: float
    request: dict[str, Any]
    cancelled: float | None
    id: str
    plan: Plan
    ids: dict[str, str]

    @property
    def tests(self) -> bool:
        """Whether the new version is tested and compared with the old."""
        return bool(self.request.get("run_test_after_optimization", True))


@attrs.define
class Freeplay(Service):
    """Freeplay's API, with the jobs of all projects in memory and in *store*."""

    body_before_key = False
    error_field = "message"
    counted = ("start_job", "get_job")

    _jobs: dict[tuple[str, str], Job] = attrs.field(factory=dict[tuple[str, str], Job], init=False)
    _projects: dict[str, list[Job]] = attrs.field(factory=dict[str, list[Job]], init=False)

    def __attrs_post_init__(self) -> None:
        for record in self.store.load(NAME):
            self._add(record)

    def operations(self) -> list[Operation]:
        """The four operations of the spec."""
        return [
            Operation("start_job", "POST", JOBS, self._start, START),
            Operation("list_jobs", "GET", JOBS, self._list),
            Operation("get_job", "GET", JOB, self._get),
            Operation("cancel_job", "POST", JOB + "/cancel", self._cancel),
        ]

    def invalid(self, faults: list[Fault]) -> Reply:
        """The first fault as a sentence; Freeplay sends no list."""
        fault = faults[0]
        return self.error(400, f"{'.'.join(map(str, fault.path))}: {fault.message}")

    def _add(self, record: dict[str, Any]) -> Job:
        rng = random_for(self.seed, NAME, record["n"])
        job_id = make_uuid(rng)
        ids = {name: make_uuid(rng) for name in ("template", "optimized", "test_run", "comparison")}
        job = Job(**record, id=job_id, plan=make_plan(rng, record["request"]), ids=ids)
        self._jobs[job.project, job.id] = job
        self._projects.setdefault(job.project, []).append(job)
        return job

    def _save(self, job: Job) -> None:
        self.store.save(NAME, job.n, attrs.asdict(job, recurse=False, filter=_STORED))

    def _start(self, call: Call) -> Reply:
        record = {"n": len(self._jobs), "created": self.clock.now(), "request": call.body}
        job = self._add({**record, "project": call.path["project_id"], "cancelled": None})
        self._save(job)
        created = iso(job.created)
        made: wire.PromptOptimizationJobCreatedResponse = {"job_id": job.id, "status": QUEUE[0], "created_at": created}
        return Reply(202, made)

    def _list(self, call: Call) -> Reply:
        # The effect of a page number or size below 1 is not documented; here it counts as 1.
        page, size = (max(1, self._whole(call, *name)) for name in (("page", 1), ("page_size", 30)))
        wanted = call.query.get("status")
        jobs = self._projects.get(call.path["project_id"], [])
        first = (page - 1) * size
        if wanted is None:
            rest = iter(jobs[max(0, len(jobs) - first - size - 1) : max(0, len(jobs) - first)][::-1])
        else:
            matching = (job for job in reversed(jobs) if self._moment(job)[1] == wanted)
            rest = islice(matching, min(first, len(jobs)), None)
        shown = list(islice(rest, min(size, len(jobs))))
        listed: wire.PromptOptimizationJobListResponse = {
            "data": [self._summary(job) for job in shown],
            "pagination": {"page": page, "page_size": size, "has_next": next(rest, None) is not None},
        }
        return Reply(200, listed)

    def _whole(self, call: Call, name: str, default: int) -> int:
        text = call.query.get(name)
        value = default if text is None else whole(text)
        if value is None:
            raise Refused(self.error(400, f"{name}: Input should be a valid integer"))
        return value

    def _get(self, call: Call) -> Reply:
        job = self._find(call)
        if "sandbox-fault" in _words(job.request) and self._moment(job)[0].index == 1:
            return self.error(500, "Internal server error")
        return Reply(200, self._status(job))

    def _cancel(self, call: Call) -> Reply:
        job = self._find(call)
        # The response of a finished job is not documented; here nothing changes and the request succeeds.
        if not self._moment(job)[0].over:
            job.cancelled = self.clock.now()
            self._save(job)
        return Reply(200, wire.EmptyResponse())

    def _find(self, call: Call) -> Job:
        job = self._jobs.get((call.path["project_id"], call.path["job_id"]))
        if job is None:
            raise Refused(self.error(404, "Prompt optimization job not found"))
        return job

    def _moment(self, job: Job) -> tuple[Moment, str]:
        if job.cancelled is not None:
            return Moment(len(job.plan.stages), "cancelled", 1.0, over=True), "cancelled"
        moment = job.plan.at(self.clock.age(job.created))
        return moment, moment.name if moment.over or moment.index == 0 else "in_progress"

    def _summary(self, job: Job) -> wire.PromptOptimizationJobSummary:
        moment, status = self._moment(job)
        end = job.cancelled or self.clock.after(job.created, job.plan.seconds)
        return {
            "job_id": job.id,
            "status": status,
            "prompt_template_id": job.ids["template"],
            "original_version_id": job.request["prompt_template_version_id"],
            "created_at": iso(job.created),
            "completed_at": iso(end) if moment.over else None,
            "optimized_version_id": job.ids["optimized"] if status == "completed" else None,
        }

    def _status(self, job: Job) -> wire.PromptOptimizationJobStatusResponse:
        moment, status = self._moment(job)
        done = status == "completed"
        steps = len(STEPS) if job.tests else len(ONE_STEP)
        step: wire.JobProgress = {"step": moment.index, "total_steps": steps, "step_name": moment.name}
        return {
            **self._summary(job),
            "run_test_after_optimization": job.tests,
            "test_run_id": job.ids["test_run"] if done and job.tests else None,
            "comparison_id": job.ids["comparison"] if done and job.tests else None,
            "changes_summary": "Made the instructions shorter and added two examples." if done else None,
            "error_message": "The sandbox was asked to fail." if status == "failed" else None,
            "data_sources_used": {"human_labels_count": 12, "customer_feedback_count": 5} if done else None,
            "progress": step if status == "in_progress" else None,
        }


def make_plan(rng: Any, request: dict[str, Any]) -> Plan:
    """The plan of a job for *request*."""
    steps = STEPS if request.get("run_test_after_optimization", True) else ONE_STEP
    plan = Plan(varied(rng, (QUEUE, *steps)), "completed")
    for keyword, ending in (("sandbox-fail", "failed"), ("sandbox-cancel", "cancelled")):
        if keyword in _words(request):
            return attrs.evolve(plan, stages=plan.stages[:3], ending=ending).cut(0.5)
    return plan


def _words(request: dict[str, Any]) -> list[str]:
    return str(request.get("user_instructions") or "").split()
