"""Oracle: strict models by another tool, made on demand."""

import importlib.util
import sys

import pydantic
import pytest
from generator.oracle import write_oracle

from generator import effective_spec

STATUS = {
    "job_id": "1",
    "status": "QUEUED",
    "provider": "openai",
    "model": "m",
    "created_at": "2026-06-11T16:47:49Z",
    "prompt_count": None,
}


@pytest.fixture(scope="module")
def oracle(tmp_path_factory):
    """The oracle of PromptForge, imported."""
    path = write_oracle(effective_spec("promptforge"), tmp_path_factory.mktemp("oracle"))
    spec = importlib.util.spec_from_file_location("promptforge_oracle", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def test_the_oracle_takes_what_the_spec_allows(oracle):
    """
    A body as the spec has it is valid.
    """
    assert "1" == oracle.JobStatus.model_validate_json(pydantic.TypeAdapter(dict).dump_json(STATUS)).job_id


@pytest.mark.parametrize("change", [{"job_id": 1}, {"prompt_count": "3"}, {"created_at": "yesterday"}, {"status": "P"}])
def test_the_oracle_is_strict(oracle, change):
    """
    A body that differs in one kind of value is not.
    """
    with pytest.raises(pydantic.ValidationError):
        oracle.JobStatus.model_validate_json(pydantic.TypeAdapter(dict).dump_json(STATUS | change))
