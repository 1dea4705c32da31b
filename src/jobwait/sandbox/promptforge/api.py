"""PromptForge, as it is documented and as its published server behaves."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, get_args

import attrs

from jobwait.sandbox.checks import Check, Fault, fields, integer, nullable, string
from jobwait.sandbox.clock import Clock, iso
from jobwait.sandbox.job_plan import dice, make_uuid
from jobwait.sandbox.promptforge import batch as _batch
from jobwait.sandbox.promptforge.batch import Mode
from jobwait.sandbox.promptforge.queue import Queue, Turn
from jobwait.sandbox.promptforge.run import Job, make_plan
from jobwait.sandbox.rate_limit import Allow
from jobwait.sandbox.signed_links import PROMPTS, Signer
from jobwait.sandbox.state_file import Store
from jobwait.sandbox.stats import Stats
from jobwait.sandbox.web import Call, Operation, Refused, Reply
from promptforge_client import wire

NAME = "promptforge"
UPLOAD_LINK = 15 * 60
RESULT_LINK = 60 * 60
STATES: Mapping[str, wire.JobState] = {state: state for state in get_args(wire.JobState)}
PROVIDERS = ("openai", "anthropic", "gemini", "mistral")
_PROVIDER = f"^({'|'.join(PROVIDERS)})$"


def _counting(value: Any, place: tuple[str | int, ...]) -> Any:
    # The published server takes "3" for 3.
    digits = isinstance(value, str) and value.lstrip("-").isdecimal()
    return integer()(int(value) if digits else value, place)


def _init(mode: Mode) -> Check:
    whole: Check = integer() if mode == "docs" else _counting
    provider = string(_PROVIDER) if mode == "docs" else string()  # the server refuses others in a sentence
    optional = {"max_retries": whole, "rpm": nullable(whole), "tpm": nullable(whole)}
    return fields({"provider": provider, "model": string()}, optional)


@attrs.define
class PromptForge:
    """All jobs of the one client that the sandbox knows, in memory and in the *store*."""

    seed: int
    key: str
    clock: Clock
    store: Store
    allow: Allow
    mode: Mode
    signer: Signer
    stats: Stats = attrs.field(factory=lambda: Stats("init_job", "get_job_status"), init=False)
    _jobs: dict[str, Job] = attrs.field(factory=dict[str, Job], init=False)
    _queue: Queue = attrs.field(init=False)

    key_header = "x-api-key"
    key_prefix = ""
    body_before_key = True

    def __attrs_post_init__(self) -> None:
        self._queue = Queue(self._started)
        jobs = [self._add(record) for record in self.store.load(NAME)]
        for job in sorted((job for job in jobs if job.uploaded is not None), key=lambda job: job.uploaded or 0):
            self._take(job, self.store.load_upload(job.n))
            if job.plan.stages:
                self._queue.resume(job)

    @property
    def operations(self) -> list[Operation]:
        """The four operations of the spec."""
        job = "/v1/jobs/{job_id}"
        return [
            Operation("init_job", "POST", "/v1/jobs/init", self._init, _init(self.mode)),
            Operation("get_job_status", "GET", f"{job}/status", self._get),
            Operation("get_job_results", "GET", f"{job}/results", self._results),
            Operation("get_health", "GET", "/healthz", lambda _: Reply(200, {"status": "ok"}), secured=False),
        ]

    def error(self, status: int, message: str) -> Reply:
        """A refusal in the service's own shape."""
        if status == 401 and message.startswith("Missing"):
            message = "Missing X-API-Key header"
        return Reply(status, {"detail": message})

    def invalid(self, faults: list[Fault]) -> Reply:
        """A sentence and 400 by the documentation, all faults and 422 by the server."""
        if self.mode == "docs":
            place = ".".join(map(str, faults[0].place[1:])) or "body"
            return self.error(400, f"{place}: {faults[0].message}")
        return Reply(422, {"detail": [fault.as_json() for fault in faults]})

    def busy(self, seconds: int) -> Reply:
        """Only if the sandbox was told to limit; the service has no limit."""
        return attrs.evolve(self.error(429, "Too Many Requests"), headers={"Retry-After": str(seconds)})

    def put(self, job_id: str, content: bytes) -> None:
        """Take the prompts of a job; a second upload of the same job changes nothing any more."""
        job = self._jobs[job_id]
        if job.uploaded is not None:
            return
        job.uploaded = self.clock.now()
        self.store.save_upload(job.n, content)
        self._take(job, content)
        if job.plan.stages:
            self._queue.join(job, job.uploaded)
        self._save(job)

    def get(self, job_id: str, filename: str) -> bytes | None:
        """One result file, None if there is no such file."""
        return self._files(self._jobs[job_id])().get(filename)

    def _add(self, record: dict[str, Any]) -> Job:
        job = Job(**record, id=make_uuid(dice(self.seed, NAME, record["n"])), clock=self.clock)
        self._jobs[job.id] = job
        return job

    def _save(self, job: Job) -> None:
        kept = attrs.filters.include("n", "created", "request", "uploaded", "starts")
        self.store.save(NAME, job.n, attrs.asdict(job, recurse=False, filter=kept))

    def _started(self, turn: Turn) -> None:
        assert isinstance(turn, Job)  # noqa: S101
        self._save(turn)

    def _take(self, job: Job, content: bytes) -> None:
        job.batch = _batch.read(content, self.mode)
        job.plan = make_plan(dice(self.seed, NAME, job.n, "plan"), job.batch, job.request["model"])

    def _init(self, call: Call) -> Reply:
        provider = call.body["provider"]
        if provider not in PROVIDERS and self.mode == "server":
            message = f"Unsupported provider {provider!r}. Choose from: {list(PROVIDERS)}"
            raise Refused(self.error(422, message))
        record = {"n": len(self._jobs), "created": self.clock.now(), "request": call.body}
        job = self._add({**record, "uploaded": None, "starts": None})
        self._save(job)
        expires = self.clock.after(job.created, UPLOAD_LINK)
        link = self.signer.link("PUT", job.id, PROMPTS, expires)
        made: wire.InitJobResponse = {"job_id": job.id, "upload_url": link, "expires_at": iso(expires)}
        return Reply(202, made)

    def _find(self, call: Call) -> Job:
        self._queue.advance(self.clock.now())
        job = self._jobs.get(call.path["job_id"])
        if job is None:
            raise Refused(self.error(404, "Job not found"))
        if job.request["model"] == "sandbox-fault" and self._state(job) == "QUEUED":
            documented = self.mode == "docs"
            raise Refused(self.error(500, "Internal error") if documented else Reply(500, "Internal Server Error"))
        return job

    def _state(self, job: Job) -> wire.JobState:
        if job.plan.stages and job.starts is None:
            return "PENDING"
        return STATES[job.plan.at(self._age(job)).name]

    def _age(self, job: Job) -> float:
        return self.clock.age(job.starts if job.starts is not None else job.created)

    def _get(self, call: Call) -> Reply:
        job = self._find(call)
        state = self._state(job)
        ran = job.starts is not None and state not in ("PENDING", "QUEUED")
        began = job.plan.start_of("PROCESSING") if ran else 0.0
        completed, failed = self._counts(job, state)
        told: wire.JobStatus = {
            "job_id": job.id,
            "status": state,
            "provider": job.request["provider"],
            "model": job.request["model"],
            "prompt_count": self._prompts(job),
            "completed_count": completed,
            "failed_count": failed,
            "created_at": iso(job.created),
            "started_processing_at": iso(self.clock.after(job.starts or 0, began)) if ran else None,
            "completed_at": iso(self._end(job, state)),
        }
        return Reply(200, told)

    def _prompts(self, job: Job) -> int | None:
        if job.batch is None or (not job.plan.stages and job.plan.ending == "FAILED"):
            return None
        return job.batch.valid

    def _counts(self, job: Job, state: str) -> tuple[int | None, int | None]:
        if job.batch is None or not job.plan.stages or state in ("PENDING", "QUEUED"):
            return (0, 0) if state == "COMPLETED" else (None, None)
        if self.mode == "server":
            return job.batch.counts(1.0) if state == "COMPLETED" else (None, None)
        if state in ("FAILED", "CANCELLED"):
            return job.batch.counts(0.5)
        return job.batch.counts(job.plan.at(self._age(job)).share)

    def _end(self, job: Job, state: str) -> float | None:
        # The published server fills this in on COMPLETED only; the documentation says at any end.
        ends = ("COMPLETED",) if self.mode == "server" else ("COMPLETED", "FAILED", "CANCELLED")
        if state not in ends:
            return None
        return job.uploaded if job.starts is None else job.ends

    def _results(self, call: Call) -> Reply:
        job = self._find(call)
        state = self._state(job)
        if state != "COMPLETED":
            name = state if self.mode == "docs" else f"JobStatus.{state}"
            raise Refused(self.error(409, f"Results not available — job is {name}"))
        expires = self.clock.after(self.clock.now(), RESULT_LINK)
        listed: list[wire.ResultFile] = [
            {
                "filename": name,
                "url": self.signer.link("GET", job.id, name, expires),
                "expires_at": iso(expires),
            }
            for name in self._files(job)()
        ]
        results: wire.JobResults = {"job_id": job.id, "status": state, "files": listed}
        return Reply(200, results)

    def _files(self, job: Job) -> Callable[[], dict[str, bytes]]:
        if job.batch is None or job.batch.empty:
            return dict
        rng = dice(self.seed, NAME, job.n, "answers")
        return partial(_batch.files, job.batch, job.request, rng, iso(job.ends) or "")
