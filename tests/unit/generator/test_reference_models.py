"""Reference models: strict pydantic models by another tool."""

import importlib.util
import sys

import pydantic
import pytest
from generator.emit.reference_models import write_reference_models

from support.specs import effective_spec

STATUS = {
    "job_id": "1",
    "status": "QUEUED",
    "provider": "openai",
    "model": "m",
    "created_at": "2026-06-11T16:47:49Z",
    "prompt_count": None,
}


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """The reference models of PromptForge, imported."""
    path = write_reference_models(effective_spec("promptforge"), tmp_path_factory.mktemp("reference"))
    spec = importlib.util.spec_from_file_location("promptforge_reference", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def test_a_valid_body_is_accepted(models):
    """A body that matches the spec is valid."""
    assert "1" == models.JobStatus.model_validate_json(pydantic.TypeAdapter(dict).dump_json(STATUS)).job_id


@pytest.mark.parametrize("change", [{"job_id": 1}, {"prompt_count": "3"}, {"created_at": "yesterday"}, {"status": "P"}])
def test_a_body_with_one_wrong_type_is_refused(models, change):
    """A body that differs in one type is invalid."""
    with pytest.raises(pydantic.ValidationError):
        models.JobStatus.model_validate_json(pydantic.TypeAdapter(dict).dump_json(STATUS | change))
