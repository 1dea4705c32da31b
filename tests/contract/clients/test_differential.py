"""Our decoding against an oracle: strict models by another tool, over every field of every model."""

import datetime as dt
import importlib
import importlib.util
import json
import re
import sys
from collections import Counter
from typing import Any

import pydantic
import pytest
from generator.emit.reference_models import write_reference_models
from generator.paths import ROOT, services
from generator.spec.pointers import resolved
from tests.contract.clients.mutations import ABSENT, Mutation, alternatives, at, mutations

from support.specs import effective_spec

LEAST = 400
LIMITS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems", "minLength", "pattern")


def _is(kind: str, change: Mutation, document: Any) -> bool:
    return any(one.get("format") == kind for one in alternatives(document, change.schema))


def _unlisted(change: Mutation, document: Any) -> bool:
    return isinstance(change.value, str) and any("enum" in one for one in alternatives(document, change.schema))


def _whole(change: Mutation, document: Any) -> bool:
    return change.value == 2.0 and any(one.get("type") == "integer" for one in alternatives(document, change.schema))


def _limited(change: Mutation, document: Any) -> bool:
    return any(limit in one for limit in LIMITS for one in alternatives(document, change.schema))


def _naive(change: Mutation, document: Any) -> bool:
    return _is("date-time", change, document) and change.value == "2026-06-11T16:47:49"


def _leap(change: Mutation, document: Any) -> bool:
    return _is("date-time", change, document) and change.value in {
        "2026-06-30T23:59:60Z",
        "2026-07-01T01:59:60.5+02:00",
    }


def _misspelt(kind: str) -> Any:
    return lambda change, document: isinstance(change.value, str) and _is(kind, change, document)


def _null_union(change: Mutation, document: Any) -> bool:
    return change.value is None and not any(one.get("type") == "null" for one in alternatives(document, change.schema))


# Every way in which we differ from the oracle on purpose: whether we take the value, and which changes it is about.
# docs/decoding.md gives the reasons.
WANTED = {
    "a new enum value": (True, _unlisted),
    "a whole number with a point": (True, _whole),
    "a value beyond its limits": (True, _limited),
    "a time without a zone": (True, _naive),
    "a leap second": (True, _leap),
    "an id that is no UUID": (True, _misspelt("uuid")),
    "a time in another spelling": (False, _misspelt("date-time")),
    "a null where none is allowed": (False, _null_union),
}


@pytest.fixture(scope="module")
def oracle(request, tmp_path_factory):
    """The oracle of one service, imported."""
    name = f"oracle_of_{request.param}"
    path = write_reference_models(effective_spec(request.param), tmp_path_factory.mktemp(name))
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    yield request.param, module
    del sys.modules[name]


def cases(service):
    """Every mutation of every model of *service*, with the model's name."""
    document = effective_spec(service)
    for name, schema in document["components"]["schemas"].items():
        if schema.get("type") == "object":
            for change in mutations(document, schema):
                yield name, document, change


def ours(models, errors, name, payload):
    """Our model of *payload*, None if it is refused; any other error than ours fails the test."""
    try:
        return getattr(models, name).from_dict(payload)
    except errors.DecodeError:
        return None


def theirs(oracle, name, payload):
    """Whether the oracle takes *payload*."""
    try:
        getattr(oracle, name).model_validate_json(json.dumps(payload), strict=True)
    except pydantic.ValidationError:
        return False
    return True


@pytest.mark.parametrize("oracle", services(), indirect=True)
def test_we_differ_from_the_oracle_where_we_want_to_and_nowhere_else(oracle):
    """
    Every field of every model with every other value is taken or refused as the oracle does, but for the list.
    """
    service, classify = oracle
    models = importlib.import_module(f"{service}_client.models")
    errors = importlib.import_module(f"{service}_client.errors")
    seen, unexplained = Counter(), []
    for name, document, change in cases(service):
        taken = ours(models, errors, name, change.payload) is not None
        seen["all"] += 1
        if taken == theirs(classify, name, change.payload):
            continue
        rules = [rule for rule, (takes, applies) in WANTED.items() if takes == taken and applies(change, document)]
        if rules:
            seen[rules[0]] += 1
        else:
            unexplained.append((name, change.path, change.value, taken))

    assert [] == unexplained[:10]
    assert seen["all"] >= LEAST


@pytest.mark.parametrize("service", services())
def test_what_is_taken_is_written_again(service):
    """
    to_dict gives what from_dict took: nothing is lost, and only the spelling of times, UUIDs and numbers differs.
    """
    models = importlib.import_module(f"{service}_client.models")
    errors = importlib.import_module(f"{service}_client.errors")
    for name, document, change in cases(service):
        model = ours(models, errors, name, change.payload)
        if model is not None:
            written = model.to_dict()
            schema = document["components"]["schemas"][name]
            assert spelt(change.payload) == spelt(without_defaults(document, schema, change.payload, written))


def without_defaults(document, schema, payload, written):
    """*written* without the fields that the payload leaves out and the spec has a default for."""
    schema = next((one for one in alternatives(document, schema) if one != {"type": "null"}), {})
    if isinstance(written, list) and isinstance(payload, list):
        items = schema.get("items", {})
        return [without_defaults(document, items, *pair) for pair in zip(payload, written, strict=True)]
    if not isinstance(written, dict) or not isinstance(payload, dict):
        return written
    fields = schema.get("properties", {})
    kept = {
        key: one for key, one in written.items() if key in payload or "default" not in resolved(document, fields[key])
    }
    return {key: without_defaults(document, fields.get(key, {}), payload.get(key), one) for key, one in kept.items()}


def spelt(value):
    """*value* with one spelling for what has several."""
    if isinstance(value, dict):
        return {name: spelt(one) for name, one in value.items()}
    if isinstance(value, list):
        return [spelt(one) for one in value]
    if isinstance(value, str) and re.fullmatch(r"(?i)\d{4}-\d\d-\d\dt.*", value):
        return instant(value.upper())
    return value.lower() if isinstance(value, str) else value


def instant(text):
    """The instant that *text* names, leap seconds as the next second."""
    moment = dt.datetime.fromisoformat(text.replace(":60", ":59")) + dt.timedelta(seconds=":60" in text)
    return moment.replace(tzinfo=moment.tzinfo or dt.UTC).astimezone(dt.UTC)


def test_the_list_of_differences_is_written_down():
    """
    Each wanted difference stands in the documentation with its reason.
    """
    text = (ROOT / "docs" / "decoding.md").read_text("utf-8")

    assert set(WANTED) == set(re.findall(r"(?m)^\| \*\*(.+?)\*\* \|", text))


def test_mutations_reach_every_field():
    """
    The generator of mutations changes and removes every field of a model, also of models inside it.
    """
    document = effective_spec("fryte")
    changes = list(mutations(document, document["components"]["schemas"]["OptimizationResultResponse"]))

    assert {"status", "not_drivable_reason"} <= {change.path[0] for change in changes if change.value is ABSENT}
    assert ("not_drivable_reason", "code") in {change.path for change in changes}
    assert all(at(change.payload, change.path) == change.value for change in changes if change.value is not ABSENT)
