"""The files in examples/ are good input for every service."""

import json
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.mark.parametrize("mode", ["docs", "server"])
def test_the_prompts_are_all_valid(play, mode):
    """A thousand prompts with integer identifiers, each answered in either dialect."""
    it = play(promptforge_mode=mode)
    path = it.batch((EXAMPLES / "prompts.jsonl").read_text())
    it.wait(1000)
    status = it.promptforge.get(f"{path}/status").json()

    assert ["COMPLETED", 1000, 1000] == [status[n] for n in ("status", "prompt_count", "completed_count")]


def test_the_tour_can_be_driven(play):
    """The tour from Hamburg to Munich succeeds, with charging stops on the way."""
    it = play()
    job = it.submit(**json.loads((EXAMPLES / "tour_hamburg_munich.json").read_text()))
    it.wait(60)
    result = it.fryte.get(f"/planner/optimizations/{job['optimization_id']}/result").json()

    assert "Driveable" == result["qualification"]
    assert any(section["poi_summary"]["energy_kWh"] > 0 for section in result["sections"])


def test_the_optimization_can_be_started(play):
    """The optimization completes with tests."""
    it = play()
    fields = json.loads((EXAMPLES / "optimization.json").read_text())
    fields.pop("project_id")
    path = it.start(**fields)
    it.wait(1000)

    assert "completed" == it.freeplay.get(path).json()["status"]
