"""The overlay of a new service: its operations, and titles for inline models."""

import io
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from generator.python_names import class_name
from generator.scaffold.detect.response_fields import properties
from generator.scaffold.detect.status import StatusOperation
from generator.scaffold.detect.submit import SubmitOperation, unused_name
from generator.spec.effective import ONLY_OPERATIONS
from generator.spec.load import load
from generator.spec.pointers import Document, at, joined, resolved, steps

JOB_ACTION = """\
- target: $
  description: What waits for a job.
  update:
    x-job:
"""
INLINE = "StatusAnswer"  # the model of an inline status response


def overlay_text(name: str, only: list[str], titles: dict[str, str], declared: str, given: Path | None = None) -> str:
    """
    The YAML text of the overlay of the service *name*, which begins with the actions of the overlay *given*.

    *titles* are the names that inline schemas are given, by the JSON pointer of each; *declared* is the declaration of
    its job, as YAML.
    """
    actions: list[dict[str, Any]] = [
        *(load(given)["actions"] if given else []),
        {
            "target": "$",
            "description": "The operations on jobs; the client contains these and the models that they refer to.",
            "update": {ONLY_OPERATIONS: only},
        },
    ]
    actions += [
        {
            "target": f"${''.join(f'[{_quoted(step)}]' for step in steps(pointer))}",
            "description": "This schema is inline and has no name.",
            "update": {"title": title},
        }
        for pointer, title in titles.items()
    ]
    document = {
        "overlay": "1.0.0",
        "info": {"title": f"What jobwait needs of {name}", "version": "1.0.0"},
        "actions": actions,
    }
    text = io.StringIO()
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style, yaml.sort_base_mapping_type_on_output = False, False  # type: ignore[assignment]
    yaml.dump(document, text)  # its last field is actions, to which one is added
    return f"{text.getvalue()}{JOB_ACTION}{declared}"


def inline_titles(document: Document, found: StatusOperation, submit: SubmitOperation | None) -> dict[str, str]:
    """The names of the inline schemas that the service module uses, by the JSON pointer of each."""
    titles: dict[str, str] = {}
    if has_title(document, found):
        titles[_response_place(document, found)] = unused_name(document, INLINE)
    if submit and submit.title:
        place = joined("/paths", submit.path, "post", "requestBody")
        place = submit.operation["requestBody"].get("$ref", place).removeprefix("#")
        kind = next(iter(at(document, place)["content"]))
        titles[joined(place, "content", kind, "schema")] = submit.title
    return titles


def has_title(document: Document, found: StatusOperation) -> bool:
    """Whether the status response is an inline object, which gets a title."""
    return "$ref" not in found.response and bool(properties(document, found.response))


def model_name(document: Document, found: StatusOperation) -> str | None:
    """The class of the status response; None if the client has none for it."""
    reference = found.response.get("$ref")
    if reference:
        is_object = bool(properties(document, resolved(document, found.response)))
        return class_name(reference.rpartition("/")[2]) if is_object else None
    return class_name(unused_name(document, INLINE)) if has_title(document, found) else None


def _response_place(document: Document, found: StatusOperation) -> str:
    for code, response in sorted(found.operation["responses"].items()):
        place = response.get("$ref", joined("/paths", found.path, "get", "responses", code)).removeprefix("#")
        for kind, media in (at(document, place).get("content") or {}).items():
            if media.get("schema") is found.response:
                return joined(place, "content", kind, "schema")
    raise LookupError(found.path)


def _quoted(key: str) -> str:
    escaped = key.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
