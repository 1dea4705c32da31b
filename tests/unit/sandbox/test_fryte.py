"""FRYTE in the sandbox."""

import httpx
import pytest

from support.virtual_sandbox import HAMBURG_MUNICH


def status(it, job):
    """Status of *job*."""
    return it.fryte.get(f"/planner/jobs/{job['job_id']}").json()["status"]


def result(it, job):
    """Answer to the question for the result of *job*."""
    return it.fryte.get(f"/planner/optimizations/{job['optimization_id']}/result")


def test_a_tour_is_queued_planned_and_readable(play):
    """A job is queued, runs, succeeds, and only then has a result, under its other identifier."""
    it = play()
    job = it.submit()
    assert "queued" == status(it, job)
    it.wait(5)
    assert "running" == status(it, job)
    assert 404 == result(it, job).status_code
    it.wait(30)
    assert "succeeded" == status(it, job)
    body = result(it, job).json()
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
def test_a_tour_that_cannot_be_driven_says_why(play, fields, code):
    """not_drivable is an end with a result that names the reason."""
    it = play()
    job = it.submit(**fields)
    it.wait(60)

    assert "not_drivable" == status(it, job)
    assert code == result(it, job).json()["not_drivable_reason"]["code"]


@pytest.mark.parametrize(("vehicle", "ending"), [("000000000001", "failed"), ("000000000002", "canceled")])
def test_a_vehicle_chooses_the_ending(play, vehicle, ending):
    """Two vehicles are bound to end without a result."""
    it = play()
    job = it.submit(vehicle_id=vehicle)
    it.wait(60)

    assert ending == status(it, job)
    assert 404 == result(it, job).status_code


def test_identifiers_may_come_late(play):
    """One vehicle's optimization_id is null until the job has ended."""
    it = play()
    job = it.submit(vehicle_id="000000000004")
    assert job["optimization_id"] is None
    path = f"/planner/jobs/{job['job_id']}"
    assert it.fryte.get(path).json()["optimization_id"] is None
    it.wait(60)
    assert it.fryte.get(path).json()["optimization_id"] is not None


def test_the_list_is_the_users(play):
    """User 1 has every job, anybody else none, and nobody's list cannot be asked for."""
    it = play()
    job = it.submit()

    assert [job["job_id"]] == [item["job_id"] for item in it.fryte.get("/planner/jobs?user_id=1").json()]
    assert [] == it.fryte.get("/planner/jobs?user_id=2").json()
    assert 422 == it.fryte.get("/planner/jobs").status_code


def test_faults_have_their_codes(play):
    """A strange time is 400, an unknown vehicle 404, a lost optimizer 502, an odd corridor a warning."""
    it = play()
    assert {"detail"} == set(it.submit(start_time_tour="noon"))
    assert {"detail": "Vehicle not found"} == it.submit(vehicle_id="000000000404")
    job = it.submit(vehicle_id="000000000003")
    it.wait(5)
    assert 502 == it.fryte.get(f"/planner/jobs/{job['job_id']}").status_code
    tour = {"vehicle_id": "1", "battery_level_start": 0.8, "section_list": [HAMBURG_MUNICH], "poi_info": {}}
    assert 1 == len(it.fryte.post("/planner/v2?corridor=9000", json=tour).json()["warnings"])


def test_a_client_may_ask_120_times_a_minute(play):
    """The 121st request of a minute to one endpoint is refused, others are not, and real time heals it."""
    it = play(speed=60)
    codes = {it.fryte.get("/planner/jobs/x").status_code for _ in range(120)}
    refused = it.fryte.get("/planner/jobs/x")

    assert {404} == codes
    assert (429, b"") == (refused.status_code, refused.content)
    assert 200 == it.fryte.get("/planner/jobs?user_id=1").status_code
    it.wait(60)
    assert 404 == it.fryte.get("/planner/jobs/x").status_code


def test_json_is_read_before_the_key(play):
    """Like all of FastAPI's, a body that is no JSON is 422 even without a key, and a good one then 401."""
    it = play()
    url = f"{it.box.fryte.url}/planner/v2"

    assert 422 == httpx.post(url, content=b"{", headers={"Content-Type": "application/json"}).status_code
    assert 401 == httpx.post(url, json={}).status_code
