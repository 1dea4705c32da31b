"""FRYTE's planner API."""

from typing import Any

import attrs

from fryte_client import wire
from jobwait.sandbox.clock import iso
from jobwait.sandbox.fryte.tour import current_sample, older_sample, result, why_not
from jobwait.sandbox.http_app import Call, Operation, Refused, Reply, Service
from jobwait.sandbox.input_checks import Fault, array, boolean, fields, integer, nullable, number, one_of, string, whole
from jobwait.sandbox.job_plan import Plan, make_uuid, random_for, varied

NAME = "fryte"
USER = 1  # the owner of every job, since a submission names none
STAGES = (("queued", 2.0), ("running", 18.0))
VEHICLES = {"000000000001": "failed", "000000000002": "canceled"}
FAULTY = "000000000003"
LATE_IDS = "000000000004"
SAMPLES = {"000000000005": current_sample, "000000000006": older_sample}  # results as the documentation shows them
WITHOUT_IDS = "000000000007"
UNKNOWN = "000000000404"
CORRIDOR = 8000
UNAVAILABLE = "Optimization service is temporarily unavailable"

_TIME = (
    r"^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$"
    r"|^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(T.*)?$"
)
_POSITION = nullable(array(number(-180, 180), least=2))
_SECTION = fields(
    {},
    {
        "section_id": nullable(string()),
        "polyline": nullable(string()),
        "start_pos": _POSITION,
        "stop_pos": _POSITION,
        "payload_kg": nullable(number()),
        "opening_time": nullable(array(string())),
        "power_available_kW": nullable(number()),
        "service_time_min": nullable(number()),
    },
)
_STATIONS = fields(
    {},
    {
        "min_kW": nullable(number()),
        "max_kW": nullable(number()),
        "cpo": nullable(array(string())),
        "truck_approved": nullable(one_of("T", "TT")),
        "connector_type": nullable(array(one_of("MCS", "CCS"))),
        "connector_pos": nullable(one_of("LEFT", "RIGHT")),
        "bookable": nullable(boolean),
    },
)
REQUEST = fields(
    {
        "vehicle_id": string(),
        "battery_level_start": number(0.1, 1.0),
        "section_list": array(_SECTION),
        "poi_info": _STATIONS,
    },
    {
        "battery_level_end": nullable(number(0.1, 0.8)),
        "service_time_departure_min": nullable(number()),
        "start_time_tour": nullable(string()),
        "include_available_charging_stations": boolean,
    },
)
_TIME_TEXT = nullable(string(_TIME))
_PARAMETERS = {
    "corridor": integer(1000, 20000),
    "min_charge_duration_min": integer(0, 100),
    "tenant_id": integer(),
    "user_id": integer(),
    "optimization_id": integer(),
}


@attrs.define
class Job:
    """A job; what follows *request* follows from *n* and the seed, and is not stored."""

    n: int
    created: float
    request: dict[str, Any]
    id: str
    plan: Plan
    tour: int
    optimization: int  # identifier of the result, never equal to a tour's


@attrs.define
class Fryte(Service):
    """FRYTE's API, with all jobs in memory and in *store*."""

    counted = ("submit_job", "get_job")

    retry_after: bool = False  # whether a 429 has a Retry-After; FRYTE documents none
    _jobs: list[Job] = attrs.field(factory=list[Job], init=False)
    _by_id: dict[str, Job] = attrs.field(factory=dict[str, Job], init=False)

    def __attrs_post_init__(self) -> None:
        for record in self.store.load(NAME):
            self._add(record)

    def operations(self) -> list[Operation]:
        """The five operations of the spec."""
        return [
            Operation("plan_tour", "POST", "/planner", self._plan, REQUEST),
            Operation("submit_job", "POST", "/planner/v2", self._submit, REQUEST),
            Operation("list_jobs", "GET", "/planner/jobs", self._list),
            Operation("get_job", "GET", "/planner/jobs/{job_id}", self._get),
            Operation("get_result", "GET", "/planner/optimizations/{optimization_id}/result", self._result),
        ]

    def busy(self, seconds: int) -> Reply:
        """A 429 without a body, as none is documented."""
        return Reply(429, headers={"Retry-After": str(seconds)} if self.retry_after else {})

    def _add(self, record: dict[str, Any]) -> Job:
        rng = random_for(self.seed, NAME, record["n"])
        job_id = make_uuid(rng)
        ending = VEHICLES.get(record["request"]["vehicle_id"])
        if ending is None:
            ending = "not_drivable" if why_not(record["request"]) else "succeeded"
        tour, plan = 7000 + 2 * record["n"], Plan(varied(rng, STAGES), ending)
        job = Job(**record, id=job_id, plan=plan, tour=tour, optimization=tour + 1)
        self._jobs.append(job)
        self._by_id[job.id] = job
        return job

    def _plan(self, call: Call) -> Reply:
        """The plan at once; the service takes as long for it as for a job."""
        self._check(call)
        vehicle = call.body["vehicle_id"]
        if VEHICLES.get(vehicle) == "failed":
            raise Refused(self.error(500, "The sandbox was asked to fail."))
        if vehicle == FAULTY:
            raise Refused(self.error(502, UNAVAILABLE))
        found = result(call.body, optimization_id=0, tour_id=0, status="")
        return Reply(200, {"vehicle_id": vehicle, **current_sample(found), "poi_list": found.get("poi_list")})

    def _check(self, call: Call) -> int | None:
        """The corridor of a tour; refuses one that cannot be planned."""
        corridor = self._whole(call, "corridor")
        self._whole(call, "tenant_id")
        if any(_TIME_TEXT(call.body.get("start_time_tour"), ())):
            raise Refused(self.error(400, "start_time_tour is neither HH:MM:SS nor ISO 8601"))
        if call.body["vehicle_id"] == UNKNOWN:
            raise Refused(self.error(404, "Vehicle not found"))
        return corridor

    def _submit(self, call: Call) -> Reply:
        self._whole(call, "min_charge_duration_min")
        corridor = self._check(call)
        record = {"n": len(self._jobs), "created": self.clock.now(), "request": call.body}
        job = self._add(record)
        self.store.save(NAME, job.n, record)
        warning = f"The corridor is {corridor} m; {CORRIDOR} m is usual."
        made: wire.PlannerV2SubmitResponse = {
            "message": "202 - Job submitted.",
            "tour_id": job.tour,
            "optimization_id": None if job.request["vehicle_id"] == LATE_IDS else job.optimization,
            "job_id": job.id,
            "warnings": None if corridor in (None, CORRIDOR) else [warning],
        }
        if job.request["vehicle_id"] == WITHOUT_IDS:
            made["optimization_id"] = made["job_id"] = None
        if job.request["vehicle_id"] in SAMPLES:
            del made["message"], made["warnings"]
        return Reply(202, made)

    def _list(self, call: Call) -> Reply:
        user = self._whole(call, "user_id")
        self._whole(call, "tenant_id")
        return Reply(200, [self._item(job) for job in self._jobs] if user == USER else [])

    def _get(self, call: Call) -> Reply:
        self._whole(call, "tenant_id")
        job = self._by_id.get(call.path["job_id"])
        if job is None:
            raise Refused(self.error(404, "Job not found"))
        status = self._status(job)
        if status == "running" and job.request["vehicle_id"] == FAULTY:
            raise Refused(self.error(502, UNAVAILABLE))
        hidden = job.request["vehicle_id"] == LATE_IDS and status in ("queued", "running")
        response: wire.JobStatusResponse = {
            "job_id": job.id,
            "optimization_id": None if hidden else job.optimization,
            "status": status,
            "tour_id": job.tour,
            "vehicle_id": job.request["vehicle_id"],
        }
        return Reply(200, response)

    def _result(self, call: Call) -> Reply:
        self._whole(call, "tenant_id")
        n, odd = divmod((self._whole(call, "optimization_id") or 0) - 7000, 2)
        if not odd or not 0 <= n < len(self._jobs):
            raise Refused(self.error(404, "Optimization not found"))
        job = self._jobs[n]
        status = self._status(job)
        # The response for a result that does not exist yet is not documented; 404 is usual.
        if status not in ("succeeded", "not_drivable"):
            raise Refused(self.error(404, f"There is no result; the job is {status}"))
        found = result(job.request, optimization_id=job.optimization, tour_id=job.tour, status=status)
        shown = SAMPLES.get(job.request["vehicle_id"])
        return Reply(200, shown(found) if shown else found)

    def _status(self, job: Job) -> str:
        return job.plan.at(self.clock.age(job.created)).name

    def _item(self, job: Job) -> wire.JobListResponse:
        moment = job.plan.at(self.clock.age(job.created))
        gone = sum(stage.seconds for stage in job.plan.stages[: moment.index])
        return {
            "optimization_id": job.optimization,
            "job_id": job.id,
            "date_created": iso(job.created),
            "last_update": iso(self.clock.after(job.created, gone)),
            "status": moment.name,
        }

    def _whole(self, call: Call, name: str) -> int | None:
        """The integer in the parameter *name*; of the query only user_id is required, and tenant_id may be null."""
        path, text = ("path" if name in call.path else "query", name), {**call.query, **call.path}.get(name)
        if (text is None and name != "user_id") or (text == "null" and name == "tenant_id"):
            return None
        value = None if text is None else whole(text)
        if value is not None:
            faults = list(_PARAMETERS[name](value, path))
        elif text is None:
            faults = [Fault(path, "missing", "Field required", None)]
        else:
            faults = [Fault(path, "int_parsing", "Input should be a valid integer", text)]
        if faults:
            raise Refused(self.invalid(faults))
        return value
