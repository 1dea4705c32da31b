"""Defects of the stock generator's output, each with what our clients do instead."""

import copy
import pickle
from uuid import UUID

import attrs
import pytest
from tests.contract.clients.conftest import STATUS
from tests.contract.clients.test_models import FREEPLAY
from tests.support.payloads import FRYTE_JOB, IDENTIFIER

from freeplay_client.errors import DecodeError as FreeplayDecodeError
from freeplay_client.models import PromptOptimizationJobStatusResponse as Job
from fryte_client.api.planner import get_job
from fryte_client.errors import BodyError, DecodeError, StatusError, UnprocessableEntity
from fryte_client.models import HTTPValidationError, JobStatusResponse, PlannerRequest
from jobwait._httpx import httpx
from promptforge_client.api.jobs import get_job_status
from promptforge_client.models import InitJobRequest, JobState, JobStatus
from promptforge_client.types import UNSET

JOB = dict(FRYTE_JOB)


@pytest.mark.parametrize(
    ("field", "value", "read"),
    [
        ("optimized_version_id", None, None),
        ("optimized_version_id", IDENTIFIER, UUID(IDENTIFIER)),
        ("optimized_version_id", IDENTIFIER.upper(), UUID(IDENTIFIER)),
    ],
)
def test_a_nullable_uuid_is_null_or_a_uuid(field, value, read):
    """
    Null is None, a UUID is a UUID in either case, and an absent field is None too: fields_set tells them apart.
    """
    job = Job.from_dict(FREEPLAY | {field: value})
    assert read == getattr(job, field)
    assert field in job.fields_set
    absent = {name: one for name, one in FREEPLAY.items() if name != field}
    assert getattr(Job.from_dict(absent), field) is None
    assert field not in Job.from_dict(absent).fields_set


@pytest.mark.parametrize("text", ["not-a-uuid", "", f"{{{IDENTIFIER}}}", f"urn:uuid:{IDENTIFIER}"])
def test_an_id_that_is_no_uuid_is_kept_as_its_text(text):
    """No answer is refused for it: it has the type, is compared, copied and written by its text, and has no number."""
    job = Job.from_dict(FREEPLAY | {"job_id": text, "optimized_version_id": text})
    other, real = job.optimized_version_id, UUID(IDENTIFIER)

    assert isinstance(other, UUID)
    assert (text, f"TextId({text!r})", text) == (str(other), repr(other), job.to_dict()["job_id"])
    assert {other} == {job.job_id} == {copy.deepcopy(other)} == {pickle.loads(pickle.dumps(other))}
    assert other not in {real, text}
    assert sorted([text, IDENTIFIER]) == [str(one) for one in sorted([real, other])]
    assert (text < IDENTIFIER, text <= IDENTIFIER) == (not other >= real, not other > real)
    assert not hasattr(other, "job_id")
    for name in ("int", "hex", "bytes", "version"):
        with pytest.raises(ValueError, match=r"This id is not a UUID, .* str\(\) is its text"):
            getattr(other, name)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"optimized_version_id": 17}, "optimized_version_id"),
        ({"job_id": None}, "job_id"),
        ({"job_id": 17}, "job_id"),
        ({"progress": {"total_steps": 4, "step_name": "x"}}, "progress.step"),
        ({"progress": [1]}, "progress"),
        ({"progress": "50%"}, "progress"),
        ({"completed_at": "yesterday"}, "completed_at"),
        ({"completed_at": 1700000000}, "completed_at"),
        ({"created_at": "2023-11-07"}, "created_at"),
        ({"created_at": "2023-W45-2"}, "created_at"),
        ({"created_at": "20231107T073156Z"}, "created_at"),
        ({"created_at": "2023-11-07T24:00:00Z"}, "created_at"),
        ({"created_at": "2023-11-07T10:00:60Z"}, "created_at"),
        ({"status": 7}, "status"),
        ({"status": None}, "status"),
        ({"run_test_after_optimization": "no"}, "run_test_after_optimization"),
    ],
)
def test_what_was_let_through_is_refused(change, path):
    """
    Nothing is returned as it came under a type that it does not have; one error says where and what.
    """
    with pytest.raises(FreeplayDecodeError) as refusal:
        Job.from_dict(FREEPLAY | change)

    assert ("PromptOptimizationJobStatusResponse", path) == (refusal.value.model, refusal.value.path)
    assert FREEPLAY | change == refusal.value.raw


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2023-11-07t07:31:56z", "2023-11-07T07:31:56Z"),
        ("2023-12-31T23:59:60Z", "2024-01-01T00:00:00Z"),
        ("2024-01-01T01:59:60+02:00", "2024-01-01T00:00:00Z"),
        ("2023-11-07T07:31:56.123456789Z", "2023-11-07T07:31:56.123456Z"),
        ("2023-11-07T09:31:56+02:00", "2023-11-07T07:31:56Z"),
        ("2023-11-07T07:31:56", "2023-11-07T07:31:56Z"),
    ],
)
def test_times_of_rfc_3339_are_read(text, instant):
    """
    Lower case, leap seconds, long fractions and offsets are read; a time without a zone is UTC.
    """
    assert Job.from_dict(FREEPLAY | {"created_at": instant}).created_at == (
        Job.from_dict(FREEPLAY | {"created_at": text}).created_at
    )


@pytest.mark.parametrize("value", ["7615", 7615.5, None, True, [], float("inf"), float("nan")])
def test_a_whole_number_is_one(value):
    """
    Text, fractions, null and what is no number are no tour_id.
    """
    with pytest.raises(DecodeError, match="tour_id"):
        JobStatusResponse.from_dict(JOB | {"tour_id": value})


@pytest.mark.parametrize("body", [None, [], "text", 7])
def test_from_dict_takes_objects_only(body):
    """
    Whatever else is handed to a model is a DecodeError too.
    """
    with pytest.raises(DecodeError, match="expected an object"):
        JobStatusResponse.from_dict(body)


def test_a_sentence_where_a_list_was_documented():
    """
    FRYTE's 422 with a sentence is read, one with null is kept as JSON; both are the error of their status.
    """
    for detail, kind in (("text", HTTPValidationError), (None, dict)):
        with pytest.raises(UnprocessableEntity) as failure:
            get_job.parse(httpx.Response(422, json={"detail": detail}))
        assert kind is type(failure.value.body)


def test_an_absent_field_has_the_default_of_the_spec():
    """
    from_dict and the constructor agree on defaults.
    """
    body = {"vehicle_id": "1", "battery_level_start": 1, "section_list": [], "poi_info": {}}
    read = PlannerRequest.from_dict(body)
    made = PlannerRequest(**{**body, "poi_info": read.poi_info})

    assert made == read


def test_an_evolved_model_keeps_what_the_spec_does_not_name():
    """
    attrs.evolve keeps additional properties, and the two models do not share them.
    """
    old = JobStatus.from_dict(STATUS | {"new": 1})
    new = attrs.evolve(old, job_id="other")
    new["newer"] = 2

    assert {"new": 1} == old.additional_properties
    assert STATUS | {"job_id": "other", "new": 1, "newer": 2} == new.to_dict()


def test_an_absent_field_stays_absent_through_copies():
    """
    A model that was copied or pickled is equal to its original and writes the same JSON.
    """
    status, sent = JobStatus.from_dict(STATUS), InitJobRequest("openai", "gpt-4o-mini")
    for copied in (copy.copy, copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))):
        assert (status, STATUS) == (copied(status), copied(status).to_dict())
        assert UNSET is copied(sent).rpm
        assert (sent, sent.to_dict()) == (copied(sent), copied(sent).to_dict())


def test_an_unknown_enum_value_survives():
    """
    A state that is newer than the client is read, compared as text, and written as it came.
    """
    status = JobStatus.from_dict(STATUS | {"status": "PAUSED"})

    assert "PAUSED" == status.status == status.to_dict()["status"]
    assert JobState.COMPLETED != status.status


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", "Infinity", "-Infinity"])
def test_numbers_that_are_none_are_no_json(number):
    """
    A number that Python would read as infinite is refused wherever it stands.
    """
    content = f'{{"job_id": "j", "status": "s", "tour_id": 1, "new": [{number}]}}'.encode()

    with pytest.raises(BodyError):
        get_job.parse(httpx.Response(200, content=content))


@pytest.mark.parametrize("code", [299, 302, 401, 404, 429, 499, 500, 502, 520, 599])
@pytest.mark.parametrize("body", [b"", b"<html>", b'{"detail": "no"}', b"null", b"[]"])
def test_every_other_status_is_raised(code, body):
    """
    Documented or not, known to HTTP or not, with any body: a StatusError with an integer status, never None.
    """
    with pytest.raises(StatusError) as failure:
        get_job.parse(httpx.Response(code, content=body))

    assert code == failure.value.status
    assert type(failure.value.status) is int


@pytest.mark.parametrize(
    ("body", "error"), [(b"null", DecodeError), (b"[]", DecodeError), (b"<html>", BodyError), (b"", BodyError)]
)
def test_a_success_without_its_model_is_raised(body, error):
    """
    A login page, nothing at all, null or an array instead of the model is one of two errors.
    """
    with pytest.raises(error):
        get_job.parse(httpx.Response(200, content=body, headers={"Content-Type": "text/html"}))


def test_a_body_without_end_is_no_recursion_error():
    """
    Objects in objects are a DecodeError or a BodyError, also for whoever calls from_dict.
    """
    nested = {"detail": "x"}
    for _ in range(100_000):
        nested = {"new": nested}

    assert nested is JobStatus.from_dict(STATUS | {"new": nested})["new"]
    with pytest.raises((BodyError, StatusError)):
        get_job.parse(httpx.Response(200, content=b'{"a":' * 100_000))
    with pytest.raises(Exception, match="but its body") as failure:
        get_job_status.parse(httpx.Response(200, content=b"[" * 100_000))
    assert "BodyError" == type(failure.value).__name__
