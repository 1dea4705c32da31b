"""Events for the outside: the logger, the hooks, and OpenTelemetry."""

import importlib
import logging
import sys

import pytest

from faults.catalogue import CANARY, FAULTS
from faults.operations import ENGINES, OTHERS, POLLS, good, run
from faults.server import Hostile
from jobwait import Policy, hooks, otel, promptforge, wait_all
from jobwait.errors import InvalidInput, UnknownStatusWarning
from jobwait.testing import FakeServer
from support.waits import DONE, batch

ID = DONE["job_id"]
QUICK = Policy(interval=0.001, min_interval=0.001, outage=0)


@pytest.fixture
def events():
    found = []
    remove = hooks.add(found.append)
    yield found
    remove()


def wait(*answers):
    with promptforge.connect(CANARY, transport=FakeServer(*answers)) as client:
        return promptforge.job(client, ID).outcome(policy=QUICK)


def test_wait_reports_each_request_update_and_outcome(events):
    """Each request and its response, the retry after a failure, each update, and the outcome once."""
    wait(batch(), 500, DONE)
    assert [
        *("sent", "answered", "update", "sent", "answered"),
        *("retry", "sent", "answered", "outcome"),
    ] == [details.event for details in events]
    assert [200, 500, 200] == [details.status for details in events if details.event == "answered"]
    assert {("promptforge", ID)} == {(details.service, details.job_id) for details in events}
    last = events[-1]
    assert ("succeeded", 3, 1, None) == (last.state, last.polls, last.errors, last.error)
    with pytest.raises(AttributeError):
        last.state = "failed"


def test_fleet_reports_each_outcome_once(events):
    """Each job of many has one outcome event."""
    with promptforge.connect("k", transport=FakeServer(DONE)) as client:
        wait_all([promptforge.job(client, ID)], policy=QUICK)
    assert 1 == [details.event for details in events].count("outcome")


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_reports_address_error_and_duration(engine, events, tmp_path):
    """Method, host, port, status or error, and duration are the same with httpx and aiohttp."""
    operation = POLLS[1] if engine == "aiohttp" else OTHERS[-1]
    with Hostile(good, FAULTS["end in the body"].play, operation.where, 1) as server:
        client = operation.connect(server.url)
        run(engine, operation.operation(client, tmp_path), client)
    answered = [details for details in events if details.event == "answered"]
    assert {("GET", "127.0.0.1", server.port)} == {(one.method, one.host, one.port) for one in answered}
    assert "RemoteProtocolError" == answered[0].error
    assert all(one.seconds > 0 for one in answered)
    assert 1 == sum(details.event == "retry" for details in events)
    assert CANARY not in repr(events)


def test_logger_has_ids_states_and_durations_only(caplog):
    """Requests are logged at DEBUG, updates and outcomes at INFO; each is one line without header, body or link."""
    caplog.set_level(logging.DEBUG, "jobwait")
    with pytest.warns(UnknownStatusWarning):
        wait({**batch(), "status": "PRO\nCESSING", "error_message": CANARY}, 503, DONE)
    lines = [record.getMessage() for record in caplog.records if record.name == "jobwait"]
    assert f"outcome service=promptforge job_id={ID}" in lines[-1]
    assert any("status=503" in line for line in lines)
    assert CANARY not in "".join(lines)
    assert all("\n" not in line and "http" not in line for line in lines)
    assert {"DEBUG", "INFO"} == {record.levelname for record in caplog.records if record.name == "jobwait"}


def test_hook_that_raises_warns_and_ends_no_wait():
    """An exception of a hook becomes a warning, and the wait goes on; a removed hook is not called."""

    def bad(details):
        raise RuntimeError("mine")

    remove = hooks.add(bad)
    with pytest.warns(RuntimeWarning, match="a hook of jobwait raised RuntimeError: mine"):
        assert "succeeded" == wait(DONE).state
    remove()
    remove()
    assert "succeeded" == wait(DONE).state


def test_hooks_may_be_added_and_removed_by_a_hook():
    """A hook that removes itself is called once; a hook that adds others does not disturb the rest."""
    calls = []

    def once(details):
        calls.append(details.event)
        remove()

    def more(details):
        calls.append("more")
        removers.append(hooks.add(lambda details: None))

    remove = hooks.add(once)
    removers = [hooks.add(more)]
    try:
        assert "succeeded" == wait(DONE).state
    finally:
        for one in removers:
            one()
    assert ["sent", "more", "more", "more"] == calls
    assert () == hooks.listeners


def test_hook_added_twice_is_removed_once_for_each():
    """Each call of add() returns a function that removes that one hook."""
    calls = []
    first, second = hooks.add(calls.append), hooks.add(calls.append)
    one = hooks.add(calls.append)
    first()
    first()
    wait(DONE)
    assert 6 == len(calls)
    second()
    one()
    wait(DONE)
    assert 6 == len(calls)


def test_coroutine_function_as_a_hook_is_refused():
    """A coroutine function would never be awaited, so add() refuses it."""

    async def hook(details):
        pass

    class Hook:
        async def __call__(self, details):
            pass

    for one in (hook, Hook()):
        with pytest.raises(InvalidInput, match="plain function"):
            hooks.add(one)


def test_no_details_are_made_without_hook_and_logger(monkeypatch):
    """Without a hook and with the logger off no Details are made."""
    monkeypatch.setattr(hooks, "Details", None)
    logging.getLogger("jobwait").setLevel(logging.WARNING)
    try:
        assert "succeeded" == wait(batch(), 500, DONE).state
    finally:
        logging.getLogger("jobwait").setLevel(logging.NOTSET)


def test_spans_and_metrics_follow_the_semantic_conventions():
    """Requests are client spans by the HTTP conventions, a wait is a span of its own, and counters count."""
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
    from opentelemetry.semconv.attributes import error_attributes, http_attributes, server_attributes
    from opentelemetry.trace import SpanKind, StatusCode

    spans, metrics = InMemorySpanExporter(), InMemoryMetricReader()
    tracing, metering = TracerProvider(), MeterProvider([metrics])
    tracing.add_span_processor(SimpleSpanProcessor(spans))
    remove = otel.instrument(tracing, metering)
    try:
        wait(batch(), 503, DONE)
    finally:
        remove()
    *requests, whole = spans.get_finished_spans()
    assert [SpanKind.CLIENT] * 3 == [span.kind for span in requests]
    assert [200, 503, 200] == [span.attributes[http_attributes.HTTP_RESPONSE_STATUS_CODE] for span in requests]
    assert "GET" == requests[0].name == requests[0].attributes[http_attributes.HTTP_REQUEST_METHOD]
    assert "api.promptforge.dev" == requests[0].attributes[server_attributes.SERVER_ADDRESS]
    assert 443 == requests[0].attributes[server_attributes.SERVER_PORT]
    assert ("503", StatusCode.ERROR) == (
        requests[1].attributes[error_attributes.ERROR_TYPE],
        requests[1].status.status_code,
    )
    assert 1 == requests[2].attributes[http_attributes.HTTP_REQUEST_RESEND_COUNT]
    assert ("jobwait.wait", "succeeded", 3) == (
        whole.name,
        whole.attributes["jobwait.state"],
        whole.attributes["jobwait.polls"],
    )
    assert abs(whole.start_time - requests[0].start_time) < 5e9  # by two clocks
    data = metrics.get_metrics_data().resource_metrics[0].scope_metrics[0].metrics
    counts = {
        metric.name: [getattr(one, "value", 0) or one.count for one in metric.data.data_points] for metric in data
    }
    points = {name: sum(values) for name, values in counts.items()}
    assert {
        "http.client.request.duration": 3,
        "jobwait.requests": 3,
        "jobwait.retries": 1,
        "jobwait.outcomes": 1,
    } == points
    shown = repr([span.to_json() for span in spans.get_finished_spans()])
    assert CANARY not in shown
    assert "/v1/jobs" not in shown
    tracing.shutdown()
    metering.shutdown()


def test_otel_without_its_packages_names_the_extra(monkeypatch):
    """What is missing is said with the command that installs it, by the import already."""
    monkeypatch.delitem(sys.modules, "jobwait.otel")
    monkeypatch.setitem(sys.modules, "opentelemetry.trace", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'jobwait\[otel\]'"):
        importlib.import_module("jobwait.otel")
