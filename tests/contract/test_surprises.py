"""Where the services differ from what one expects, or from their documentation: the sandbox does it, jobwait copes."""

from contextlib import ExitStack

import pytest

from jobwait import Policy, errors, freeplay, fryte, promptforge
from jobwait._httpx import httpx
from jobwait.sandbox import Sandbox
from support.services import DATASET, PROJECT, PROMPTS, TEMPLATE, TOUR
from support.virtual_sandbox import ManualClock, RunningSandbox, VirtualDriver

HOUR = 3600.0


class World:
    """A sandbox in virtual time, jobwait's clients for it, and the raw requests of RunningSandbox."""

    def __init__(self, stack, mode):
        self.clock = ManualClock()
        box = stack.enter_context(Sandbox(speed=1, clock=self.clock, promptforge_mode=mode))
        self.raw = RunningSandbox(box, self.clock, stack.enter_context(httpx.Client(trust_env=False)))
        self.run = VirtualDriver(self.clock)
        self.box = box
        self._stack = stack
        self.promptforge = self.client(promptforge, box.promptforge)
        self.fryte = self.client(fryte, box.fryte)
        self.freeplay = self.client(freeplay, box.freeplay)

    def client(self, page, at, key=None):
        """A client for the service at an address."""
        return self._stack.enter_context(page.connect(key or at.key, base_url=at.url))

    def batch(self, prompts=PROMPTS, **fields):
        """A PromptForge job of jobwait's."""
        fields = {"provider": "openai", "model": "gpt-4o-mini", **fields}
        return self.run(promptforge.submission._submit(self.promptforge, prompts, **fields))

    def uploaded(self, *lines, **fields):
        """A handle on a PromptForge job with *lines*, which jobwait would not submit."""
        path = self.raw.batch(*lines, **fields)
        return promptforge.job(self.promptforge, path.rpartition("/")[2])

    def tour(self, **fields):
        """A FRYTE job of jobwait's."""
        return self.run(fryte.submission._submit(self.fryte, {**TOUR, **fields}))

    def ended(self, job, **arguments):
        """The outcome of *job*."""
        return self.run(job.outcome_operation(**arguments))


@pytest.fixture
def world():
    """The sandbox as it is unless told otherwise: PromptForge as its published server."""
    with ExitStack() as stack:
        yield World(stack, "server")


@pytest.fixture
def documented():
    """With PromptForge as documented."""
    with ExitStack() as stack:
        yield World(stack, "docs")


def refusal(world, body):
    """What jobwait makes of PromptForge's response to *body*, which only a raw request can send."""
    reply = world.raw.promptforge.post("/v1/jobs/init", json=body)
    return reply.status_code, reply.json()["detail"]


def test_prompts_are_uploaded_with_the_type_that_the_link_is_signed_for(world):
    """The documentation names another type, which the bucket refuses, as it refuses a key."""
    world.batch()
    assert {200: 1} == world.box.stats()["promptforge"]["requests"]["upload"]
    job = world.raw.init()
    wrong = {"Content-Type": "application/octet-stream"}
    assert 403 == world.raw.http.put(job["upload_url"], content=b"{}", headers=wrong).status_code


def test_ids_that_are_no_integers_are_refused_before_they_are_sent(world):
    """The published server would end such a job as FAILED without a reason; jobwait says it."""
    with pytest.raises(errors.InvalidInput, match="prompt_id must be an integer"):
        world.batch([{"prompt_id": "p001", "prompt": "Why?"}])
    failed = world.ended(world.uploaded({"prompt_id": "p001", "prompt": "Why?"}))
    assert ("failed", None, None) == (failed.state, failed.snapshot.prompt_count, failed.snapshot.completed_at)


def test_more_prompts_may_be_answered_than_were_counted(world):
    """Invalid lines of a mixed file are run, too."""
    job = world.uploaded(*PROMPTS[:2], {"prompt_id": "p003", "prompt": "Why?"})
    done = world.ended(job).snapshot
    assert (2, 3, 0) == (done.prompt_count, done.completed_count, done.failed_count)
    assert {1, 2, "p003"} == {line.prompt_id for line in world.run(job._results())}


def test_line_that_is_not_json_ends_the_whole_job(world):
    """FAILED, with a count of prompts and no other."""
    failed = world.ended(world.uploaded(*PROMPTS, "no json"))
    assert ("failed", len(PROMPTS), None) == (failed.state, failed.snapshot.prompt_count, failed.snapshot.failed_count)
    with pytest.raises(errors.JobFailed):
        failed.unwrap()


def test_counts_are_null_until_the_end(world):
    """No progress is made up while they are."""
    world.ended(world.batch())
    assert {"PROCESSING", "COMPLETED"} <= {update.raw_status for update in world.run.updates}
    assert {None} == {update.progress for update in world.run.updates if not update.terminal}


def test_counts_grow_where_they_are_documented_to(documented):
    """Then they are progress."""
    documented.ended(documented.batch([{"prompt_id": n, "prompt": "Why?"} for n in range(500)]))
    assert any(update.progress for update in documented.run.updates if not update.terminal)


def test_failed_job_has_no_time_of_its_end(world):
    """It has ended all the same."""
    failed = world.ended(world.batch(model="sandbox-fail"))
    assert ("failed", None) == (failed.state, failed.snapshot.completed_at)


@pytest.mark.parametrize("why", ["behind a failed job", "never uploaded", "stuck"])
def test_jobs_that_never_end_end_the_wait_at_its_deadline(world, why):
    """PENDING behind a FAILED job, AWAITING_UPLOAD and PROCESSING may last for ever."""
    if why == "never uploaded":
        job = promptforge.job(world.promptforge, world.raw.init()["job_id"])
    else:
        first = world.batch(model={"stuck": "sandbox-stuck"}.get(why, "sandbox-fail"))
        job = first if why == "stuck" else world.batch()
    waited = world.ended(job, timeout=20 * HOUR, policy=Policy(interval=HOUR))
    raw = {"never uploaded": "AWAITING_UPLOAD", "stuck": "PROCESSING"}.get(why, "PENDING")
    assert ("timed_out", raw) == (waited.state, waited.snapshot.status)


def test_result_lines_of_both_forms_are_typed(world, documented):
    """The documentation has result and tokens_used, the published server response and tokens."""
    for place in (world, documented):
        job = place.batch()
        place.ended(job)
        lines = place.run(job._results())
        assert {prompt["prompt_id"] for prompt in PROMPTS} == {line.prompt_id for line in lines}
        assert all(line.response and line.total_tokens for line in lines)


def test_failed_prompts_are_listed_as_documented_only(world, documented, tmp_path):
    """The published server lists no errors.jsonl, whose attempts are one too many where it is written."""
    prompts = [*PROMPTS, {"prompt_id": 99, "prompt": "sandbox-fail"}]
    names = {}
    for place in (world, documented):
        job = place.batch(prompts, max_retries=2)
        done = place.ended(job)
        assert ("succeeded", 1) == (done.state, done.snapshot.failed_count)
        paths = place.run(job._download(tmp_path / str(len(names))))
        names[place] = [path.name for path in paths]
        text = "".join(path.read_text("utf-8") for path in paths)
        assert (place is documented) == ('"attempts": 3' in text)
    assert [1, 2] == [len(names[place]) for place in (world, documented)]


def test_job_without_prompts_is_completed_without_files(world):
    """There is nothing to read, and that is no error."""
    job = world.uploaded("")
    done = world.ended(job)
    assert ("succeeded", 0, 0) == (done.state, done.snapshot.prompt_count, done.snapshot.completed_count)
    assert [] == world.run(job._results())


def test_bad_input_is_400_as_documented_and_422_at_the_published_server(world, documented):
    """With a sentence, or with a list of faults."""
    assert [(400, str), (422, list)] == [
        (status, type(detail)) for status, detail in (refusal(place, {}) for place in (documented, world))
    ]
    for place in (world, documented):
        with pytest.raises(errors.RequestRejected, match=r"provider|Choose from"):
            place.batch(provider="nobody")


def test_three_kinds_of_faults_are_read(world):
    """500 in plain text, 500 in JSON, XML of the bucket: each is quoted, none breaks the wait."""
    outcome = world.ended(world.batch(model="sandbox-fault"))
    assert outcome.state == "succeeded"
    assert outcome.errors > 0
    keyless = world.client(promptforge, world.box.promptforge, "sandbox-key-store-down")
    with pytest.raises(errors.CallFailed, match="Auth config error"):
        world.run(promptforge.job(keyless, "x")._status())
    expired = world.raw.init()["upload_url"]
    world.clock.now += HOUR
    assert "<Code>ExpiredToken" in world.raw.http.put(expired, headers={"Content-Type": "x"}).text


def test_cold_start_is_no_timeout(world):
    """Nine minutes in the queue for seven prompts, with the defaults of the service."""
    began = world.clock.now
    assert world.ended(world.batch(model="sandbox-cold")).state == "succeeded"
    assert world.clock.now - began > 540


def test_other_clients_jobs_are_unknown(world):
    """404, as for a job that does not exist."""
    job = world.batch()
    stranger = world.client(promptforge, world.box.promptforge, world.box.promptforge.other_key)
    with pytest.raises(errors.JobNotFound):
        world.run(promptforge.job(stranger, job.id)._status())


def test_links_end_before_they_say_and_are_made_anew(world, tmp_path):
    """A link that has just ended is refused although its time has not come; jobwait asks for another."""
    job = world.batch()
    world.ended(job)
    file = world.raw.promptforge.get(f"/v1/jobs/{job.id}/results").json()["files"][0]
    world.clock.now += HOUR
    assert "<Code>ExpiredToken" in world.raw.http.get(file["url"]).text
    stated = world.raw.promptforge.get(f"/v1/jobs/{job.id}/results").json()["files"][0]["expires_at"]
    assert file["expires_at"] < stated
    assert 1 == len(world.run(job._download(tmp_path)))


def test_result_of_a_tour_is_read_by_its_second_id(world):
    """The job has a text, the result a number, which may be null until the end."""
    job = world.tour(vehicle_id="000000000004")
    assert world.run(job._status()).optimization_id is None
    done = world.ended(job)
    assert done.snapshot.optimization_id == world.run(job._result()).optimization_id
    with pytest.raises(errors.SubmitUnconfirmed, match="named no job") as caught:
        world.tour(vehicle_id="000000000007")
    assert caught.value.ids["tour_id"]


def test_tour_that_is_not_drivable_has_a_result(world):
    """The job has succeeded in finding out, and the result says why."""
    job = world.tour(battery_level_start=0.1)
    done = world.ended(job)
    assert ("succeeded", "not_drivable") == (done.state, done.snapshot.status)
    result = world.run(job._result())
    assert ("not_drivable", "battery_depleted_mid_route") == (result.qualification, result.not_drivable_reason.code)


@pytest.mark.parametrize("vehicle", ["000000000005", "000000000006"])
def test_published_samples_of_a_tour_are_read(world, vehicle):
    """A submission without its message; a result without its ids, its status and its stations, or its last stop."""
    job = world.tour(vehicle_id=vehicle)
    world.ended(job)
    result = world.run(job._result()).to_dict()
    assert not result.keys() & {"optimization_id", "tour_id", "status"}
    stops = [section["poi_summary"] for section in result["sections"]]
    arrivals = [stop and stop["arrival_time"] for stop in stops]
    if vehicle == "000000000005":
        assert [9.555, "2026-05-04T13:00:53Z"] == [arrivals[0], arrivals[-1]]
    else:
        assert stops[-1] is None
        assert result["sections"][0]["sec_length_km"] > 0


def test_amenities_are_a_text_or_a_list(world):
    """A text at an available station, a list at a stop; fields keep the spelling of the service."""
    job = world.tour(include_available_charging_stations=True)
    world.ended(job)
    result = world.run(job._result())
    assert isinstance(result.available_charging_stations[0].amenities, str)
    assert isinstance(result.sections[0].poi_summary.amenities, list)
    assert {"tollSystem", "currency", "total"} == set(result.toll_summary[0].to_dict())
    assert all(len(section.stop_pos) == 3 for section in result.sections)


def test_warnings_of_a_submission_are_kept(world):
    """An unusual corridor brings one."""
    job = world.run(fryte.submission._submit(world.fryte, TOUR, corridor=9000))
    assert 1 == len(job.warnings)


def test_odd_tours_are_taken(world):
    """No section at all, and a latitude of 100 degrees: the schema allows both."""
    for sections in ([], [{"start_pos": [100.0, 10.0], "stop_pos": [100.1, 10.0]}]):
        assert world.ended(world.tour(section_list=sections)).state == "succeeded"


def test_plan_without_a_job(world):
    """One request gives the plan as an object of which nothing is published."""
    plan = world.run(fryte.planning._plan(world.fryte, TOUR, corridor=5000, tenant_id=7))
    assert ("Driveable", TOUR["vehicle_id"]) == (plan["qualification"], plan["vehicle_id"])
    assert plan["sections"]
    assert "optimization_id" not in plan
    assert {"plan_tour": {200: 1}} == world.box.stats()["fryte"]["requests"]
    with pytest.raises(errors.InvalidInput, match="corridor"):
        world.run(fryte.planning._plan(world.fryte, TOUR, corridor=1))
    with pytest.raises(errors.JobNotFound, match="Vehicle not found"):
        world.run(fryte.planning._plan(world.fryte, {**TOUR, "vehicle_id": "000000000404"}))


def test_freeplay_says_what_it_does_not_specify(world):
    """Live states of any name, a job without a step, one error text for every unknown id."""
    start = {"prompt_template_version_id": TEMPLATE, "dataset_id": DATASET}
    job = world.run(freeplay.service._submit(world.freeplay, PROJECT, **start, run_test_after_optimization=False))
    done = world.ended(job).snapshot
    assert (True, None, None) == (bool(done.optimized_version_id), done.test_run_id, done.comparison_id)
    with pytest.raises(errors.JobNotFound, match="not found"):
        world.run(freeplay.job(world.freeplay, PROJECT, str(DATASET))._status())
