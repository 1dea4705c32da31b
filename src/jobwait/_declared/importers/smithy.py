"""Smithy's waiters: acceptors of an operation that has an HTTP binding, in a model as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from jobwait._declared.importers.converted import Converted, Unsayable, add_rule, job_name, poll_of, rest_running
from jobwait._declared.importers.smithy_model import Model
from jobwait._declared.importers.smithy_paths import output_path

WAITABLE: Final = "smithy.waiters#waitable"
_STATES: Final = {"success": "succeeded", "failure": "failed", "retry": "running"}
_LOST: Final = {
    "succeeded": "such jobs are not seen to succeed",
    "failed": "such jobs are not seen to fail",
    "running": "such an answer is a failed poll",
}


def conversions(model: Model) -> Iterator[tuple[str, Converted]]:
    """The name of each operation with waiters, and each of these."""
    for name, shape in model.operations():
        waiters = shape.get("traits", {}).get(WAITABLE)
        for waiter, value in waiters.items() if isinstance(waiters, Mapping) else ():
            yield name, _converted(model, name, shape, waiter, value)


def _converted(model: Model, name: str, shape: Mapping[str, Any], waiter: str, value: Mapping[str, Any]) -> Converted:
    place = f"{name}, waiter {waiter}"
    http = shape.get("traits", {}).get("smithy.api#http")
    if not isinstance(http, Mapping):
        return Converted(None, [f"{place}: {name} has no smithy.api#http, so its request cannot be declared."])
    if model.answers_in_xml:
        return Converted(None, [f"{place}: the service answers in XML, and a declaration reads JSON."])
    remarks: list[str] = []
    rules: list[dict[str, Any]] = []
    code = http.get("code", 200)
    for number, acceptor in enumerate(value.get("acceptors", ())):
        state = _STATES.get(acceptor.get("state"), "running")
        try:
            add_rule(rules, state, _when(model, shape, acceptor.get("matcher", {}), code))
        except Unsayable as fact:
            remarks.append(f"{place}: acceptor {number} {fact}, which a declaration cannot say: {_LOST[state]}.")
    if not any(rule["state"] == "succeeded" for rule in rules):
        return Converted(None, [*remarks, f"{place}: without a way to succeed there is no declaration."])
    remarks += [f"{place}: {said}" for said in _left_out(model, shape, value)]
    path, _, query = str(http.get("uri", "/")).partition("?")
    declaration = {
        "name": job_name(name, waiter),
        **({} if model.key is None else {"key": model.key}),
        **poll_of(
            str(http.get("method", "GET")),
            re.sub(r"\{([^{}+]+)\+\}", r"{+\1}", path),
            dict(parse_qsl(query, keep_blank_values=True)),
            model.required_inputs(shape, "smithy.api#httpQuery"),
        ),
        "rules": rest_running(rules, [code]),
        "interval": value.get("minDelay", 2),
    }
    return Converted(declaration, remarks)


def _when(model: Model, shape: Mapping[str, Any], matcher: Mapping[str, Any], code: int) -> dict[str, Any]:
    """The conditions of one acceptor."""
    kind = next(iter(matcher), "nothing")
    if kind == "success" and matcher[kind] is True:
        return {"$http": code}
    if kind == "errorType":
        return {"$http": model.code_of_error(shape, str(matcher[kind]))}
    if kind != "output":
        raise Unsayable(f"matches by {kind}{' false' if kind == 'success' else ''}")
    output = matcher[kind]
    comparator, expected = output.get("comparator"), output.get("expected")
    path, many = output_path(model, shape, str(output.get("path")))
    if comparator == "booleanEquals" and not many:
        return {path: str(expected).lower() == "true"}
    if comparator == "stringEquals" and not many:
        return {path: expected}
    if comparator == "anyStringEquals":
        return {path if many else f"{path}[*]": expected}
    if comparator == "allStringEquals":
        return {path if many else f"{path}[*]": {"all": [expected]}}
    raise Unsayable(f"compares {path} by {comparator}")


def _left_out(model: Model, shape: Mapping[str, Any], value: Mapping[str, Any]) -> Iterator[str]:
    """What a declaration has no field for, and what a model does not say."""
    yield "the model names no address: pass base_url= to connect(), or add server."
    if "maxDelay" in value:
        yield f"a declaration has one interval, so maxDelay {value['maxDelay']} is left out."
    if model.is_signed:
        yield "requests are signed, which no key of a declaration is: connect with an httpx client that signs."
    for name in model.required_inputs(shape, "smithy.api#httpHeader"):
        yield f"the request needs the header of {name}: add it to headers."
