"""Each command as a process: exit status, stdout and stderr."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from fryte_client.models import OptimizationResultResponse, ResultPOISummary, ResultSection
from jobwait.cli.results.plan import plan_lines
from support.services import PROJECT, PROMPTS, TEMPLATE, TOUR
from support.shell import command

SERVICES = ("freeplay", "fryte", "promptforge")
CODES = {"succeeded": 0, "failed": 1, "canceled": 3}


def lines_of(done):
    """What a command with --json wrote."""
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def inputs(tmp_path):
    """For each service the words that submit a job."""
    prompts, tour = tmp_path / "prompts.jsonl", tmp_path / "tour.json"
    prompts.write_text("".join(json.dumps(prompt) + "\n" for prompt in PROMPTS))
    tour.write_text(json.dumps(TOUR))
    return {
        "promptforge": ["promptforge", prompts, "--provider", "openai", "--model", "sandbox-quick"],
        "fryte": ["fryte", tour],
        "freeplay": ["freeplay", "--project", PROJECT, "--version", TEMPLATE, "--dataset", TEMPLATE, "--no-test"],
    }


@pytest.mark.parametrize("service", SERVICES)
def test_run_submits_waits_and_collects(shell, inputs, service):
    """One command gives a result in ./results-JOB/, lines on stdout for what is worth knowing, exit status 0."""
    done = shell("run", *inputs[service], "--interval", "0.05")
    name = done.stdout.partition(" ")[0]
    assert (0, True) == (done.returncode, name.startswith(f"{service}:"))
    assert f"jobwait: submitted {name}\n" in done.stderr
    assert f"{name} succeeded (" in done.stdout
    folder = shell.folder / f"results-{name.rpartition(':')[2].rpartition('/')[2]}"
    assert (folder / ("results.jsonl" if service == "promptforge" else "results.json")).stat().st_size
    assert "\x1b" not in done.stdout + done.stderr


@pytest.mark.parametrize("service", SERVICES)
def test_run_speaks_json(shell, inputs, service):
    """--json puts submitted, updates, outcome and result on stdout, an object with its time a line; stderr is empty."""
    done = shell("run", *inputs[service], "--interval", "0.05", "--json", "--out", "here")
    told = lines_of(done)
    assert (0, "") == (done.returncode, done.stderr)
    assert ["submitted", "outcome", "result"] == [line["type"] for line in told if line["type"] != "update"]
    assert [True] == [line["terminal"] for line in told if line["type"] == "update"][-1:]
    assert {service} == {line["service"] for line in told}
    times = [line["at"] for line in told]
    assert sorted(times) == times
    assert all(time.endswith("+00:00") for time in times)
    assert all((shell.folder / file).exists() for file in told[-1]["files"])


@pytest.mark.parametrize("service", SERVICES)
def test_submit_prints_a_name_that_wait_takes(shell, inputs, service):
    """The one line of `submit` can be piped into `wait -`."""
    name = shell("submit", *inputs[service]).stdout
    assert name.startswith(f"{service}:")
    done = shell("wait", "-", "--interval", "0.05", stdin=name)
    assert (0, 1) == (done.returncode, done.stdout.count("\n"))


@pytest.mark.parametrize("ending", CODES)
@pytest.mark.parametrize("service", SERVICES)
def test_wait_tells_by_its_exit_status_how_a_job_ended(shell, ended, service, ending):
    """0 succeeded, 1 failed, 3 canceled; the reason is a sentence on stderr."""
    done = shell("wait", ended[service, ending])
    assert CODES[ending] == done.returncode
    assert done.stdout.startswith(ended[service, ending])
    assert (ending == "succeeded") == ("jobwait: " not in done.stderr)


def test_the_command_on_pipes_is_the_same(shell, ended):
    """Started by Python itself, with pipes as streams, a command ends and writes as it does in all other tests here."""
    words = ["wait", ended["fryte", "failed"]]
    done = subprocess.run(
        command(*words), cwd=shell.folder, env=shell.env, input="", capture_output=True, text=True, check=False
    )
    forked = shell(*words)
    assert (1, forked.stderr) == (done.returncode, done.stderr)
    assert done.stdout.partition("(")[0] == forked.stdout.partition("(")[0] == f"{ended['fryte', 'failed']} failed "


def test_of_many_jobs_the_highest_number_wins(shell, ended):
    """Failed and canceled and succeeded together end with 3; each has its line and, in JSON, its outcome."""
    names = [ended["fryte", "failed"], ended["promptforge", "canceled"], ended["freeplay", "succeeded"]]
    done = shell("wait", *names, "--json")
    states = {line["service"]: line["state"] for line in lines_of(done) if line["type"] == "outcome"}
    assert 3 == done.returncode
    assert {"fryte": "failed", "promptforge": "canceled", "freeplay": "succeeded"} == states


def test_many_ids_of_one_service(shell, ended):
    """SERVICE ID ID…: each is waited for, and one that is named twice once."""
    ids = [ended["fryte", ending].partition(":")[2] for ending in ("succeeded", "failed", "succeeded")]
    done = shell("wait", "fryte", *ids)
    assert (1, 2) == (done.returncode, done.stdout.count("\n"))


def test_a_wait_that_ends_too_soon_is_timed_out(shell, inputs):
    """A deadline that leaves no time for a poll ends the command with 4; it says so, and that the job may run on."""
    inputs["promptforge"][-1] = "gpt-4o-mini"
    name = shell("submit", *inputs["promptforge"]).stdout.strip()
    done = shell("wait", name, "--timeout", "0")
    assert 4 == done.returncode
    assert "was not polled (" in done.stdout
    assert "The job may run on; take it up again with: " in done.stderr


def test_what_could_not_be_asked_is_5(shell, ended):
    """An unknown job and a refused key: a sentence, and exit status 5."""
    unknown = shell("wait", "fryte:nobody")
    assert unknown.stdout.startswith("fryte:nobody was not found (")
    assert "fryte:nobody not found\n" == shell("status", "fryte:nobody").stdout
    refused = shell("status", ended["fryte", "succeeded"], env={"FRYTE_API_KEY": "wrong"})
    assert [5, 5] == [unknown.returncode, refused.returncode]
    assert "Check the id" in unknown.stderr
    assert "Check the key in FRYTE_API_KEY" in refused.stderr
    assert refused.stdout.endswith(" could not be asked about (key refused)\n")
    assert "wrong" not in refused.stderr.replace("The key is wrong", "")


@pytest.mark.parametrize("service", SERVICES)
def test_status_looks_once(shell, ended, service):
    """A line for each job, its own words included; in JSON the service's answer."""
    names = [ended[service, "succeeded"], ended[service, "failed"]]
    done = shell("status", *names)
    assert (0, 2) == (done.returncode, done.stdout.count("\n"))
    assert done.stdout.startswith(f"{names[0]} succeeded")
    words = [re.findall(r"\w+", line.partition(" ")[2].lower()) for line in done.stdout.splitlines()]
    assert all(line[0] not in line[1:] for line in words)
    told = lines_of(shell("status", *names, "--json"))
    assert ["succeeded", "failed"] == [line["state"] for line in told]
    assert all(line["snapshot"]["status"] for line in told)


@pytest.mark.parametrize("service", SERVICES)
def test_result_prints_what_a_job_made(shell, ended, service):
    """Answers as JSON Lines, a plan or an optimization in words; nothing is written."""
    done = shell("result", ended[service, "succeeded"])
    assert (0, "") == (done.returncode, done.stderr)
    if service == "promptforge":
        assert [1, 2, 3, 4, 5, 6, 7] == sorted(json.loads(line)["prompt_id"] for line in done.stdout.splitlines())
    else:
        assert {"fryte": "Drivable: battery 90% at departure", "freeplay": "Original version: "}[service] in done.stdout
    assert [] == list(shell.folder.iterdir())


def test_result_as_json_has_all_that_is_printed(shell, ended):
    """Each answer is a line, then comes the object that sums up, which names no file that is gone."""
    name = ended["promptforge", "succeeded"]
    *answers, total = lines_of(shell("result", name, "--json", "--format", "csv"))
    printed = [json.loads(line) for line in shell("result", name).stdout.splitlines()]
    assert printed == [line["answer"] for line in answers]
    assert ("result", len(printed), None, []) == (
        total["type"],
        total["result"]["answers"],
        total["result"]["file"],
        total["files"],
    )


@pytest.mark.parametrize("service", SERVICES)
def test_result_of_a_job_without_one_says_why(shell, ended, service):
    """A job that failed has no result: exit status 1; one that was canceled: 3."""
    assert 1 == shell("result", ended[service, "failed"]).returncode
    assert 3 == shell("result", ended[service, "canceled"]).returncode


@pytest.mark.parametrize("service", SERVICES)
def test_download_writes_a_folder_and_loses_nothing(shell, ended, service):
    """What is there is kept unless --overwrite says otherwise, and the refusal comes before anything is fetched."""
    first = shell("download", ended[service, "succeeded"], "--out", "here")
    file = next(path for path in (shell.folder / "here").iterdir() if path.is_file())
    file.write_text("mine")
    again = shell("download", ended[service, "succeeded"], "--out", "here")
    assert (0, 2, "mine") == (first.returncode, again.returncode, file.read_text())
    assert f"here/{file.name} is there already" in again.stderr
    assert 0 == shell("download", ended[service, "succeeded"], "--out", "here", "--overwrite").returncode
    assert "mine" != file.read_text()


def test_download_as_csv(shell, ended):
    """--format csv gives a table with a header."""
    assert 0 == shell("download", ended["promptforge", "succeeded"], "--out", "here", "--format", "csv").returncode
    rows = (shell.folder / "here" / "results.csv").read_text().splitlines()
    assert rows[0].startswith("prompt_id,response,model")
    assert 8 == len(rows)


def test_a_plan_goes_on_a_map(shell, ended):
    """--geojson decodes the polylines: lines and points in longitude, latitude."""
    assert 0 == shell("result", ended["fryte", "succeeded"], "--geojson", "way.json").returncode
    found = json.loads((shell.folder / "way.json").read_text())["features"]
    lines = [feature["geometry"]["coordinates"] for feature in found if feature["geometry"]["type"] == "LineString"]
    assert [10.0, 53.55] == lines[0][0]
    assert [9.73, 52.37] == lines[-1][-1]


def test_missing_prompts_are_listed_ready_to_be_submitted_again(shell, inputs):
    """What failed is listed with its reason, what has no answer as it was submitted."""
    prompts = [*PROMPTS, {"prompt_id": 9, "prompt": "sandbox-fail"}]
    (shell.folder / "prompts.jsonl").write_text("".join(json.dumps(prompt) + "\n" for prompt in prompts))
    done = shell("run", *inputs["promptforge"], "--interval", "0.05", "--out", "here")
    failures = (shell.folder / "here" / "results-failures.jsonl").read_text()
    assert 0 == done.returncode
    assert "1 prompts failed, with the reasons in here/results-failures.jsonl" in done.stdout
    assert 9 == json.loads(failures)["prompt_id"]


def test_cancel_asks_the_service_that_can(shell, inputs):
    """Freeplay cancels, and the job ends as canceled; the others cannot, which is bad usage."""
    inputs["freeplay"][-1] = "--test"
    name = shell("submit", *inputs["freeplay"]).stdout.strip()
    assert 0 == shell("cancel", name).returncode
    assert shell("wait", name, "--interval", "0.05").returncode in {0, 3}  # it may have ended before it was asked
    done = shell("cancel", "fryte:x")
    assert (2, "jobwait: fryte:x: fryte cannot cancel a job; nothing was canceled.\n") == (done.returncode, done.stderr)


def test_list_shows_names_that_other_commands_take(shell, ended):
    """Freeplay lists a project, FRYTE a user; PromptForge has no list."""
    mine = shell("list", "freeplay", "--project", PROJECT)
    theirs = shell("list", "fryte", "--user", "1", "--json")
    assert ended["freeplay", "failed"] in mine.stdout
    assert ended["fryte", "failed"].partition(":")[2] in {line["job_id"] for line in lines_of(theirs)}
    assert 2 == shell("list", "promptforge").returncode
    assert "add --project" in shell("list", "freeplay").stderr


def test_doctor_finds_what_is_wrong_and_shows_no_key(shell, box):
    """Keys, addresses, answers, clocks, versions; a refused key and a silent service are exit status 5."""
    well = shell("doctor")
    ill = shell("doctor", env={"FRYTE_API_KEY": "wrong", "FREEPLAY_BASE_URL": "http://127.0.0.1:9"})
    unset = shell("doctor", env={f"{service.upper()}_API_KEY": "" for service in SERVICES})
    assert (0, 3) == (well.returncode, well.stdout.count("answers and takes the key"))
    assert (5, 2) == (ill.returncode, unset.returncode)
    assert "refuses the key (401); replace the key from FRYTE_API_KEY" in ill.stdout
    assert "does not answer (ConnectError); check FREEPLAY_BASE_URL, the network and the proxy" in ill.stdout
    assert "nothing is set up: set the key of a service that you use, or try all three with" in unset.stderr
    assert "no key: set FRYTE_API_KEY" in unset.stdout
    assert 5 == shell("doctor", "fryte", env={"FRYTE_API_KEY": ""}).returncode
    assert not any(getattr(box, service).key in well.stdout + well.stderr for service in SERVICES)


def test_quiet_is_quiet(shell, ended):
    """--quiet leaves exit status and errors, nothing else."""
    done = shell("wait", ended["fryte", "succeeded"], "--quiet")
    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("buffered", [{}, {"PYTHONUNBUFFERED": "1"}])
def test_a_reader_that_goes_away_is_no_fault(shell, ended, buffered):
    """`jobwait result … | head -1` ends without a traceback, whether Python keeps the output until the end or not."""
    kept = {name: value for name, value in shell.env.items() if name != "PYTHONUNBUFFERED"}
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            command("result", ended["promptforge", "succeeded"]),
            cwd=shell.folder,
            env=kept | buffered,
            stdout=write,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    finally:
        os.close(write)
    assert (141, "") == (done.returncode, done.stderr)


def test_names_are_the_services_of_the_package():
    """The pages and the commands speak of the same services."""
    from jobwait.cli.commands.submit import SUBMISSIONS

    assert set(SERVICES) == {submission.service for submission in SUBMISSIONS}
    assert Path(__file__).exists()


def test_a_status_that_is_not_documented_gets_a_meaning(shell, ended, inputs):
    """What contradicts the service or is malformed is bad usage, and nothing is sent."""
    name = ended["fryte", "succeeded"]
    for command_name in ("wait", "status", "result"):
        assert 0 == shell(command_name, name, "--status-means", "DONE=succeeded").returncode
    for given, says in (("DONE", "gives no meaning"), ("DONE=done", "a status can mean"), ("failed=succeeded", "mean")):
        done = shell("wait", name, "--status-means", given)
        assert (2, True) == (done.returncode, says in done.stderr)
    done = shell("run", *inputs["fryte"], "--status-means", "failed=succeeded")
    assert (2, "") == (done.returncode, done.stdout)


def test_the_doctor_says_each_thing_once_of_each_service(shell):
    """Where the key is missing or refused, the sentence names it, and nothing repeats it."""
    told = shell("doctor", env={"FRYTE_API_KEY": "wrong", "FREEPLAY_API_KEY": ""}).stdout.splitlines()[1:]
    assert "freeplay: no key: set FREEPLAY_API_KEY" == told[0]
    assert 1 == told[1].count("FRYTE_API_KEY")
    assert told[2].endswith("; key from PROMPTFORGE_API_KEY")


def test_a_plan_counts_one_stop_as_one_and_writes_times_in_one_form():
    """Hours have two digits of minutes after them, whatever the length."""
    stop = ResultPOISummary(name="X", sec_duration_min=71, charge_time_min=57, energy_k_wh=9)
    plan = OptimizationResultResponse(
        qualification="q",
        battery_level_start=0.5,
        battery_level_end=0.4,
        sections=[ResultSection(section_id="a", poi_summary=stop)],
    )
    lines = "\n".join(plan_lines(plan))
    assert "1 h 11 min to X - charge 9 kWh in 57 min" in lines
    assert "2 h 08 min, 1 charging stop with 9 kWh" in lines
