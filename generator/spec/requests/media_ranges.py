"""Content types of request bodies: one instead of a range such as `application/*+json`, with a charset that is sent."""

from collections.abc import Iterator

from generator.errors import Finding
from generator.spec.pointers import Document, joined, objects
from generator.spec.requests.media_types import CHARSET, can_be_sent, essence, family

SENT_AS = {"json": "application/json", "text": "text/plain"}  # any other range takes the type of the file that is sent


def concrete_bodies(document: Document) -> Iterator[Finding]:
    """Replace the ranges among the content types of the request bodies of *document* by types that can be sent."""
    for pointer, body in list(objects(document)):
        inline = pointer.endswith("/requestBody") and pointer.startswith("/paths/")
        if (inline or pointer.rpartition("/")[0] == "/components/requestBodies") and isinstance(
            body.get("content"), dict
        ):
            place = joined(pointer, "content")
            ranges = {one: _sent_as(one, media) for one, media in body["content"].items() if "*" in essence(one)}
            for one, sent in ranges.items():
                yield from _replace(place, body, one, sent)
            yield from _charsets(place, body)


def _charsets(place: str, body: Document) -> Iterator[Finding]:
    """JSON and forms are UTF-8; text is sent in each charset that Python has."""
    for one in list(body["content"]):
        if not can_be_sent(one):
            plain = CHARSET.sub("", one)
            body["content"] = {(plain if key == one else key): media for key, media in body["content"].items()}
            yield joined(place, one), f"the body is sent as UTF-8, without a charset: {plain}"


def _sent_as(media_range: str, media: object) -> str:
    """The content type of a body of *media_range*; empty if a file gives it."""
    schema = media.get("schema") if isinstance(media, dict) else None
    binary = isinstance(schema, dict) and schema.get("format") == "binary"
    return "" if binary else SENT_AS.get(family(media_range), "")


def _replace(place: str, body: Document, media_range: str, sent: str) -> Iterator[Finding]:
    content, pointer = body["content"], joined(place, media_range)
    beside = next((one for one in content if sent and essence(one) == sent), None)
    if not sent:
        if family(media_range) == "json":  # a file of any type
            body["content"] = {
                ("application/octet-stream" if key == media_range else key): one for key, one in content.items()
            }
        else:
            yield pointer, "the content type is that of the file; without one it is application/octet-stream"
    elif beside:
        if content.pop(media_range) != content[beside]:
            yield pointer, f"{media_range} is no content type; it is left out beside {beside}"
    else:
        body["content"] = {(sent if key == media_range else key): one for key, one in content.items()}
        yield pointer, f"{media_range} is no content type; the body is sent as {sent}"
