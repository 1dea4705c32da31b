"""The declaration (`x-job`) of a new service, and beside each field what was guessed there."""

import io
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML

from generator.scaffold.detect.progress import Progress
from generator.scaffold.detect.result import Reason, Result
from generator.scaffold.detect.status import StatusOperation
from generator.scaffold.detect.submit import SubmitOperation
from generator.scaffold.state_rules import TO_NAME, path_text, state_fields
from generator.spec.operations import DOCUMENTED_ID, operations, path_parameters
from generator.spec.pointers import Document

WIDE = 10_000  # one line for each field
INDENT = " " * 6


@dataclass(frozen=True)
class Detected:
    """What was detected beside the status: progress, reason, result, submit operation, and whether a key is needed."""

    progress: Progress
    reason: Reason | None
    result: Result
    submit: SubmitOperation | None
    keyed: bool


def declaration(name: str, document: Document, found: StatusOperation, detected: Detected) -> dict[str, Any]:
    """The fields of the declaration."""
    ids = [one["name"] for one in found.ids(document)]
    queries = {one["name"]: f"{{{one['name']}}}" for one in found.ids(document) if one["in"] == "query"}
    poll = {"operation": _documented(found.operation), **({"query": queries} if queries else {})}
    optional = {
        "progress": _progress(detected.progress),
        "reason": _reason(detected.reason),
        "result": _result(document, detected.result, ids),
        "submit": _submit(detected.submit, ids),
    }
    return {
        "name": name,
        **({} if detected.keyed else {"key": "none"}),
        "ids": ids,
        "poll": poll,
        **state_fields(document, found),
        **{field: value for field, value in optional.items() if value is not None},
        "interval": 5,
        "timeout": 3600,
    }


def declaration_lines(fields: dict[str, Any], found: StatusOperation, detected: Detected) -> str:
    """The YAML of *fields* as an overlay has it, each guess with a comment."""
    guesses = _guesses(found, detected)
    lines: list[str] = []
    for field, value in fields.items():
        if field in guesses:
            lines.append(f"{INDENT}# a guess: {' '.join(guesses[field].split())}")
        if field == "rules":
            lines += [f"{INDENT}rules:", *(f"{INDENT}- {_flow(one)}" for one in value)]
        else:
            lines.append(f"{INDENT}{field}: {_flow(value)}")
    return "\n".join(lines) + "\n"


def _guesses(found: StatusOperation, detected: Detected) -> dict[str, str]:
    """By field, what is guessed in it."""
    decides = "rules" if found.end.kind in {"boolean", "items"} else "state"
    guesses = {
        "key": "the specification asks for none",
        "poll": f"{found.name} reports the status of this job",
        decides: _of_states(found),
        "progress": f"{detected.progress.kind}, by the names of the fields",
        "reason": "why a job failed",
        "result": _of_result(detected.result),
        "submit": "this operation starts a job, and its response names it there",
        "interval": "the specification does not say how often to poll",
        "timeout": "nor how long a job takes",
    }
    if decides == "state":
        guesses["rules"] = "two fields decide the end of a job"
    return guesses


def _of_states(found: StatusOperation) -> str:
    statuses, place = found.statuses, path_text(found.status.path)
    if not statuses.states:
        return f"the specification names no words of {place}; write them in place of {TO_NAME}"
    unknown = f"; not known: {', '.join(statuses.unknown)}" if statuses.unknown else ""
    lacking = "" if statuses.of("succeeded") else f"; {TO_NAME} stands for the one that is missing"
    return f"from the {statuses.source} of {place}{unknown}{lacking}"


def _of_result(result: Result) -> str:
    if result.kind == "link":
        return "a link, which needs hosts: [name] beside it if it leads to another host"
    return "where the result is, by its name"


def _flow(value: Any) -> str:
    """*value* as YAML on one line."""
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style, yaml.width, yaml.sort_base_mapping_type_on_output = True, WIDE, False  # type: ignore[assignment]
    text = io.StringIO()
    plain = not isinstance(value, dict | list)
    yaml.dump([value] if plain else value, text)  # a text alone would be a document with marks
    line = text.getvalue().strip()
    return line[1:-1] if plain else line


def _documented(operation: Document) -> str:
    """The operationId in the specification as the vendor wrote it."""
    return str(operation.get(DOCUMENTED_ID) or operation["operationId"])


def _progress(progress: Progress) -> dict[str, str] | None:
    done, total = path_text(progress.done), path_text(progress.total)
    match progress.kind:
        case "counts":
            return {"done": done, "total": total}
        case "steps":
            return {"step": done, "steps": total}
        case "percent" | "fraction":
            return {progress.kind: done}
        case _:
            return None


def _reason(reason: Reason | None) -> str | None:
    if reason is None:
        return None
    return path_text(reason.path) + (f"[*].{path_text((reason.item,))}" if reason.item else "")


def _result(document: Document, result: Result, ids: list[str]) -> dict[str, str] | None:
    """Where the result is; None where a request for it needs what the job does not have."""
    if result.kind in {"inline", "link"}:
        return {"path" if result.kind == "inline" else "link": path_text(tuple(result.place.split(".")))}
    path, _, name = result.place.rpartition(" → ")
    fetched = next(((one, place) for _, _, place, one in operations(document) if one.get("operationId") == name), None)
    if fetched is None:
        return None
    further = [one for one in path_parameters(fetched[1]) if one not in ids]
    if len(further) != (1 if path else 0):
        return None
    return {"operation": _documented(fetched[0]), **({"id": path_text(tuple(path.split(".")))} if path else {})}


def _submit(submit: SubmitOperation | None, ids: list[str]) -> dict[str, str] | None:
    if submit is None or ids[-1] in submit.ids:
        return None
    return {"operation": _documented(submit.operation), "id": path_text(submit.id)}
