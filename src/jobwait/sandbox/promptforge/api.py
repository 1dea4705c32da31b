"""PromptForge's API, as documented and as its published server behaves."""

from collections.abc import Mapping
from typing import Any, get_args

import attrs

from jobwait.sandbox.clock import iso
from jobwait.sandbox.http_app import FAULT, Call, Operation, Refused, Reply, Service
from jobwait.sandbox.input_checks import Check, Fault, coerced_integer, fields, integer, nullable, string, whole
from jobwait.sandbox.job_plan import make_uuid, random_for
from jobwait.sandbox.promptforge.job import Job, make_plan
from jobwait.sandbox.promptforge.prompt_file import Mode, is_utf8, read_prompts, result_files
from jobwait.sandbox.promptforge.queue import Queue
from jobwait.sandbox.promptforge.signed_links import PROMPTS, Signer
from promptforge_client import wire

NAME = "promptforge"
KEY_STORE_DOWN = "sandbox-key-store-down"  # a key that the published server cannot look up
SIGNING = 0.5  # seconds by which the published server states the end of a link too late
UPLOAD_LINK = 15 * 60
RESULT_LINK = 60 * 60
STATES: Mapping[str, wire.JobState] = {state: state for state in get_args(wire.JobState)}
PROVIDERS = ("anthropic", "gemini", "mistral", "openai")
_PROVIDER = f"^({'|'.join(PROVIDERS)})$"
_NUMBERS = ("max_retries", "rpm", "tpm")


def _init(mode: Mode) -> Check:
    count: Check = integer() if mode == "docs" else coerced_integer
    provider = string(_PROVIDER) if mode == "docs" else string()  # the server refuses others in a sentence
    optional = {"max_retries": count, "rpm": nullable(count), "tpm": nullable(count)}
    return fields({"provider": provider, "model": string()}, optional)


def _storable(body: Mapping[str, Any]) -> bool:
    """Whether the published server's database takes the fields of *body*: text in UTF-8, integers of 64 bits."""
    numbers = (body.get(name) or 0 for name in _NUMBERS)
    whole_ones = (whole(number) or 0 if isinstance(number, str) else int(number) for number in numbers)
    return is_utf8(body["model"]) and all(-(2**63) <= number < 2**63 for number in whole_ones)


@attrs.define
class PromptForge(Service):
    """PromptForge's API, with all jobs of its clients in memory and in *store*."""

    key_header = "X-API-Key"
    key_prefix = ""
    counted = ("init_job", "get_job_status")

    mode: Mode
    signer: Signer
    _jobs: dict[str, Job] = attrs.field(factory=dict[str, Job], init=False)
    _queues: list[Queue] = attrs.field(init=False)  # one for each client

    def __attrs_post_init__(self) -> None:
        self._queues = [Queue(self._save) for _ in self.keys]
        jobs = [self._add(record) for record in self.store.load(NAME)]
        for job in sorted((job for job in jobs if job.uploaded is not None), key=lambda job: job.uploaded or 0):
            self._take(job, self.store.load_upload(job.n))
            if job.plan.stages:
                self._queues[job.client].restore(job)

    def operations(self) -> list[Operation]:
        """The four operations of the spec."""
        job = "/v1/jobs/{job_id}"
        return [
            Operation("init_job", "POST", "/v1/jobs/init", self._init, _init(self.mode)),
            Operation("get_job_status", "GET", f"{job}/status", self._get),
            Operation("get_job_results", "GET", f"{job}/results", self._results),
            Operation("get_health", "GET", "/healthz", lambda _: Reply(200, {"status": "ok"}), secured=False),
        ]

    def invalid(self, faults: list[Fault]) -> Reply:
        """A sentence and 400 by the documentation, all faults and 422 by the server."""
        if self.mode == "docs":
            path = ".".join(map(str, faults[0].path[1:])) or "body"
            return self.error(400, f"{path}: {faults[0].message}")
        return super().invalid(faults)

    def unknown_key(self, key: str) -> Reply:
        """401; for one key the fault of a key store that does not answer."""
        if key == KEY_STORE_DOWN and self.mode == "server":
            return self.error(500, "Auth config error: the key store does not answer")
        return super().unknown_key(key)

    def put(self, job_id: str, content: bytes) -> None:
        """Take the prompts of a job; a second upload of the same job changes nothing any more."""
        job = self._jobs[job_id]
        if job.uploaded is not None:
            return
        job.uploaded = self.clock.now()
        self.store.save_upload(job.n, content)
        self._take(job, content)
        if job.plan.stages:
            self._queues[job.client].join(job, job.uploaded)
        self._save(job)

    def get(self, job_id: str, filename: str) -> bytes | None:
        """One result file, None if there is no such file."""
        return self._files(self._jobs[job_id]).get(filename)

    def _add(self, record: dict[str, Any]) -> Job:
        job = Job(**record, id=make_uuid(random_for(self.seed, NAME, record["n"])), clock=self.clock)
        self._jobs[job.id] = job
        return job

    def _save(self, job: Job) -> None:
        self.store.save(NAME, job.n, job.record())

    def _take(self, job: Job, content: bytes) -> None:
        job.prompts = read_prompts(content, self.mode)
        job.plan = make_plan(random_for(self.seed, NAME, job.n, "plan"), job.prompts, job.request["model"])

    def _init(self, call: Call) -> Reply:
        provider = call.body["provider"]
        if self.mode == "server" and provider not in PROVIDERS:
            raise Refused(self.error(422, f"Unsupported provider '{provider}'. Choose from: {list(PROVIDERS)}"))
        if self.mode == "server" and not _storable(call.body):
            raise Refused(FAULT)
        record = {"n": len(self._jobs), "created": self.clock.now(), "request": call.body}
        job = self._add({**record, "uploaded": None, "starts": None, "client": call.client})
        self._save(job)
        expires = self.clock.after(job.created, UPLOAD_LINK)
        link = self.signer.link("PUT", job.id, PROMPTS, expires)
        made: wire.InitJobResponse = {"job_id": job.id, "upload_url": link, "expires_at": self._stated(expires)}
        return Reply(202, made)

    def _stated(self, expires: float) -> str:
        return iso(expires + SIGNING if self.mode == "server" else expires)

    def _find(self, call: Call) -> Job:
        self._queues[call.client].advance(self.clock.now())
        job = self._jobs.get(call.path["job_id"])
        if job is None or job.client != call.client:
            raise Refused(self.error(404, "Job not found"))
        if job.request["model"] == "sandbox-fault" and self._state(job) == "QUEUED":
            documented = self.mode == "docs"
            raise Refused(self.error(500, "Internal error") if documented else FAULT)
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
        response: wire.JobStatus = {
            "job_id": job.id,
            "status": state,
            "provider": job.request["provider"],
            "model": job.request["model"],
            "prompt_count": self._prompts(job),
            "completed_count": completed,
            "failed_count": failed,
            "created_at": iso(job.created),
            "started_processing_at": iso(self.clock.after(job.starts or 0, began)) if ran else None,
            "completed_at": self._end(job, state),
        }
        return Reply(200, response)

    def _prompts(self, job: Job) -> int | None:
        if job.prompts is None or (not job.plan.stages and job.plan.ending == "FAILED"):
            return None
        return job.prompts.valid

    def _counts(self, job: Job, state: str) -> tuple[int | None, int | None]:
        if job.prompts is None or not job.plan.stages or state in ("PENDING", "QUEUED"):
            return (0, 0) if state == "COMPLETED" else (None, None)
        if self.mode == "server":
            return job.prompts.counts(1.0) if state == "COMPLETED" else (None, None)
        if state in ("FAILED", "CANCELLED"):
            return job.prompts.counts(0.5)
        return job.prompts.counts(job.plan.at(self._age(job)).share)

    def _end(self, job: Job, state: str) -> str | None:
        # The published server fills this in on COMPLETED only; the documentation says at any end.
        ends = ("COMPLETED",) if self.mode == "server" else ("COMPLETED", "FAILED", "CANCELLED")
        if state not in ends:
            return None
        return iso(job.uploaded or 0 if job.starts is None else job.ends)

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
                "expires_at": self._stated(expires),
            }
            for name in self._files(job)
        ]
        results: wire.JobResults = {"job_id": job.id, "status": state, "files": listed}
        return Reply(200, results)

    def _files(self, job: Job) -> dict[str, bytes]:
        if job.prompts is None or job.prompts.empty:
            return {}
        return result_files(job.prompts, job.request, random_for(self.seed, NAME, job.n, "answers"), iso(job.ends))
