"""The overlay of a new service: its operations, and a title for an inline response model."""

import io
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from generator.python_names import class_name
from generator.scaffold.detect_status import StatusOperation
from generator.spec.effective import ONLY_OPERATIONS
from generator.spec.load import load


def overlay_text(
    name: str, found: StatusOperation, only: list[str], given: Path | None = None, *, needs_title: bool
) -> str:
    """The YAML text of the overlay of the service *name*, which begins with the actions of the overlay *given*."""
    actions: list[dict[str, Any]] = [
        *(load(given)["actions"] if given else []),
        {
            "target": "$",
            "description": "The operations on jobs; the client contains these and the models that they refer to.",
            "update": {ONLY_OPERATIONS: only},
        },
    ]
    if needs_title:
        code, kind = _response_place(found)
        keys = (found.path, "get", "responses", code, "content", kind, "schema")
        actions.append(
            {
                "target": f"$.paths{''.join(f'[{_quoted(key)}]' for key in keys)}",
                "description": "The response schema is inline and has no name.",
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


def model_name(found: StatusOperation) -> str:
    """The class of the status response."""
    reference = found.response.get("$ref")
    return class_name(reference.rpartition("/")[2]) if reference else "StatusAnswer"


def _response_place(found: StatusOperation) -> tuple[str, str]:
    for code, response in sorted(found.operation["responses"].items()):
        for kind, media in (response.get("content") or {}).items():
            if media.get("schema") is found.response:
                return code, kind
    raise LookupError(found.path)


def _quoted(key: str) -> str:
    escaped = key.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
