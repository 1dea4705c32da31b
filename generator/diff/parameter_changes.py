"""Compares the parameters of one operation of two documents: what is sent, and the arguments for it."""

from collections.abc import Iterator

from generator.diff.endpoints import Endpoint
from generator.diff.rules import WORDS, Change
from generator.diff.schema_changes import from_to, schema_changes
from generator.diff.values.python_names import Naming, argument_names
from generator.diff.values.wire_forms import parameter_form, parameter_schema
from generator.spec.operations import path_parameters
from generator.spec.pointers import Document

Pair = tuple[Document | None, Document | None]
Arguments = dict[tuple[str, str], str]
RENAMED = {"path": "path parameter renamed", "header": "header parameter renamed"}


def parameter_changes(old: Endpoint, new: Endpoint) -> Iterator[Change]:
    """Every change of parameters from *old* to *new*."""
    arguments = argument_names(old.parameters), argument_names(new.parameters)
    both = list(_pairs(old, new))
    for was, now in both:
        where = f"{old.title}, {(was or now or {})['in']} parameter {(was or now or {})['name']}"
        if now is None:
            yield Change("parameter removed", where)
        elif was is None:
            yield Change("required parameter added" if now.get("required") else "optional parameter added", where)
        else:
            yield from _argument(was, now, arguments, where)
            yield from _parameter((old, was), (new, now), where)
    yield from _positions(old, new, [(was, now) for was, now in both if was and now])


def _argument(was: Document, now: Document, arguments: tuple[Arguments, Arguments], where: str) -> Iterator[Change]:
    """The change of an argument's name: the parameter has another one, or another parameter has it too."""
    before, after = (names[one["in"], str(one["name"])] for names, one in zip(arguments, (was, now), strict=True))
    if before != after:
        same = str(was["name"]) == str(now["name"])
        detail = from_to(before, after) if same else from_to(was["name"], now["name"])
        yield Change("argument renamed" if same else RENAMED[was["in"]], where, detail)


def _positions(old: Endpoint, new: Endpoint, both: list[tuple[Document, Document]]) -> Iterator[Change]:
    """The parameters of the path are arguments by position, in the order of the path."""
    names = {was["name"]: now["name"] for was, now in both if was["in"] == "path"}
    before = [names[one] for one in path_parameters(old.path) if one in names]
    after = [one for one in path_parameters(new.path) if one in names.values()]
    if before != after:
        yield Change("path parameters in another order", old.title, from_to(", ".join(before), ", ".join(after)))


def _parameter(old: tuple[Endpoint, Document], new: tuple[Endpoint, Document], where: str) -> Iterator[Change]:
    was, now = old[1], new[1]
    if bool(was.get("required")) != bool(now.get("required")):
        yield Change("parameter became required" if now.get("required") else "parameter became optional", where)
    if bool(was.get("deprecated")) != bool(now.get("deprecated")):
        yield Change("parameter deprecated" if now.get("deprecated") else "parameter no longer deprecated", where)
    forms = [parameter_form(endpoint.document, parameter) for endpoint, parameter in (old, new)]
    name = Naming(old[0].name, was["name"])  # of both: another name of the argument is reported already
    schemas = parameter_schema(was), parameter_schema(now)
    differences = list(schema_changes((old[0], schemas[0]), (new[0], schemas[1]), where, "sent", (name, name)))
    if forms[0] != forms[1] and not any(change.kind.startswith("sent: type") for change in differences):
        yield Change("parameter sent in another form", where, from_to(*forms))
    if was.get("description") != now.get("description"):
        yield Change(WORDS, where)
    yield from differences


def _pairs(old: Endpoint, new: Endpoint) -> Iterator[Pair]:
    """
    The parameters that belong together.

    Names of headers have no case. The name of a path parameter is not sent: those of other names go by their positions.
    """
    before, after = ({_key(one): one for one in endpoint.parameters} for endpoint in (old, new))
    lone = [
        [name for name in path_parameters(endpoint.path) if ("path", name) in own and ("path", name) not in others]
        for endpoint, own, others in ((old, before, after), (new, after, before))
    ]
    if len(lone[0]) == len(lone[1]):
        for was, now in zip(*lone, strict=True):
            yield before.pop(("path", was)), after.pop(("path", now))
    for key in sorted({*before, *after}):
        yield before.get(key), after.get(key)


def _key(parameter: Document) -> tuple[str, str]:
    name = str(parameter["name"])
    return parameter["in"], name.lower() if parameter["in"] == "header" else name
