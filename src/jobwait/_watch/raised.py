"""What an exception of a watched function means: no SDK is imported, it is judged by what it carries."""

import re
import traceback
from collections.abc import Iterator, Mapping
from typing import Any, Final

from jobwait._httpx import httpx
from jobwait._polling.retry.classify import refused_by_tls
from jobwait._polling.retry.failed_call import FailedCall
from jobwait._text import strip_link_queries, visible

LONGEST: Final = 300  # characters of an exception's text
_STATUS: Final = ("status_code", "status", "HTTPStatusCode", "http_status", "code")
_HEADERS: Final = ("headers", "HTTPHeaders")
_KEPT: Final = ("retry-after", "retry-after-ms", "date", "content-type")  # others may hold cookies
_REQUEST_ID: Final = ("x-request-id", "request-id", "x-amzn-requestid")
_OF_GRPC: Final = {
    "INVALID_ARGUMENT": 400,
    "OUT_OF_RANGE": 400,
    "FAILED_PRECONDITION": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "ALREADY_EXISTS": 409,
    "RESOURCE_EXHAUSTED": 429,
    "INTERNAL": 500,
    "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
}
# AWS answers much with 400, and says in a code what it means.
_OF_AWS: Final = (
    (re.compile(r"throttl|toomanyrequests|requestlimitexceeded|slowdown|throughputexceeded", re.IGNORECASE), 429),
    (re.compile(r"notfound|nosuch|doesnotexist", re.IGNORECASE), 404),
    (re.compile(r"accessdenied|unauthorized", re.IGNORECASE), 403),
    (re.compile(r"expiredtoken|unrecognizedclient|invalidclienttoken", re.IGNORECASE), 401),
    (re.compile(r"requesttimeout", re.IGNORECASE), 408),
)
_KEYS: Final = re.compile(r"(illegal header value).*|\b(bearer|basic)\s+[^\s'\",;]+", re.IGNORECASE | re.DOTALL)
_OURS: Final = "jobwait."


def failed(error: Exception) -> FailedCall:
    """The failure of a call that raised *error*."""
    status, headers = _status(error), _headers(error)
    kind, text = type(error).__name__, harmless(error).rstrip(" .:")
    raised = kind if status is None else f"{kind} ({status})"
    failure = FailedCall(
        f"the call raised {raised}: {text}" if text else f"the call raised {raised}",
        kind=kind,
        status=status,
        headers=headers,
        request_id=_request_id(error),
        is_own=_is_own(status, headers),
        refused_by_tls=refused_by_tls(error),
    )
    if _is_harmless(error):
        failure.__cause__ = error
    else:  # its request holds the key, and so do the frames that made it
        failure.add_note(f"raised by {_place(error)}")
    return failure


def harmless(value: object) -> str:
    """*value* as text on one line, cut, without keys and signed links."""
    return visible(" ".join(_without_keys(_text(value)).split()))[:LONGEST]


def _text(value: object) -> str:
    try:
        return str(value)
    except Exception:  # noqa: BLE001 - a text that cannot be made says nothing
        return ""


def _without_keys(text: str) -> str:
    return _KEYS.sub(lambda found: f"{found[1] or found[2]} …", strip_link_queries(text, 2 * LONGEST))


def _is_harmless(error: Exception) -> bool:
    """Whether neither *error* nor what is behind it carries a request or a response, or has a key in its text."""
    seen: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or any(one is known for known in seen):
            continue
        seen.append(one)
        text = _text(one)
        carries = any(hasattr(type(one), name) or name in vars(one) for name in ("request", "response", "headers"))
        odd = _without_keys(text) != text or not all(char.isprintable() or char.isspace() for char in text)
        if carries or odd or _status(one) is not None:
            return False
        waiting += [one.__cause__, one.__context__]
    return True


def _place(error: BaseException) -> str:
    """The line of the caller's that raised, or called what raised."""
    frames = traceback.walk_tb(error.__traceback__)
    for frame, line in frames:
        if not str(frame.f_globals.get("__name__", "")).startswith(_OURS):
            return f"{frame.f_code.co_name}, {frame.f_code.co_filename.rpartition('/')[2]}:{line}"
    return "a function"


def _carriers(error: BaseException) -> Iterator[Any]:
    """*error*, and the response that it has: an object, or botocore's mapping."""
    yield error
    response = _read(error, "response")
    yield response.get("ResponseMetadata") if isinstance(response, Mapping) else response


def _read(carrier: Any, name: str) -> Any:
    """The attribute or key *name*; None if there is none."""
    try:
        return carrier.get(name) if isinstance(carrier, Mapping) else getattr(carrier, name, None)
    except Exception:  # noqa: BLE001 - httpx raises RuntimeError for a request that was not set
        return None


def _status(error: BaseException) -> int | None:
    """The HTTP status that *error* carries, or that its own code means."""
    found = next((one for carrier in _carriers(error) for name in _STATUS if (one := _as_status(carrier, name))), None)
    if found != 400:
        return found
    response = _read(error, "response")
    code = str(_read(_read(response, "Error"), "Code") or "") if isinstance(response, Mapping) else ""
    return next((status for pattern, status in _OF_AWS if pattern.search(code)), found)


def _as_status(carrier: Any, name: str) -> int | None:
    value = _read(carrier, name)
    if name == "code" and callable(value):  # grpc's, which is a method
        try:
            value = value()
        except Exception:  # noqa: BLE001 - it is something else
            return None
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value) if 100 <= value < 600 else None
    return _OF_GRPC.get(str(getattr(value, "name", "")))


def _headers(error: BaseException) -> httpx.Headers:
    """Those of the response's headers that are used; a delay that *error* has as a number is one of them."""
    found = httpx.Headers()
    for carrier in _carriers(error):
        for headers in (_read(carrier, name) for name in _HEADERS):
            for name in (*_KEPT, *_REQUEST_ID):
                value = _header(headers, name)
                if value is not None and name not in found:
                    found[name] = value
    if "retry-after" not in found and (seconds := _delay(error)) is not None:
        found["retry-after"] = f"{seconds:g}"
    return found


def _header(headers: Any, name: str) -> str | None:
    """The header *name*, whatever its case."""
    try:
        pairs = [(str(key), value) for key, value in headers.items()]
    except Exception:  # noqa: BLE001 - there are none
        return None
    value = next((value for key, value in pairs if key.lower() == name), None)
    return None if value is None else str(value).encode("ascii", "replace").decode()[:200]


def _delay(error: BaseException) -> float | None:
    """The seconds in `retry_after`, or in the details of a Google error."""
    value = _read(error, "retry_after")
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf"):
        return float(value)
    details = _read(error, "details")
    for detail in details if isinstance(details, list | tuple) else ():
        delay = _read(detail, "retry_delay")
        seconds, nanos = _read(delay, "seconds"), _read(delay, "nanos")
        if isinstance(seconds, int):
            return seconds + (nanos if isinstance(nanos, int) else 0) / 1e9
    return None


def _request_id(error: BaseException) -> str | None:
    headers = _headers(error)
    value = _read(error, "request_id") or next((headers[name] for name in _REQUEST_ID if name in headers), None)
    return harmless(value)[:100] if isinstance(value, str) else None


def _is_own(status: int | None, headers: Mapping[str, str]) -> bool:
    """Whether the error is the service's own: a page or plain text comes from a proxy on the way."""
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    return (status or 0) >= 400 and status != 407 and (media_type == "text/xml" or not media_type.startswith("text/"))
