"""A sandbox with a clock that only the test advances, and clients with its keys."""

import json

import attrs

from jobwait._http.pool import Pool
from jobwait._httpx import httpx
from jobwait._jobs.gather import gather
from jobwait._polling.commands import Compute, Gather, Notify, Poll, Result, SendRequest, Sleep
from jobwait.sandbox import Address, Sandbox

NDJSON = {"Content-Type": "application/x-ndjson"}
VERSION = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
HAMBURG_MUNICH = {"start_pos": [53.55, 10.0], "stop_pos": [48.14, 11.58]}


@attrs.define
class ManualClock:
    """A clock that the test advances; a call returns the time."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        """Seconds since the epoch."""
        return self.now


@attrs.define
class ServiceClient:
    """A client of one service of a sandbox, with its key."""

    http: httpx.Client
    address: Address
    headers: dict[str, str]

    def get(self, path: str, **kwargs) -> httpx.Response:
        """The response to a GET."""
        return self.http.get(self.address.url + path, headers=self.headers, **kwargs)

    def post(self, path: str, **kwargs) -> httpx.Response:
        """The response to a POST."""
        return self.http.post(self.address.url + path, headers=self.headers, **kwargs)


@attrs.define
class RunningSandbox:
    """A sandbox with its clock and a client for each service."""

    sandbox: Sandbox
    clock: ManualClock
    http: httpx.Client
    freeplay: ServiceClient = attrs.field(init=False)
    fryte: ServiceClient = attrs.field(init=False)
    promptforge: ServiceClient = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        for name in ("freeplay", "fryte"):
            address = getattr(self.sandbox, name)
            setattr(self, name, ServiceClient(self.http, address, {"Authorization": f"Bearer {address.key}"}))
        address = self.sandbox.promptforge
        self.promptforge = ServiceClient(self.http, address, {"X-API-Key": address.key})

    def other_client(self) -> "RunningSandbox":
        """The same sandbox, as PromptForge's other client sees it."""
        other = attrs.evolve(self)
        other.promptforge.headers = {"X-API-Key": self.sandbox.promptforge.other_key}
        return other

    def wait(self, seconds: float) -> None:
        """Advance real time by *seconds*."""
        self.clock.now += seconds

    def start(self, **fields) -> str:
        """Path of a new Freeplay job."""
        jobs = "/api/v2/projects/p/prompt-optimization-jobs"
        body = {"prompt_template_version_id": VERSION, "dataset_id": VERSION, **fields}
        return f"{jobs}/{self.freeplay.post(jobs, json=body).json()['job_id']}"

    def submit(self, **fields) -> dict:
        """Response to a new FRYTE job."""
        tour = {
            "vehicle_id": "1",
            "battery_level_start": 0.8,
            "section_list": [HAMBURG_MUNICH],
            "poi_info": {},
        }
        return self.fryte.post("/planner/v2", json={**tour, **fields}).json()

    def init(self, **fields) -> dict:
        """Response to a new PromptForge job."""
        return self.promptforge.post("/v1/jobs/init", json={"provider": "openai", "model": "m", **fields}).json()

    def upload(self, job: dict, *lines) -> str:
        """Path of *job* after *lines*, objects or texts, were uploaded."""
        text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
        self.http.put(job["upload_url"], content=text.encode(), headers=NDJSON)
        return f"/v1/jobs/{job['job_id']}"

    def batch(self, *lines, **fields) -> str:
        """Path of a new PromptForge job with *lines* uploaded, one valid prompt by default."""
        return self.upload(self.init(**fields), *(lines or ({"prompt_id": 1, "prompt": "Why?"},)))

    def state(self, path: str) -> str:
        """Status of a PromptForge job."""
        return self.promptforge.get(f"{path}/status").json()["status"]


@attrs.define
class VirtualDriver:
    """Drives operations against a sandbox: requests are real, and a sleep advances the sandbox's clock."""

    clock: ManualClock
    pool: Pool = attrs.field(factory=Pool)
    updates: list = attrs.field(factory=list)

    def __call__(self, operation):
        """What *operation* returns."""
        try:
            command = next(operation)
            while True:
                command = operation.send(Result(self.clock.now, self.clock.now, self._do(command)))
        except StopIteration as end:
            return end.value

    def _do(self, command):
        match command:
            case Poll() | SendRequest():
                return self.pool.send(command)
            case Sleep():
                self.clock.now += command.seconds
            case Notify():
                self.updates.append(command.update)
            case Gather():
                return gather(command, self)
            case Compute():
                command.work()
        return None
