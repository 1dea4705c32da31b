"""What is told from outside: the logger, the hooks, and OpenTelemetry."""

import logging

import pytest

from faults.catalogue import CANARY, FAULTS
from faults.operations import ENGINES, OTHERS, POLLS, good, run
from faults.server import Hostile
from jobwait import Policy, hooks, otel, promptforge, wait_all
from jobwait.errors import InvalidInput, UnknownStatusWarning
from jobwait.testing import FakeServer
from waiting.kit import DONE, batch

ID = DONE["job_id"]
QUICK = Policy(interval=0.001, min_interval=0.001)


@pytest.fixture
def told():
    found = []
    remove = hooks.add(found.append)
    yield found
    remove()


def wait(*answers):
    with promptforge.connect(CANARY, transport=FakeServer(*answers)) as client:
        return promptforge.job(client, ID).outcome(policy=QUICK)


def test_a_wait_is_told_step_by_step(told):
    """Each request and its answer, the retry after a failure, each update, and the outcome once."""
    wait(batch(), 500, DONE)
    assert [
        *("sent", "answered", "update", "sent", "answered"),
        *("retry", "sent", "answered", "outcome"),
    ] == [details.event for details in told]
    assert [200, 500, 200] == [details.status for details in told if details.event == "answered"]
    assert {("promptforge", ID)} == {(details.service, details.job_id) for details in told}
    last = told[-1]
    assert ("succeeded", 3, 1, None) == (last.state, last.polls, last.errors, last.error)
    with pytest.raises(AttributeError):
        last.state = "failed"


def test_a_fleet_is_told_too(told):
    """Each job of many has its outcome told once."""
    with promptforge.connect("k", transport=FakeServer(DONE)) as client:
        wait_all([promptforge.job(client, ID)], policy=QUICK)
    assert 1 == [details.event for details in told].count("outcome")


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_tells_where_it_asked(engine, told, tmp_path):
    """Method, host, port, status or error, and what it took; under httpx and aiohttp alike."""
    operation = POLLS[1] if engine == "aiohttp" else OTHERS[-1]
    with Hostile(good, FAULTS["end in the body"].play, operation.where, 1) as server:
        client = operation.connect(server.url)
        run(engine, operation.operation(client, tmp_path), client)
    answered = [details for details in told if details.event == "answered"]
    assert {("GET", "127.0.0.1", server.port)} == {(one.method, one.host, one.port) for one in answered}
    assert "RemoteProtocolError" == answered[0].error
    assert all(one.seconds > 0 for one in answered)
    assert 1 == sum(details.event == "retry" for details in told)
    assert CANARY not in repr(told)


def test_the_logger_tells_ids_states_and_times(caplog):
    """DEBUG: each request; INFO: what a caller would be told. No header, no body, no link, and one line each."""
    caplog.set_level(logging.DEBUG, "jobwait")
    with pytest.warns(UnknownStatusWarning):
        wait({**batch(), "status": "PRO\nCESSING", "error_message": CANARY}, 503, DONE)
    lines = [record.getMessage() for record in caplog.records if record.name == "jobwait"]
    assert f"outcome service=promptforge job_id={ID}" in lines[-1]
    assert any("status=503" in line for line in lines)
    assert CANARY not in "".join(lines)
    assert all("\n" not in line and "http" not in line for line in lines)
    assert {"DEBUG", "INFO"} == {record.levelname for record in caplog.records if record.name == "jobwait"}


def test_a_hook_that_fails_ends_no_wait():
    """What a hook raises is warned of; the wait goes on, and once it is taken out it hears nothing."""

    def bad(details):
        raise RuntimeError("mine")

    remove = hooks.add(bad)
    with pytest.warns(RuntimeWarning, match="a hook of jobwait raised RuntimeError: mine"):
        assert "succeeded" == wait(DONE).state
    remove()
    remove()
    assert "succeeded" == wait(DONE).state


def test_a_hook_may_come_and_go_while_it_is_called():
    """One that takes itself out at its first call is called once; one that adds another does not disturb the rest."""
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


def test_a_hook_added_twice_is_taken_out_once():
    """Each call of add() has a way out of its own."""
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


def test_a_hook_that_is_a_coroutine_is_refused():
    """Nobody would await it: said at once, not lost at each event."""

    async def hook(details):
        pass

    class Hook:
        async def __call__(self, details):
            pass

    for one in (hook, Hook()):
        with pytest.raises(InvalidInput, match="plain function"):
            hooks.add(one)


def test_nobody_listening_costs_nothing(monkeypatch):
    """Without a hook and with the logger off no Details are made."""
    monkeypatch.setattr(hooks, "Details", None)
    logging.getLogger("jobwait").setLevel(logging.WARNING)
    try:
        assert "succeeded" == wait(batch(), 500, DONE).state
    finally:
        logging.getLogger("jobwait").setLevel(logging.NOTSET)


def test_spans_and_metrics_follow_the_conventions():
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
