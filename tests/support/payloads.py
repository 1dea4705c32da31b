"""Payloads that tests begin with, each typed as what its service sends; `make check` holds them to that."""

from typing import Final

import freeplay_client.wire as freeplay
import fryte_client.wire as fryte
import promptforge_client.wire as promptforge

IDENTIFIER: Final = "3c90c3cc-0d44-4b50-8888-8dd25736052a"

FREEPLAY_JOB: Final[freeplay.PromptOptimizationJobStatusResponse] = {
    "job_id": IDENTIFIER,
    "status": "running",
    "prompt_template_id": IDENTIFIER,
    "original_version_id": IDENTIFIER,
    "run_test_after_optimization": True,
    "created_at": "2023-11-07T05:31:56Z",
    "optimized_version_id": None,
    "progress": {"step": 1, "total_steps": 4, "step_name": "reading"},
    "data_sources_used": None,
}
FRYTE_JOB: Final[fryte.JobStatusResponse] = {"job_id": "c3f1c944", "tour_id": 7615, "status": "running"}
FRYTE_TOUR: Final[fryte.PlannerRequest] = {
    "vehicle_id": "010160700001",
    "battery_level_start": 0.9,
    "section_list": [{"section_id": "a", "start_pos": [53.55, 10.0], "stop_pos": [52.37, 9.73]}],
    "poi_info": {},
}
PROMPTFORGE_JOB: Final[promptforge.JobStatus] = {
    "job_id": "j1",
    "status": "PROCESSING",
    "provider": "openai",
    "model": "gpt-4o-mini",
    "created_at": "2026-06-11T16:47:49.945910Z",
    "prompt_count": 3,
    "completed_count": None,
}
