"""`jobwait example`: input that is valid, and each of its fields explained."""

import json

import pytest

from fryte_client.models import PlannerRequest, POIInfo, SectionRequest
from jobwait.cli.inputs.endings import ENDINGS
from jobwait.cli.inputs.samples import SAMPLES
from jobwait.cli.inputs.submissions import Optimization
from jobwait.fryte.tours import planner_request
from jobwait.sandbox import __doc__ as sandbox_page

RUN = {
    "freeplay": ("freeplay", "optimization.json"),
    "fryte": ("fryte", "tour.json"),
    "promptforge": ("promptforge", "prompts.jsonl", "--provider", "openai", "--model", "gpt-4o-mini"),
}


@pytest.mark.parametrize("service", SAMPLES)
def test_an_example_runs_at_the_sandbox(shell, service):
    """What the command prints is submitted by the command that it names beside it, and the job succeeds."""
    printed = shell("example", service)
    assert 0 == printed.returncode
    words = " ".join(RUN[service])
    told = " ".join(printed.stderr.replace("\\\n", " ").split())
    assert [1, 1] == [told.count(f"sandbox -- jobwait run {words}"), told.count(f"With your key: jobwait run {words}")]
    (shell.folder / SAMPLES[service].name).write_text(printed.stdout, "utf-8")
    done = shell("run", *RUN[service], "--interval", "0.05", "--out", "results")
    assert 0 == done.returncode, done.stderr


@pytest.mark.parametrize("service", SAMPLES)
def test_each_field_of_an_example_is_explained(service):
    """The fields that are explained are those of the sample, each of them one that the service documents."""
    first = json.loads(SAMPLES[service].text().split("\n")[0] if service == "promptforge" else SAMPLES[service].text())
    assert fields_of(first) == {path for path, _ in SAMPLES[service].fields}


def test_the_fields_of_the_examples_are_those_of_the_models():
    """None of them ends among the additional properties, which services ignore."""
    tour = planner_request(json.loads(SAMPLES["fryte"].text()))
    assert isinstance(tour, PlannerRequest)
    for model in (tour, tour.poi_info, *tour.section_list):
        assert isinstance(model, PlannerRequest | POIInfo | SectionRequest)
        assert {} == model.additional_properties
    assert set(json.loads(SAMPLES["freeplay"].text())) <= {one.name for one in Optimization.__attrs_attrs__}


def test_an_example_on_a_pipe_is_all_that_is_on_stdout(shell):
    """With --quiet nothing is on stderr either."""
    loud, quiet = shell("example", "fryte"), shell("example", "fryte", "--quiet")
    assert SAMPLES["fryte"].text() == loud.stdout == quiet.stdout
    assert "" == quiet.stderr
    assert "battery_level_start" in loud.stderr


def test_options_come_before_the_fields_of_a_file(shell, box):
    """`run freeplay FILE` takes what no option gives from the file."""
    (shell.folder / "optimization.json").write_text(SAMPLES["freeplay"].text(), "utf-8")
    done = shell("submit", "freeplay", "optimization.json", "--project", "mine", "--instructions", "sandbox-fail")
    assert done.stdout.startswith("freeplay:mine/")
    assert 1 == shell("wait", done.stdout.strip(), "--interval", "0.05").returncode


def test_the_endings_that_the_sandbox_prints_are_those_of_its_page():
    """Each input that chooses an ending is one that the page of jobwait.sandbox has."""
    for words, _ in ENDINGS:
        value = words.replace("battery_level_start ", "battery_level_start_").split()[-1].replace("start_", "start ")
        assert value in sandbox_page


def fields_of(value, path=""):
    """The paths of all fields in *value*, with [] for any element of a list."""
    if isinstance(value, list):
        return {one for item in value for one in fields_of(item, f"{path}[]") if isinstance(item, dict)}
    if not isinstance(value, dict):
        return set()
    found = {f"{path}.{name}".strip(".") for name in value}
    return found | {one for name, below in value.items() for one in fields_of(below, f"{path}.{name}".strip("."))}
