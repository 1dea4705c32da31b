"""Fetches a vendor's published document: without keys, within limits, and from no host but its own."""

import time

from generator.emit.runtime._httpx import httpx
from generator.errors import GeneratorError
from generator.spec.load import MAX_BYTES
from generator.watch.address import refusal

SECONDS = 60.0  # for the whole document, with all redirects
SILENCE = 10.0  # seconds in which nothing arrives
REDIRECTS = 5


def fetch(url: str) -> bytes:
    """The content at *url*; GeneratorError with a sentence that begins with *url* if there is none."""
    deadline = time.monotonic() + SECONDS
    asked = httpx.URL(url)
    try:
        for _ in range(REDIRECTS + 1):
            with httpx.Client(timeout=SILENCE) as client, client.stream("GET", asked) as response:
                if not response.has_redirect_location:
                    return _content(url, response, deadline)
                asked = _next(url, asked, response.headers["location"])
    except httpx.TimeoutException:
        raise GeneratorError(f"{url} did not answer in time; try again later.") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise GeneratorError(f"{url} cannot be fetched: {str(error) or type(error).__name__}.") from None
    raise GeneratorError(f"{url} redirects more than {REDIRECTS} times; name the document's own address.")


def _next(url: str, asked: httpx.URL, location: str) -> httpx.URL:
    """The address that *location* leads to from *asked*: of the same host, and not from https to http."""
    target = asked.join(location)
    wrong = refusal(str(target))
    if not wrong and (target.host, target.scheme, target.port) != (asked.host, asked.scheme, asked.port):
        wrong = "is another host, port or scheme"
    if wrong:
        raise GeneratorError(f"{url} redirects to {target}, which {wrong}. If that is right, name it as url.")
    return target


def _content(url: str, response: httpx.Response, deadline: float) -> bytes:
    """The body of *response*, as long as it is a document that arrives in time and is not too large."""
    if response.status_code != 200:
        reason = f"{response.status_code} {response.reason_phrase}".strip()
        raise GeneratorError(f"{url} answered {reason}; look whether the document has another address now.")
    content = bytearray()
    for part in response.iter_bytes():
        content += part
        if len(content) > MAX_BYTES:
            raise GeneratorError(f"{url} is larger than {MAX_BYTES // 1_000_000} MB.")
        if time.monotonic() > deadline:
            raise GeneratorError(f"{url} did not arrive within {SECONDS:.0f} seconds; try again later.")
    return bytes(content)
