"""Selection: the overlay of a new service: its operations, and a name for a model that has none."""

import io
from typing import Any

from ruamel.yaml import YAML

from generator.effective import ONLY
from generator.jobs import Found
from generator.names import class_name


def overlay(name: str, found: Found, only: list[str], *, needs_title: bool) -> str:
    """The overlay of the new service: its operations, and a name for a model that has none."""
    actions: list[dict[str, Any]] = [
        {
            "target": "$",
            "description": "The operations of a job's life; the client has these and what they reach.",
            "update": {ONLY: only},
        }
    ]
    if needs_title:
        code, kind = _answer_place(found)
        keys = (found.path, "get", "responses", code, "content", kind, "schema")
        actions.append(
            {
                "target": f"$.paths{''.join(f'[{_quoted(key)}]' for key in keys)}",
                "description": "The answer stands inline and has no name.",
                "update": {"title": model_name(found)},
            }
        )
    document = {
        "overlay": "1.0.0",
        "info": {"title": f"What jobwait needs of {name}", "version": "1.0.0"},
        "actions": actions,
    }
    text = io.StringIO()
    YAML(typ="safe", pure=True).dump(document, text)
    return text.getvalue()


def model_name(found: Found) -> str:
    """The class of the status answer."""
    reference = found.answer.get("$ref")
    return class_name(reference.rpartition("/")[2]) if reference else "StatusAnswer"


def _answer_place(found: Found) -> tuple[str, str]:
    for code, response in sorted(found.operation["responses"].items()):
        for kind, media in (response.get("content") or {}).items():
            if media.get("schema") is found.answer:
                return code, kind
    raise LookupError(found.path)


def _quoted(key: str) -> str:
    escaped = key.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
