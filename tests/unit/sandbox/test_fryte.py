"""FRYTE in the sandbox."""

import pytest

from jobwait._httpx import httpx
from support.virtual_sandbox import HAMBURG_MUNICH


def status(box, job):
    """Status of *job*."""
    return box.fryte.get(f"/planner/jobs/{job['job_id']}").json()["status"]


def result(box, job):
    """Response to a request for the result of *job*."""
    return box.fryte.get(f"/planner/optimizations/{job['optimization_id']}/result")


def test_job_is_queued_runs_and_has_a_result(start_sandbox):
    """A job is queued, runs, succeeds, and only then has a result, under its other identifier."""
    box = start_sandbox()
    job = box.submit()
    assert "queued" == status(box, job)
    box.wait(5)
    assert "running" == status(box, job)
    assert 404 == result(box, job).status_code
    box.wait(30)
    assert "succeeded" == status(box, job)
    body = result(box, job).json()
    assert "Driveable" == body["qualification"]
    assert {3} == {len(section["stop_pos"]) for section in body["sections"]}
    assert "Destination" == body["sections"][-1]["poi_summary"]["name"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"battery_level_start": 0.1}, "battery_depleted_mid_route"),
        ({"poi_info": {"min_kW": 2000}}, "no_chargers_available"),
    ],
)
def test_result_of_a_tour_that_cannot_be_driven_has_the_reason(start_sandbox, fields, code):
    """not_drivable is a final status with a result that names the reason."""
    box = start_sandbox()
    job = box.submit(**fields)
    box.wait(60)

    assert "not_drivable" == status(box, job)
    assert code == result(box, job).json()["not_drivable_reason"]["code"]


@pytest.mark.parametrize(("vehicle", "ending"), [("000000000001", "failed"), ("000000000002", "canceled")])
def test_vehicle_chooses_the_final_status(start_sandbox, vehicle, ending):
    """Two vehicles end without a result."""
    box = start_sandbox()
    job = box.submit(vehicle_id=vehicle)
    box.wait(60)

    assert ending == status(box, job)
    assert 404 == result(box, job).status_code


def test_optimization_id_may_be_null_until_the_end(start_sandbox):
    """One vehicle's optimization_id is null until the job has ended."""
    box = start_sandbox()
    job = box.submit(vehicle_id="000000000004")
    assert job["optimization_id"] is None
    path = f"/planner/jobs/{job['job_id']}"
    assert box.fryte.get(path).json()["optimization_id"] is None
    box.wait(60)
    assert box.fryte.get(path).json()["optimization_id"] is not None


def test_list_has_the_jobs_of_one_user(start_sandbox):
    """User 1 has all jobs, any other user none; without a user the request is refused."""
    box = start_sandbox()
    job = box.submit()

    assert [job["job_id"]] == [item["job_id"] for item in box.fryte.get("/planner/jobs?user_id=1").json()]
    assert [] == box.fryte.get("/planner/jobs?user_id=2").json()
    assert 422 == box.fryte.get("/planner/jobs").status_code


def test_faults_have_their_status_codes(start_sandbox):
    """An invalid time is 400, an unknown vehicle 404, an unavailable optimizer 502, an unusual corridor a warning."""
    box = start_sandbox()
    assert {"detail"} == set(box.submit(start_time_tour="noon"))
    assert {"detail": "Vehicle not found"} == box.submit(vehicle_id="000000000404")
    job = box.submit(vehicle_id="000000000003")
    box.wait(5)
    assert 502 == box.fryte.get(f"/planner/jobs/{job['job_id']}").status_code
    tour = {"vehicle_id": "1", "battery_level_start": 0.8, "section_list": [HAMBURG_MUNICH], "poi_info": {}}
    assert 1 == len(box.fryte.post("/planner/v2?corridor=9000", json=tour).json()["warnings"])


def test_plan_without_a_job_is_judged_as_a_submission_is(start_sandbox):
    """The plan at once, without identifiers; the same input is refused, and some vehicles have no plan."""
    box = start_sandbox()
    tour = {"vehicle_id": "1", "battery_level_start": 0.8, "section_list": [HAMBURG_MUNICH], "poi_info": {}}

    def plan(query="", **fields):
        return box.fryte.post(f"/planner{query}", json={**tour, **fields})

    found = plan("?corridor=9000&tenant_id=3").json()
    assert ("Driveable", "1") == (found["qualification"], found["vehicle_id"])
    assert not found.keys() & {"optimization_id", "tour_id", "status", "job_id"}
    assert "no_chargers_available" == plan(poi_info={"min_kW": 2000}).json()["not_drivable_reason"]["code"]
    refused = [plan("?corridor=1"), plan(battery_level_start=2), plan(start_time_tour="noon")]
    refused += [plan(vehicle_id=vehicle) for vehicle in ("000000000404", "000000000001", "000000000003")]
    assert [422, 422, 400, 404, 500, 502] == [reply.status_code for reply in refused]
    assert [] == box.fryte.get("/planner/jobs?user_id=1").json()


def test_request_121_of_a_minute_is_refused(start_sandbox):
    """The 121st request of a minute to one endpoint is refused, others are not, until a real minute has passed."""
    box = start_sandbox(speed=60)
    codes = {box.fryte.get("/planner/jobs/x").status_code for _ in range(120)}
    refused = box.fryte.get("/planner/jobs/x")

    assert {404} == codes
    assert (429, b"") == (refused.status_code, refused.content)
    assert 200 == box.fryte.get("/planner/jobs?user_id=1").status_code
    box.wait(60)
    assert 404 == box.fryte.get("/planner/jobs/x").status_code


def test_json_is_parsed_before_the_key_is_checked(start_sandbox):
    """Like all of FastAPI's, a body that is not JSON is 422 even without a key, a valid one is 401."""
    box = start_sandbox()
    url = f"{box.sandbox.fryte.url}/planner/v2"

    assert 422 == httpx.post(url, content=b"{", headers={"Content-Type": "application/json"}).status_code
    assert 401 == httpx.post(url, json={}).status_code
