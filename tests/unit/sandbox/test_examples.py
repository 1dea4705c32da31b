"""The files in examples/ are good input for every service."""

import json
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.mark.parametrize("mode", ["docs", "server"])
def test_example_prompts_are_all_completed(start_sandbox, mode):
    """A thousand prompts with integer identifiers are completed in both modes."""
    box = start_sandbox(promptforge_mode=mode)
    path = box.batch((EXAMPLES / "prompts.jsonl").read_text())
    box.wait(1000)
    status = box.promptforge.get(f"{path}/status").json()

    assert ["COMPLETED", 1000, 1000] == [status[n] for n in ("status", "prompt_count", "completed_count")]


def test_example_tour_can_be_driven(start_sandbox):
    """The tour from Hamburg to Munich succeeds, with charging stops on the way."""
    box = start_sandbox()
    job = box.submit(**json.loads((EXAMPLES / "tour_hamburg_munich.json").read_text()))
    box.wait(60)
    result = box.fryte.get(f"/planner/optimizations/{job['optimization_id']}/result").json()

    assert "Driveable" == result["qualification"]
    assert any(section["poi_summary"]["energy_kWh"] > 0 for section in result["sections"])


def test_example_optimization_completes(start_sandbox):
    """The optimization completes with tests."""
    box = start_sandbox()
    fields = json.loads((EXAMPLES / "optimization.json").read_text())
    fields.pop("project_id")
    path = box.start(**fields)
    box.wait(1000)

    assert "completed" == box.freeplay.get(path).json()["status"]
