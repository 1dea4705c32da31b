"""Which of several content types is taken: JSON first, as its values are checked."""

from typing import Any

from generator.spec.parameter_styles import is_json
from generator.spec.pointers import Document, objects, resolved

ANYTHING = "*/*"  # read as JSON


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


JSON = "application/json"


def _read(response: Any) -> str:
    """The content type that *response* is read as, without parameters; empty without content."""
    first = next(iter(response.get("content", {})), "").partition(";")[0].strip()
    return JSON if first == ANYTHING else first


def _rank(content_type: str) -> int:
    plain = content_type.partition(";")[0].strip().lower()
    return 0 if plain == JSON else 1 if is_json(plain) else 2 if plain == ANYTHING else 3
