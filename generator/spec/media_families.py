"""Media types: which ones are JSON, text, forms or bytes."""

import re

TEXT = frozenset(
    {"application/xml", "application/yaml", "application/x-yaml", "application/javascript", "application/graphql"}
)
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
JSON_NAMES = re.compile(r"json|x-json|[\w.+-]+\+json|\*")  # also of other types than application: text/json
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
