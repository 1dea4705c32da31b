"""Models: what was read can be written again, and nothing is invented."""

import copy
import datetime as dt
import pickle
import subprocess
import sys

import pytest
from tests.contract.clients.conftest import STATUS
from tests.support.payloads import FREEPLAY_JOB

from freeplay_client.models import JobProgress, PromptOptimizationJobStatusResponse
from fryte_client.models import OptimizationResultResponse, PlannerRequest
from promptforge_client.errors import DecodeError
from promptforge_client.models import InitJobRequest, JobState, JobStatus
from promptforge_client.types import UNSET, Unset

FREEPLAY = {**FREEPLAY_JOB, "new_in_may": [1, {"a": None}]}


@pytest.mark.parametrize(("model", "body"), [(JobStatus, STATUS), (PromptOptimizationJobStatusResponse, FREEPLAY)])
def test_reading_and_writing_is_the_identity(model, body):
    """
    to_dict gives what from_dict got: nulls, absent fields, unknown fields and the spelling of times included.
    """
    assert body == model.from_dict(body).to_dict()


def test_absent_null_and_value_are_three_things():
    """
    In a model that is only read absent and null are None, and fields_set tells them apart; its JSON is what came.
    """
    status = JobStatus.from_dict(STATUS)
    names = ("prompt_count", "completed_count", "failed_count")

    assert [3, None, None] == [getattr(status, name) for name in names]
    assert [True, True, False] == [name in status.fields_set for name in names]
    assert ([True, True, False], True) == (
        [name in status.to_dict() for name in names],
        status.fields_set == set(STATUS),
    )


def test_absent_and_null_are_two_things_to_send():
    """
    In a model that is sent an absent field is UNSET, and null is sent.
    """
    request = InitJobRequest("openai", "gpt-4o-mini", tpm=None)

    assert (UNSET, None) == (request.rpm, request.tpm)
    assert {"provider": "openai", "model": "gpt-4o-mini", "max_retries": 3, "tpm": None} == request.to_dict()


def test_the_repr_leaves_out_what_is_empty():
    """
    Fields that are absent or null are not shown, nor additional fields if there are none.
    """
    assert "InitJobRequest(provider='openai', model='m', max_retries=3)" == repr(
        InitJobRequest("openai", "m", tpm=None)
    )
    shown = repr(JobStatus.from_dict(STATUS | {"new": 1}))
    assert "prompt_count=3" in shown
    assert "additional_properties={'new': 1}" in shown
    assert not [name for name in ("completed_count", "failed_count", "fields_set", "UNSET", "None") if name in shown]


def test_nested_models_are_models():
    """
    A union with null is read as its model, never left a dict.
    """
    assert JobProgress(1, 4, "reading") == PromptOptimizationJobStatusResponse.from_dict(FREEPLAY).progress


def test_unknown_fields_are_kept():
    """
    A field that the spec does not name is in additional_properties.
    """
    assert [1, {"a": None}] == PromptOptimizationJobStatusResponse.from_dict(FREEPLAY)["new_in_may"]


def test_a_default_of_the_spec_holds_for_absent_fields():
    """
    What the spec says that absence means is read as just that.
    """
    body = {"vehicle_id": "1", "battery_level_start": 1, "section_list": [], "poi_info": {}}

    assert 0.2 == PlannerRequest.from_dict(body).battery_level_end


def test_times_always_have_a_zone():
    """
    A time is aware; one that was sent without a zone is UTC.
    """
    bare = JobStatus.from_dict(STATUS | {"created_at": "2026-06-11T16:47:49"}).created_at
    moved = JobStatus.from_dict(STATUS | {"created_at": "2026-06-11t18:47:49+02:00"}).created_at

    assert dt.datetime(2026, 6, 11, 16, 47, 49, tzinfo=dt.UTC) == bare == moved


def test_an_enum_is_open():
    """
    A value that is newer than the client compares as text, is written again, and survives copies.
    """
    status = JobStatus.from_dict(STATUS | {"status": "PAUSED"})
    sync_and_async = [copy.deepcopy(status.status), pickle.loads(pickle.dumps(status.status))]

    assert all(isinstance(state, JobState) and state == "PAUSED" for state in [status.status, *sync_and_async])
    assert ("PAUSED", "PAUSED", hash("PAUSED")) == (
        str(status.status),
        status.to_dict()["status"],
        hash(sync_and_async[0]),
    )
    assert "PAUSED" not in JobState.__members__


def test_known_members_are_members():
    """
    A value of the spec is the one member of its name.
    """
    assert JobState.COMPLETED is JobStatus.from_dict(STATUS | {"status": "COMPLETED"}).status


def test_unset_is_one_thing():
    """
    UNSET is false, prints as UNSET and stays the same object through copy and pickle.
    """
    assert not UNSET
    assert "UNSET" == repr(UNSET)
    for twin in (copy.copy(UNSET), copy.deepcopy(UNSET), pickle.loads(pickle.dumps(UNSET)), Unset()):
        assert twin is UNSET


def test_a_copied_model_can_be_written():
    """
    A model that went through pickle or deepcopy still leaves its absent fields out.
    """
    status = JobStatus.from_dict(STATUS)

    assert STATUS == copy.deepcopy(status).to_dict() == pickle.loads(pickle.dumps(status)).to_dict()


def test_from_dict_raises_the_client_s_own_error():
    """
    Reading a model by hand has the same errors as reading an answer.
    """
    with pytest.raises(DecodeError, match="JobStatus at job_id"):
        JobStatus.from_dict({})


def test_free_objects_inside_a_result_are_kept():
    """
    FRYTE's result requires nothing inside its sections and forbids nothing.
    """
    body = {
        "optimization_id": 1,
        "tour_id": 2,
        "status": "not_drivable",
        "battery_level_start": 1,
        "battery_level_end": 0.2,
        "qualification": "not_drivable",
        "sections": [{"sec_length_km": 9.5, "start_pos": [1, 2, 0.5]}],
        "poi_list": [],
        "not_drivable_reason": {"code": "no_chargers_available"},
    }

    assert body == OptimizationResultResponse.from_dict(body).to_dict()


def test_models_are_loaded_when_they_are_asked_for():
    """
    Importing a client and its operations loads no model, no attrs and no anyio: that is most of the cost.
    """
    code = (
        "import sys, freeplay_client, fryte_client, promptforge_client.models\n"
        "import promptforge_client.api.jobs.get_job_status\n"
        "print([name for name in sys.modules if '_client.models.' in name or name in ('attrs', 'anyio')])\n"
        "from promptforge_client.models import JobState\n"
        "print([name for name in sys.modules if '_client.models.' in name])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ["[]", "['promptforge_client.models.job_state']"] == done.stdout.splitlines()


def test_models_are_listed():
    """
    Dir and __all__ know the models, and a name that is none is an AttributeError.
    """
    from promptforge_client import models

    assert set(models.__all__) <= set(dir(models))
    with pytest.raises(AttributeError, match="JobStat"):
        _ = models.JobStat
