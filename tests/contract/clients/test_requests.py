"""Requests: what build makes, without any pool."""

import math
from uuid import UUID

import pytest
from tests.contract.clients.conftest import KEY

from freeplay_client import AuthenticatedClient as Freeplay
from freeplay_client.api.prompt_optimization import list_jobs, start_job
from freeplay_client.models import StartPromptOptimizationJobRequest
from fryte_client import AuthenticatedClient as Fryte
from fryte_client.api.planner import get_result, submit_job
from fryte_client.models import PlannerRequest, POIInfo
from jobwait._httpx import httpx
from promptforge_client import AuthenticatedClient, Client
from promptforge_client.api.jobs import get_job_status

IDENTIFIER = UUID("3c90c3cc-0d44-4b50-8888-8dd25736052a")


def test_a_request_is_complete(connect):
    """
    Method, address, headers and timeout stand on the request, whichever pool sends it.
    """
    client = connect(base_url="https://example.com/base/", headers={"X-Team": "blue"}, timeout=7)
    request = get_job_status.build(client, "j1")

    assert ("GET", "https://example.com/base/v1/jobs/j1/status") == (request.method, str(request.url))
    assert "application/json" == request.headers["Accept"]
    assert "promptforge_client/1.0.0" == request.headers["User-Agent"]
    assert "blue" == request.headers["X-Team"]
    assert {"connect": 7, "read": 7, "write": 7, "pool": 7} == request.extensions["timeout"]


def test_building_touches_no_pool(connect, monkeypatch):
    """
    Build is pure: no pool is made by it.
    """
    monkeypatch.setattr(httpx, "Client", None)
    monkeypatch.setattr(httpx, "AsyncClient", None)

    get_job_status.build(connect(), "j1")


@pytest.mark.parametrize(
    ("value", "segment"),
    [
        ("j1", "j1"),
        (7658, "7658"),
        (IDENTIFIER, "3c90c3cc-0d44-4b50-8888-8dd25736052a"),
        ("a/b", "a%2Fb"),
        ("../x", "..%2Fx"),
        ("%2e%2e", "%252e%252e"),
        ("a?b#c;d", "a%3Fb%23c%3Bd"),
        ("ü \n\x00", "%C3%BC%20%0A%00"),
        ("...", "..."),
    ],
)
def test_a_path_value_stays_one_segment(client, value, segment):
    """
    Whatever is passed as an id is escaped, so that it cannot lead to another place.
    """
    assert f"/v1/jobs/{segment}/status" == get_job_status.build(client, value).url.raw_path.decode()


@pytest.mark.parametrize("value", ["", ".", "..", None, True, 1.5, b"j", ["j"], {"a": 1}, "\ud800"])
def test_a_path_value_that_is_none_is_refused(client, value):
    """
    What would change the address, or is no id at all, is a ValueError that names the parameter.
    """
    with pytest.raises(ValueError, match="job_id"):
        get_job_status.build(client, value)


def test_query_values_are_sent_as_they_are_meant():
    """
    Absent and None send nothing, 0 is sent, text is escaped, defaults of the spec are sent.
    """
    client = Fryte(token=KEY)
    body = PlannerRequest(vehicle_id="1", battery_level_start=1.0, section_list=[], poi_info=POIInfo())

    assert b"corridor=8000&min_charge_duration_min=0" == submit_job.build(client, body=body).url.query
    assert b"" == get_result.build(client, 7, tenant_id=None).url.query
    assert b"tenant_id=0" == get_result.build(client, 7, tenant_id=0).url.query
    listed = list_jobs.build(Freeplay(token=KEY), "p", status="a&b=c")
    assert b"page=1&page_size=30&status=a%26b%3Dc" == listed.url.query


def test_a_body_is_json():
    """
    A model is sent as JSON with its content type; fields that are UNSET are left out.
    """
    body = StartPromptOptimizationJobRequest(IDENTIFIER, IDENTIFIER, user_instructions="kürzer")
    request = start_job.build(Freeplay(token=KEY), "p", body=body)

    assert "application/json" == request.headers["Content-Type"]
    assert '"user_instructions":"kürzer"'.encode() in request.content
    assert str(IDENTIFIER).encode() in request.content


def test_numbers_that_json_lacks_are_refused():
    """
    NaN and infinity are a ValueError before anything is sent.
    """
    body = PlannerRequest(vehicle_id="1", battery_level_start=math.nan, section_list=[], poi_info=POIInfo())

    with pytest.raises(ValueError, match="JSON"):
        submit_job.build(Fryte(token=KEY), body=body)


@pytest.mark.parametrize(
    "timeout", [None, 0, -1, math.inf, math.nan, True, "30", httpx.Timeout(None), httpx.Timeout(5, read=None)]
)
def test_a_timeout_is_finite(connect, timeout):
    """
    A client without an end to its patience cannot be made.
    """
    with pytest.raises(ValueError, match="positive, finite"):
        connect(timeout=timeout)


def test_the_usual_timeout_is_30_seconds():
    """
    Nobody waits for ever because nobody thought of it.
    """
    assert httpx.Timeout(30.0) == Client().timeout


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "ftp://example.com",
        "https://",
        "/v1",
        "https://me:pw@example.com",
        "https://a/?b=c",
        "https://a/#b",
        None,
        "https://a:port",
        "https://a..b",
    ],
)
def test_an_address_is_checked_at_once(connect, url):
    """
    An address that no path can be added to is a ValueError when the client is made, and is not echoed.
    """
    with pytest.raises(ValueError, match="base_url") as refusal:
        connect(base_url=url)

    assert "pw" not in str(refusal.value)


def test_changed_clients_leave_the_original(connect):
    """
    with_headers and with_timeout give a new client; headers that were passed are not kept by reference.
    """
    headers = {"X-A": "1"}
    client = connect(headers=headers)
    other = client.with_headers({"X-B": "2"}).with_timeout(1)
    headers["X-A"] = "changed"

    assert {"X-A": "1", "X-B": "2"}.items() <= {
        name.upper(): value for name, value in get_job_status.build(other, "j").headers.items()
    }.items()
    assert "X-B" not in get_job_status.build(client, "j").headers
    assert 30 == client.timeout.read
    assert isinstance(other, AuthenticatedClient)


def test_the_repr_says_address_and_timeout(client):
    """
    A client's repr has two settings and nothing else.
    """
    assert "AuthenticatedClient(base_url='https://api.promptforge.dev', timeout=Timeout(timeout=30.0))" == repr(client)
