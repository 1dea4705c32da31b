"""A plan of FRYTE's in words."""

import pytest

from fryte_client.models import OptimizationResultResponse
from jobwait.cli.results.plan import plan_lines
from jobwait.sandbox.fryte.tour import result


@pytest.mark.parametrize(
    ("sections", "stops", "said"), [(2, 1, "1 charging stop with"), (4, 3, "3 charging stops with")]
)
def test_the_sum_counts_the_charging_stops(sections, stops, said):
    """In the singular where there is one."""
    section = {"start_pos": [53.5511, 9.9937], "stop_pos": [52.3759, 9.7320]}
    request = {"battery_level_start": 0.8, "section_list": [section] * sections, "poi_info": {}}
    plan = result(request, optimization_id=1, tour_id=1, status="succeeded")
    charging = [one["poi_summary"] for one in plan["sections"] if one["poi_summary"]["energy_kWh"]]
    lines = list(plan_lines(OptimizationResultResponse.from_dict({"vehicle_id": "1", **plan})))
    assert stops == len(charging)
    assert [True] == [said in line for line in lines if line.startswith("In all")]
    names = [one["poi_summary"]["name"] for one in plan["sections"]]
    assert len(names) == len(set(names))
