"""Reads a document in a foreign format and hands back what its jobs are as declarations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jobwait._declared.importers import aep, smithy, speakeasy
from jobwait._declared.importers.converted import Converted
from jobwait._declared.importers.smithy_model import Model
from jobwait._declared.vocabulary.declaration import declaration_of
from jobwait._declared.vocabulary.fields import shown
from jobwait._declared.vocabulary.openapi import Document
from jobwait._declared.vocabulary.source import mapping_in
from jobwait.errors import InvalidInput


def convert(source: Any, operation: str | None = None) -> list[Converted]:
    """
    The declarations that *source* amounts to, each with remarks on what it cannot say; only those of *operation*.

    *source*, a mapping, text or a path, is an OpenAPI document with `x-speakeasy-polling` or
    `x-aep-long-running-operation`, or a Smithy model in JSON with waiters. A declaration is a mapping that `load()`
    takes, or None where remarks say why there is none. Nothing is sent. Raises InvalidInput if nothing is found.
    """
    value, name = mapping_in(source, "document")
    try:
        found = list(_conversions(value, name))
    except (AttributeError, LookupError, TypeError, ValueError) as error:  # a list where its format has a mapping, …
        raise InvalidInput(f"{name} is not as its format says ({error}): check it with the tools of that.") from error
    names = list(dict.fromkeys(one for one, _ in found))
    if not found:
        fields = f"{speakeasy.FIELD}, {aep.FIELD} and {smithy.WAITABLE}"
        raise InvalidInput(f"{name} has none of {fields}: write x-job for its jobs, as docs/declare.md says.")
    if operation is not None and operation not in names:
        raise InvalidInput(f"{name} says nothing of {shown(operation)}; it says how to wait for {', '.join(names)}.")
    return [_checked(one, name) for about, one in found if operation in {None, about}]


convert.__module__ = "jobwait.service"  # where people import it from


def _conversions(value: Mapping[str, Any], name: str) -> Iterator[tuple[str, Converted]]:
    if "openapi" in value:
        document = Document(value, name)
        yield from speakeasy.conversions(document)
        yield from aep.conversions(document)
    elif "smithy" in value:
        yield from smithy.conversions(Model.of(value))
    else:
        raise InvalidInput(f"{name} is neither OpenAPI 3 nor a Smithy model in JSON: it has no openapi and no smithy.")


def _checked(one: Converted, name: str) -> Converted:
    """*one*, without its declaration if that is none: then a remark says why."""
    if one.declaration is None:
        return one
    try:
        declaration_of(one.declaration["name"], one.declaration, None, name)
    except InvalidInput as error:
        return Converted(None, [*one.remarks, f"What was made is no declaration: {error}"])
    return one
