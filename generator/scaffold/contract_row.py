"""The contract test's data of a new service: status values, an answer for each of them, and ids."""

import json

from generator.python_names import module_name
from generator.scaffold.detect.response_fields import ITEM, inner
from generator.scaffold.detect.status import StatusOperation
from generator.scaffold.sample_answers import FORMATS, answers, placed, sample, type_of
from generator.spec.pointers import Document


def contract_row(document: Document, found: StatusOperation) -> str:
    """The JSON text of that data."""
    told = answers(document, found)
    known = {status: state for status, state in found.statuses.states.items() if state}
    row = {
        "statuses": known,
        "body": next(iter(told.values()), _unknown(document, found)),
        "ids": {module_name(one["name"]): _id_sample(document, one) for one in found.ids(document)},
        "guessed": "all of it: check the service's documentation",
    }
    if found.end.kind != "status":
        row["answers"] = told
    return json.dumps(row, indent=2, ensure_ascii=False) + "\n"


def _unknown(document: Document, found: StatusOperation) -> object:
    """An answer without a status that is known."""
    body = sample(document, found.response)
    return body if ITEM in found.status.path else placed(body, found.status.path, "")


def _id_sample(document: Document, parameter: Document) -> str:
    schema = inner(document, parameter.get("schema") or {})
    return FORMATS.get(schema.get("format") or "", "1" if type_of(schema) == "integer" else "an-id")
