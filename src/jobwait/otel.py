"""
OpenTelemetry spans and metrics of jobwait's requests and waits; needs the extra `jobwait[otel]`.

    from jobwait import otel

    remove = otel.instrument()

Each request is a client span with the attributes of the semantic conventions for HTTP (method, host, port, status,
error.type; no path, as it may hold an id, and no link), and is recorded in the histogram http.client.request.duration,
in seconds. Each wait is a span `jobwait.wait` with the job's service, id and state. `jobwait.requests`,
`jobwait.retries` and `jobwait.outcomes` are counters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from jobwait import hooks

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import TracerProvider

__all__ = ["instrument"]

_NAME: Final = "jobwait"


def instrument(
    tracer_provider: TracerProvider | None = None, meter_provider: MeterProvider | None = None
) -> Callable[[], None]:
    """
    Report to these providers, or to the global ones, from now on; returns the function that ends it.

    Raises ModuleNotFoundError if the packages of the extra are not installed.
    """
    try:
        from opentelemetry import metrics, trace  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        fact = "jobwait.otel needs packages that are not installed: pip install 'jobwait[otel]'"
        raise ModuleNotFoundError(fact, name=error.name) from None

    tracer = trace.get_tracer(_NAME, tracer_provider=tracer_provider)
    meter = metrics.get_meter(_NAME, meter_provider=meter_provider)
    duration = meter.create_histogram("http.client.request.duration", "s", "Duration of HTTP client requests.")
    requests = meter.create_counter("jobwait.requests", "{request}", "Requests, successful or not.")
    retries = meter.create_counter("jobwait.retries", "{request}", "Requests sent again after a failure.")
    outcomes = meter.create_counter("jobwait.outcomes", "{wait}", "Waits that ended.")

    def span(name: str, details: hooks.Details, attributes: Mapping[str, Any], *, client: bool) -> None:
        end = int(details.at * 1e9)
        kind = trace.SpanKind.CLIENT if client else trace.SpanKind.INTERNAL
        start = end - int((details.seconds or 0.0) * 1e9)
        started = tracer.start_span(name, kind=kind, attributes=attributes, start_time=start)
        if "error.type" in attributes:
            started.set_status(trace.StatusCode.ERROR)
        started.end(end_time=end)

    def record(details: hooks.Details) -> None:
        service = {"jobwait.service": details.service}
        match details.event:
            case "answered":
                attributes, name = _http(details), details.method or "jobwait.call"
                span(name, details, {**attributes, **_job(details)}, client=True)
                if details.method is not None:  # else a function was called, and what it sends is not known
                    duration.record(details.seconds or 0.0, attributes)
                requests.add(1, service)
            case "retry":
                retries.add(1, service)
            case "outcome":
                ended = {**service, "jobwait.state": details.state or ""}
                failed = {"error.type": details.error} if details.error else {}
                span("jobwait.wait", details, {**ended, **_job(details), **failed}, client=False)
                outcomes.add(1, ended)

    return hooks.add(record)


def _http(details: hooks.Details) -> dict[str, Any]:
    """The attributes of an HTTP client span, by the semantic conventions."""
    status = details.status
    return _known(
        {
            "http.request.method": details.method,
            "server.address": details.host,
            "server.port": details.port,
            "http.response.status_code": status,
            "error.type": details.error or (str(status) if status is not None and status >= 400 else None),
        }
    )


def _job(details: hooks.Details) -> dict[str, Any]:
    return _known(
        {
            "jobwait.service": details.service,
            "jobwait.job_id": details.job_id,
            "jobwait.polls": details.polls,
            "jobwait.errors": details.errors,
            "http.request.resend_count": details.attempt or None,
        }
    )


def _known(attributes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in attributes.items() if value is not None}
