"""Media types: which ones are JSON, text, forms or bytes, and which of several is taken: JSON, as it is checked."""

import codecs
import re
from typing import Any

from generator.spec.pointers import Document, objects, resolved

JSON = "application/json"
ANYTHING = "*/*"  # read as JSON
TEXT = frozenset(
    {"application/xml", "application/yaml", "application/x-yaml", "application/javascript", "application/graphql"}
)
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
JSON_NAMES = re.compile(r"json|x-json|[\w.+*-]+\+json|\*")  # also of other types than application: text/json
CHARSET = re.compile(r"\s*;\s*charset\s*=\s*(\"[^\"]*\"|[^;\s]*)", re.IGNORECASE)
WORD = r"[\w!#$&^.+*-]+"
MEDIA_TYPE = re.compile(rf"\s*({WORD}/{WORD})\s*(;.*)?", re.DOTALL)


def essence(content_type: str) -> str:
    """The type and subtype of *content_type*, in lower case and without parameters; empty if it has none."""
    match = MEDIA_TYPE.fullmatch(content_type)
    return match[1].lower() if match else ""


def family(content_type: str) -> str:
    """How a body of *content_type* is treated: as `json`, `form`, `multipart`, `text` or `bytes`."""
    kind, _, name = (plain := essence(content_type)).partition("/")
    if kind in {"application", "text", "*"} and JSON_NAMES.fullmatch(name):
        return "text" if plain == "text/*" else "json"
    if plain in FORMS:
        return "multipart" if kind == "multipart" else "form"
    if kind == "text" or plain in TEXT or name.endswith(("+xml", "+yaml")):
        return "text"
    return "bytes"


def is_json(content_type: str) -> bool:
    """Whether values of *content_type* are JSON."""
    return family(content_type) == "json"


def can_be_sent(content_type: str) -> bool:
    """Whether a body is sent in the charset that *content_type* names: always UTF-8, text in each that Python has."""
    named = CHARSET.search(content_type)
    charset = named[1].strip('"') if named else "utf-8"
    try:
        "".encode(charset)
    except (LookupError, ValueError):
        return False
    return codecs.lookup(charset).name == "utf-8" or family(content_type) in {"text", "bytes"}


def json_first(document: Document) -> None:
    """Put the JSON content types of *document* first, otherwise in its own order."""
    for _, node in objects(document):
        content = node.get("content")
        if isinstance(content, dict):
            node["content"] = dict(sorted(content.items(), key=lambda entry: _rank(entry[0])))


def accept(document: Document, operation: Document) -> str:
    """The header Accept: the content types that successes are read as; with less weight, those of errors."""
    read = {code: _read(resolved(document, response)) for code, response in operation["responses"].items()}
    good = list(dict.fromkeys(one for code, one in read.items() if one and code[:1] == "2"))
    good = good or [one for code, one in read.items() if one and code == "default"]
    bad = dict.fromkeys(one for one in read.values() if one and one not in good)
    return ", ".join([*sorted(good, key=_rank), *(f"{one};q=0.5" for one in sorted(bad, key=_rank) if good)]) or JSON


def _read(response: Any) -> str:
    """The content type that *response* is read as, without a charset; empty without content."""
    first = CHARSET.sub("", next(iter(response.get("content", {})), "")).strip(" ;")
    return JSON if first.partition(";")[0].strip() == ANYTHING else first


def _rank(content_type: str) -> int:
    plain = essence(content_type)
    return 0 if plain == JSON else 2 if plain == ANYTHING else 1 if is_json(plain) else 3
