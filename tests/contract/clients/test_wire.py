"""Wire: the TypedDicts and the models speak of the same things."""

import importlib
import subprocess
import sys

import pytest
from generator.paths import ROOT, services

from support.specs import effective_spec


@pytest.mark.parametrize("service", services())
def test_each_component_has_both(service):
    """
    Every schema of the spec is a model and a wire type of the same name.
    """
    components = set(effective_spec(service)["components"]["schemas"])

    assert components <= set(importlib.import_module(f"{service}_client.models").__all__)
    assert components <= set(vars(importlib.import_module(f"{service}_client.wire")))


def test_a_payload_that_is_not_what_the_service_sends_is_found(tmp_path):
    """
    The type check of tests/support/payloads.py finds a field of another type, an unknown field and an unknown state.
    """
    text = (ROOT / "tests" / "support" / "payloads.py").read_text("utf-8")
    for right, wrong in (
        ('"tour_id": 7615', '"tour_id": "7615"'),
        ('"vehicle_id": "0', '"vehicle": "0'),
        ('"PROCESSING"', '"BUSY"'),
    ):
        assert right in text
        text = text.replace(right, wrong)
    rejected = tmp_path / "payloads.py"
    rejected.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--no-error-summary", str(rejected)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    for name in ("tour_id", "vehicle", "BUSY"):
        assert name in done.stdout
