"""Answers: a model for a documented success, an error of the tree for everything else."""

import importlib
import pickle
from http import HTTPStatus

import pytest
from generator.paths import services
from tests.contract.clients.conftest import KEY, STATUS
from tests.support.payloads import FRYTE_TOUR

from freeplay_client.api.prompt_optimization import cancel_job
from fryte_client.api.planner import get_job, list_jobs
from fryte_client.errors import DecodeError
from fryte_client.models import PlannerRequest
from jobwait._httpx import httpx
from promptforge_client import errors
from promptforge_client.api.jobs import get_job_results, get_job_status
from promptforge_client.models import ErrorDetail, JobStatus, ValidationIssue
from support.specs import effective_spec

SECRET = "https://storage.example/x?signature=verysecret"


def parse(response, of=get_job_status):
    """Read *response* as the answer to one operation and give the error."""
    with pytest.raises(errors.ClientError) as failure:
        of.parse(response)
    return failure.value


def test_a_documented_success_is_its_model():
    """
    Parse gives the model, typed and whole.
    """
    status = get_job_status.parse(httpx.Response(200, json=STATUS))

    assert isinstance(status, JobStatus)
    assert ("j1", 3, None) == (status.job_id, status.prompt_count, status.completed_count)


def test_an_array_is_a_list_of_models():
    """
    FRYTE's list answers with a bare array.
    """
    job = {"optimization_id": 1, "job_id": "j", "date_created": "d", "last_update": "l", "status": "queued"}

    assert ["queued", "queued"] == [one.status for one in list_jobs.parse(httpx.Response(200, json=[job, job]))]


def test_an_empty_object_is_a_model():
    """
    Freeplay's cancel answers with an empty object.
    """
    assert {} == cancel_job.parse(httpx.Response(200, json={})).to_dict()


@pytest.mark.parametrize("code", [400, 401, 404, 409, 422, 500])
def test_a_documented_fault_has_its_class(code):
    """
    Each documented status has a class of its own, and its words are in the message.
    """
    error = parse(
        httpx.Response(code, json={"detail": "Job not found"}, headers={"X-Request-ID": "r1"}),
        get_job_results,
    )

    assert errors.BY_STATUS[code] is type(error)
    assert (code, "r1") == (error.status, error.request_id)
    assert f"{code} " in str(error)
    assert str(error).endswith(": Job not found")


@pytest.mark.parametrize("code", [102, 201, 204, 301, 403, 418, 429, 499, 502, 503, 520, 599])
@pytest.mark.parametrize("body", [b"", b"<html>gone</html>", b'{"detail": 7}', b"\xff\xfe", b"[" * 100_000])
def test_any_other_status_is_a_status_error(code, body):
    """
    An undocumented status is a StatusError whatever its body, be its number unknown to HTTP.
    """
    error = parse(httpx.Response(code, content=body))

    assert errors.StatusError is type(error)
    assert code == error.status


@pytest.mark.parametrize(
    ("content", "body"),
    [
        (b'{"detail": "x"}', ErrorDetail("x")),
        (b'{"detail": ["x"]}', {"detail": ["x"]}),
        (b"[1]", [1]),
        (b"Internal Server Error", "Internal Server Error"),
        (b"x" * 5000, "x" * 2000),
        (b"", None),
    ],
)
def test_the_body_of_a_fault_is_what_could_be_made_of_it(content, body):
    """
    The error model if it fits, else the JSON, else the start of the text.
    """
    assert body == parse(httpx.Response(500, content=content)).body


def test_two_shapes_of_one_fault():
    """
    PromptForge's 422 has a sentence or a list of faults, and both are read.
    """
    from promptforge_client.api.jobs import init_job

    issue = {"type": "missing", "loc": ["body", "model"], "msg": "Field required", "input": {}}
    one = parse(httpx.Response(422, json={"detail": "Unsupported provider"}), init_job)
    many = parse(httpx.Response(422, json={"detail": [issue]}), init_job)

    assert "Unsupported provider" == one.body.detail
    assert isinstance(many.body.detail[0], ValidationIssue)


@pytest.mark.parametrize(
    "content",
    [b"", b"  ", b"<html>Sign in</html>", b"{", b'{"a": NaN}', b"[" * 100_000, b"1" * 5000, b"\xff"],
)
def test_a_success_that_is_not_json_is_a_body_error(content):
    """
    A success whose body is HTML, empty or not JSON is told with its content type and start.
    """
    error = parse(httpx.Response(200, content=content, headers={"Content-Type": "text/html"}))

    assert errors.BodyError is type(error)
    assert (200, "text/html") == (error.status, error.content_type)
    assert len(error.start) <= 2000
    assert len(str(error)) < 350


@pytest.mark.parametrize(
    ("change", "path", "expected", "got"),
    [
        ({"job_id": 7}, "job_id", "a string", "a number"),
        ({"job_id": None}, "job_id", "a string", "null"),
        ({"prompt_count": "3"}, "prompt_count", "a whole number or null", "a string"),
        ({"prompt_count": 3.5}, "prompt_count", "a whole number or null", "a fraction"),
        ({"prompt_count": True}, "prompt_count", "a whole number or null", "a boolean"),
        ({"created_at": "yesterday"}, "created_at", "a date-time", "another string"),
        ({"created_at": "2026-06-11"}, "created_at", "a date-time", "another string"),
        ({"created_at": "2026-13-11T00:00:00Z"}, "created_at", "a date-time", "another string"),
        ({"created_at": 1700000000}, "created_at", "a date-time", "a number"),
        ({"status": 7}, "status", "a JobState", "a number"),
        ({"status": None}, "status", "a JobState", "null"),
        ({"status": []}, "status", "a JobState", "an array"),
    ],
)
def test_what_the_spec_does_not_say_is_a_decode_error(change, path, expected, got):
    """
    A field of another kind is told by its path, what was expected and what came; never by its value.
    """
    error = parse(httpx.Response(200, json=STATUS | change))

    assert ("JobStatus", path, expected, got) == (error.model, error.path, error.expected, error.got)
    assert STATUS | change == error.raw


@pytest.mark.parametrize("body", [b"null", b"[]", b"7", b'"text"', b"true"])
def test_a_body_of_another_kind_is_a_decode_error(body):
    """
    JSON that is no object at all is a DecodeError as well.
    """
    assert "an object" == parse(httpx.Response(200, content=body)).expected


def test_a_missing_field_is_named():
    """
    A required field that is not there is told by its name.
    """
    body = {name: value for name, value in STATUS.items() if name != "status"}

    assert "status" == parse(httpx.Response(200, json=body)).path


def test_a_dict_of_the_callers_own_is_not_blamed_on_the_service():
    """from_dict() reads what the caller passes; only of a response the service is said to have sent it."""
    own = {**FRYTE_TOUR, "section_list": [{"start_pos": "here"}]}
    with pytest.raises(DecodeError) as caught:
        PlannerRequest.from_dict(own)
    assert "This is no valid PlannerRequest at section_list[0].start_pos: expected" in str(caught.value)
    with pytest.raises(DecodeError, match="The service sent no valid JobStatusResponse at job_id"):
        get_job.parse(httpx.Response(200, json={"job_id": 7}))


def test_a_path_leads_through_arrays_and_objects():
    """
    The path is written as one would write it in Python.
    """
    link = {"filename": "f", "url": SECRET, "expires_at": "2026-06-11T16:47:49Z"}
    body = {"job_id": "j", "status": "COMPLETED", "files": [link, link | {"expires_at": SECRET}]}
    error = parse(httpx.Response(200, json=body), get_job_results)

    assert ("JobResults", "files[1].expires_at") == (error.model, error.path)
    assert "verysecret" not in str(error)


@pytest.mark.parametrize(
    "error",
    [
        parse(httpx.Response(404, json={"detail": "none"}, headers={"Retry-After": "3"})),
        parse(httpx.Response(200, content=b"<html>")),
        parse(httpx.Response(200, json={})),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_survive_pickling(error):
    """
    An error that crosses processes arrives whole.
    """
    twin = pickle.loads(pickle.dumps(error))

    assert (type(error), str(error), vars(error)) == (type(twin), str(twin), vars(twin))


def test_a_message_shows_little_and_no_header():
    """
    At most 200 characters of a body are in a message, and no header of any kind.
    """
    response = httpx.Response(500, text="word " * 1000, headers={"Set-Cookie": "session=secret", "X-API-Key": KEY})
    message = str(parse(response))

    assert len(message) < 260
    assert "secret" not in message
    assert KEY not in message


def test_headers_have_lower_case_names():
    """
    The headers of a StatusError are a plain dict.
    """
    assert {"retry-after": "3"}.items() <= parse(httpx.Response(429, headers={"Retry-After": "3"})).headers.items()


def test_an_unknown_status_is_no_fault():
    """
    FRYTE's and Freeplay's statuses are free text, PromptForge's is open: a new word is read as it is.
    """
    body = {"job_id": "j", "status": "paused", "tour_id": 1}

    assert "paused" == get_job.parse(httpx.Response(200, json=body)).status
    assert "PAUSED" == get_job_status.parse(httpx.Response(200, json=STATUS | {"status": "PAUSED"})).status


@pytest.mark.parametrize("service", services())
def test_the_tree_is_the_one_that_is_drawn(service):
    """
    Every client has the same roots, and below StatusError a class for each status that its spec documents.
    """
    module = importlib.import_module(f"{service}_client.errors")
    documented = {
        int(code)
        for item in effective_spec(service)["paths"].values()
        for operation in item.values()
        for code in operation["responses"]
        if int(code) >= HTTPStatus.MULTIPLE_CHOICES
    }

    assert documented == set(module.BY_STATUS)
    assert all(issubclass(kind, module.StatusError) for kind in module.BY_STATUS.values())
    assert all(name in module.__doc__ for name in module.__all__ if name != "BY_STATUS")
    for kind in (module.StatusError, module.BodyError, module.DecodeError):
        assert issubclass(kind, module.ClientError)


@pytest.mark.parametrize("start", ['{"upload_url": "', "<html>", ""])
@pytest.mark.parametrize("link", [SECRET, SECRET.replace("/", "\\/")])
def test_a_signed_link_in_a_bad_body_is_not_quoted(start, link):
    """
    What a message shows of a body has no query of a link, as that is where links are signed.
    """
    for code in (200, 500):
        error = parse(httpx.Response(code, content=f"{start}{link}".encode()))
        assert "storage.example" in str(error)
        assert "verysecret" not in str(error)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            {"detail": [{"loc": ["body", "tour", 0, "start"], "msg": "Field required", "input": "canary"}]},
            ": body.tour.0.start: Field required",
        ),
        (
            {"message": "Bad input", "errors": {"name": ["is empty", "is bad"]}},
            ": Bad input: name: is empty; name: is bad",
        ),
        (
            {"title": "Invalid", "invalid_params": [{"name": "age", "reason": "must be positive"}]},
            ": Invalid: age: must be positive",
        ),
        ({"errors": [{"source": {"pointer": "/data/name"}, "detail": "is too long"}]}, ": /data/name: is too long"),
        ({"errors": [{"field": "a", "defaultMessage": 7}, "b is wrong", 8]}, ": a; b is wrong"),
        ({"errors": [{"field": f"f{n}", "message": "no"} for n in range(12)]}, "f9: no; and 2 more"),
        ({"detail": []}, "Unprocessable Entity"),
        ({"errors": {"a": {"b": "c"}}}, "Unprocessable Entity"),
    ],
)
def test_the_text_of_a_refusal_names_the_fields(client, service, body, said):
    """In the forms that frameworks use; what was sent is not repeated."""
    service.answer = httpx.Response(422, json=body)
    with pytest.raises(errors.StatusError) as refusal:
        get_job_status.sync(client, "j")

    assert str(refusal.value).endswith(said)
    assert "canary" not in str(refusal.value)
