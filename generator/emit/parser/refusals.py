"""What openapi-python-client refuses of a document: the place of each refusal, and the plain form that is put there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from openapi_python_client import schema as oai
from openapi_python_client.parser.errors import ParseError
from openapi_python_client.parser.openapi import GeneratorData
from pydantic import BaseModel

from generator.emit.parser.document import TEXT_BODY
from generator.errors import Finding
from generator.spec.plain.last_resort import (
    leave_out_operation,
    make_component,
    make_components,
    make_plain,
    member_name,
    remove_part,
    union_members,
)
from generator.spec.pointers import Document, at, joined, resolved

SAME_NAME = re.compile(r'(?:duplicate models with name "|conflicting enums named )(\w+)')
CASCADES = re.compile("Could not find reference|not found|was not processed")  # caused by what else was refused
IN_UNION = "Invalid property in union"
OPERATION = re.compile(r"WARNING parsing (\S+) (.*) within \S+\.")
COMPONENT = re.compile(r"/components/(schemas|parameters)/[^/\s:]+")
OPERATION_DEPTH = 3  # steps of an operation's pointer
Places = dict[int, tuple[BaseModel, str]]  # by identity: each object that the parser may name, and its pointer


@dataclass(frozen=True)
class Refusal:
    """One error of the parser: the place of the refused part, its operation or component, and the reason."""

    pointer: str | None
    holder: str | None
    reason: str
    wrong_form: bool = False


def places_in(node: Any, pointer: str) -> Iterator[tuple[BaseModel, str]]:
    """Each object that the parser may name in an error, with its pointer."""
    if isinstance(node, BaseModel):
        yield node, pointer
        for name, field in type(node).model_fields.items():
            yield from places_in(getattr(node, name), joined(pointer, field.alias or name))
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from places_in(value, joined(pointer, _text(key).removeprefix(TEXT_BODY)))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from places_in(value, joined(pointer, index))


def _text(key: Any) -> str:
    return key.get_untrusted_value() if isinstance(key, oai.UntrustedString) else str(key)


def of_validation(document: Document, error: Any) -> Refusal:
    """The refusal of a part whose form is wrong: its pointer is that of the deepest part that exists."""
    node: Any = document
    pointer = ""
    for step in error["loc"]:
        key = _text(step)
        if isinstance(node, dict) and key in node:
            node, pointer = node[key], joined(pointer, key)
        elif isinstance(node, list) and key.isdecimal() and int(key) < len(node):
            node, pointer = node[int(key)], joined(pointer, key)
    return Refusal(pointer, None, f"{error['msg']}", wrong_form=True)


def of_error(error: ParseError, places: Places) -> Refusal:
    """The refusal of what *error* is about."""
    reason = " ".join(filter(None, (error.detail or error.header).partition("\n\n")[0].split()))
    holder = _holder(error)
    return Refusal(
        _pointer_of(error.data, places, holder or ""),
        holder,
        re.sub(r"<\S{1,200} object at 0x[0-9a-f]+> ?", "", reason),
    )


def _pointer_of(node: BaseModel | None, places: Places, holder: str) -> str | None:
    """The pointer of *node*, or of the part of *holder* that it is a copy of: the parser copies operations."""
    if node is None:
        return None
    if id(node) in places:
        return places[id(node)][1]
    return next((pointer for one, pointer in places.values() if pointer.startswith(holder) and one == node), None)


def _holder(error: ParseError) -> str | None:
    """The pointer of the operation or of the component that *error* is about."""
    operation = OPERATION.match(error.header)
    if operation:
        return joined("/paths", operation[2], operation[1].lower())
    for text in (error.header, error.detail or ""):
        component = COMPONENT.search(text)
        if component:
            return component[0]
    return None


def same_modules(data: GeneratorData, places: Places) -> Iterator[Refusal]:
    """Classes whose names differ in case only would overwrite each other's module; an inline one is told apart."""
    seen: dict[str, str | None] = {}
    for one in data.models:
        module = str(one.class_info.module_name)
        pointer = _pointer_of(one.data, places, "")
        if module in seen:
            inline = pointer if pointer and COMPONENT.fullmatch(pointer) is None else seen[module]
            yield Refusal(inline, None, f'duplicate models with name "{one.class_info.name}"')
        seen[module] = pointer


def repair(document: Document, refusals: list[Refusal], *, last: bool) -> Iterator[Finding]:
    """Replace what was refused for a reason of its own: the part itself, else what holds it."""
    done: set[str] = set()
    for one in [one for one in refusals if not CASCADES.search(one.reason)] or refusals:
        for pointer in filter(None, (one.pointer, one.holder)):
            if pointer in done:
                break
            findings = _plain_form(document, one, pointer, last=last)
            if findings is not None:
                done.add(pointer)
                yield from findings
                break


def _plain_form(document: Document, one: Refusal, pointer: str, *, last: bool) -> list[Finding] | None:
    """What was put at *pointer* for what was refused; None if nothing can be. At *last* no gentle way is tried."""
    same = None if last else SAME_NAME.search(one.reason)
    if one.wrong_form:
        return remove_part(document, pointer, one.reason)
    if pointer.startswith("/paths/") and pointer.count("/") == OPERATION_DEPTH:
        return _of_operation(document, one, pointer, same)
    if same and pointer == one.pointer:
        return make_component(document, pointer, same[1])
    if IN_UNION in one.reason and not last:  # the parser drops the reason, mostly that its name is taken
        findings = make_component(document, pointer, member_name(document, pointer))
        if findings is not None:
            return findings
    return make_plain(document, pointer, one.reason)


def _of_operation(document: Document, one: Refusal, pointer: str, same: re.Match[str] | None) -> list[Finding] | None:
    """The body of an operation that was refused is any JSON; else the operation is left out."""
    body = resolved(document, at(document, pointer).get("requestBody", {}))
    for media_type in reversed(list(body.get("content", {}))):
        place = joined(pointer, "requestBody", "content", media_type, "schema")
        if IN_UNION in one.reason and union_members(document, place):
            return make_components(document, place)
        findings = make_component(document, place, same[1]) if same else make_plain(document, place, one.reason)
        if findings is not None:
            return findings
    return leave_out_operation(document, pointer, one.reason)
