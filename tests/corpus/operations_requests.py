"""Requests of one operation: built from made arguments, judged by openapi-core, and searched for what was given."""

import json
import re
from typing import Any
from urllib.parse import parse_qsl, unquote

from jobwait._httpx import httpx

from .operations_arguments import NoFitError, argument, arguments_for, difference, moment
from .operations_case import Case
from .operations_judge import Objection, deep_pairs, judge_limit, leaves
from .operations_schemas import Document, NoValueError
from .operations_values import PLAIN_WORDS, WORDS

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
# What openapi-core says of a form's field in the style deepObject that is no object of plain values.
UNREAD = re.compile(r"not (available|an (object|array) format)$")
UNCAST = re.compile(r"'[^']*' is not of type '(boolean|integer|number|object)'")
OF_HTTP = {"accept", "content-type", "authorization"}  # header parameters that OpenAPI ignores
Given = list[tuple[Document, Any]]  # parameters of the document, each with its value
Body = tuple[str, Any]  # a content type and a value; "" if there is none


def check_requests(case: Case) -> httpx.Request | None:
    """Check a request with what is required, and one with all for each content type; return one of them."""
    content = case.resolved(case.operation.node.get("requestBody")).get("content", {})
    found = [_checked(case, "", content, everything=False)]
    found += [_checked(case, kind, content, everything=True) for kind in content or [""]]
    return next((one for one in reversed(found) if one is not None), None)


def _checked(case: Case, kind: str, content: Document, *, everything: bool) -> httpx.Request | None:
    """One request with a body of the content type *kind*; None if none could be made."""
    subject = f"request {kind or 'with all' if everything else 'with the required'}"
    try:
        given = _parameters(case, everything=everything)
        body = _body(case, kind, content, everything=everything)
    except NoValueError as error:
        case.result.unjudged[f"no value: {error}"] += 1
        return None
    case.result.requests += 1
    before = len(case.result.mismatches)
    try:
        request = _built(case, given, body)
    except Exception as error:  # noqa: BLE001 - whatever it is, what was given fits the document
        case.differs(subject, f"{type(error).__name__}: {error}")
        return None
    for reason in _of_body(case, request, *body) if body[0] else ():
        case.differs(subject, reason)
    for reason in _of_parameters(case, request, given, faithful=before == len(case.result.mismatches)):
        case.differs(subject, reason)
    case.result.accepted += before == len(case.result.mismatches)
    return request


def _parameters(case: Case, *, everything: bool) -> Given:
    found: Given = []
    for one in case.operation.parameters:
        ignored = one.get("in") == "header" and one["name"].lower() in OF_HTTP
        if ignored or _is_key_of_client(case, one) or not (one.get("required") or everything):
            continue
        media: Document = next(iter(one.get("content", {}).values()), {})
        schema = one.get("schema", media.get("schema"))
        values = case.values(f"{one['in']} {one['name']}", sent=True, everything=everything)
        if one["in"] != "query" or case.resolved(schema).get("type") != "string":
            values.words = PLAIN_WORDS
        try:
            value = values.of(schema)
        except NoValueError:
            if one.get("required"):
                raise
            continue
        if one["in"] == "path" and value in ("", [], {}, None):
            raise NoValueError(f"nothing stands for {one['name']} in the path")
        if value not in ([], {}, None) or one.get("required"):
            found.append((one, value))
    return found


def _is_key_of_client(case: Case, parameter: Document) -> bool:
    """Whether the client sends *parameter* itself, as it is a key; openapi-core then asks for it."""
    same = [one for one in case.operation.parameters if one["name"] == parameter["name"]]
    names = _argument_names(parameter) if len(same) == 1 else {_plain(parameter["name"] + parameter["in"])}
    return case.is_key(parameter) and not {_plain(one) for one in case.types} & names


def _argument_names(parameter: Document) -> set[str]:
    """What the argument for *parameter* may be called, as far as it is the same in Python."""
    return {_plain(parameter["name"]), _plain(parameter["name"] + parameter["in"])}


def _body(case: Case, kind: str, content: Document, *, everything: bool) -> Body:
    required = case.resolved(case.operation.node.get("requestBody")).get("required", False)
    kind = kind or (next(iter(content), "") if required else "")
    if not kind:
        return "", None
    schema = content[kind].get("schema", {})
    if not (is_json(kind) or kind in FORMS) or case.resolved(schema).get("format") == "binary":
        return kind, "some text"
    values = case.values(f"body {kind}", sent=True, everything=everything)
    values.words = WORDS if is_json(kind) else PLAIN_WORDS
    return kind, values.of(schema)


def _built(case: Case, given: Given, body: Body) -> httpx.Request:
    """The request; of several arguments that stand for the body, that of the first one that is sent as its type."""
    arguments = _arguments(case.types, given)
    if not body[0]:
        return case.request(arguments)
    if "body" not in case.types:
        raise NoFitError("no argument for the body")
    if "content_type" in case.types and "*" not in body[0]:
        arguments["content_type"] = argument(body[0], case.types["content_type"])
    requests = [case.request({**arguments, "body": one}) for one in arguments_for(body[1], case.types["body"])]
    return next((one for one in requests if _same_type(body[0], one)), requests[0])


def _arguments(types: dict[str, Any], given: Given) -> dict[str, Any]:
    """The arguments for *given*; NoFitError where the signature has none."""
    found: dict[str, Any] = {}
    for parameter, value in given:
        wanted = _argument_names(parameter)
        free = {one: _plain(one) for one in types if one not in found}
        alike = (one for one, plain in free.items() if plain.rstrip("0123456789") in wanted)  # numbered ones, in order
        name = next((one for one, plain in free.items() if plain in wanted), None) or next(alike, None)
        if name is None:
            raise NoFitError(f"no argument for the {parameter['in']} parameter {parameter['name']}")
        try:
            found[name] = argument(value, types[name])
        except NoFitError as error:
            raise NoFitError(f"argument {name}: {error}: {json.dumps(value)[:80]}") from None
    return found


def _of_parameters(case: Case, request: httpx.Request, given: Given, *, faithful: bool) -> list[str]:
    """
    What openapi-core objects to, and what of *given* is not in the request.

    A *faithful* body is the one that was made, so that the fault is in the made one. Of a form that is not known: there
    openapi-core does not always turn the text of a number, a boolean or an object into one, and of a composed schema it
    reads no field.
    """
    limits = {
        (one["in"], one["name"]): judge_limit(one["in"], one, case.resolved(one.get("schema")), value)
        or ("a parameter that is readOnly" if case.says_read_only(one.get("schema")) else "")
        for one, value in given
    }
    verdict = case.judge.request(request)
    found: list[str] = []
    for one in verdict.objections:
        of_form = request.headers.get("Content-Type", "").partition(";")[0] in FORMS
        known = UNCAST.search(one.text) or UNREAD.match(one.text) or _is_composed(case, request)
        reason = _no_objection(one, limits, faithful=faithful and (not of_form or bool(known)))
        if reason:
            case.result.unjudged[reason] += 1
        else:
            found.append(str(one))
    texts = _texts(request)
    for parameter, value in given:
        place, name = key = parameter["in"], parameter["name"]
        lost = [text for text in leaves(value) if text not in texts[place] and not moment(text)]
        found += [f"{place} parameter {name}: {text!r} is not sent" for text in lost[:1]]
        if parameter.get("style") == "deepObject":
            found += _of_deep(f"{place} parameter {name}", name, value, request.url.query.decode())
        read = verdict.parameters.get(place, {}).get(name)
        if read is None and not (limits[key] or verdict.objections):
            found.append(f"{place} parameter {name} is not sent")
        other = "" if limits[key] or read is None else difference(value, read)
        if other and list(leaves(read)) != list(leaves(value)):
            found.append(f"{place} parameter {name}{other}")
    return found


def _no_objection(one: Objection, limits: dict[tuple[str, str], str], *, faithful: bool) -> str:
    """Why the objection *one* says nothing about the client; empty if it does."""
    if one.subject == "openapi-core" or (one.subject == "body" and faithful):
        return f"the {one.subject} as it was made: {one.text}"
    if "parameter " in one.subject:
        key = (one.subject.partition(" ")[0], one.subject.partition("parameter ")[2])
        absent = "a parameter that was not sent, though none is required" if "Missing" not in one.text else ""
        return limits.get(key, absent)
    return ""


def _texts(request: httpx.Request) -> dict[str, str]:
    """What stands in each place of the request, percent-decoded."""
    pairs = parse_qsl(request.url.query.decode(), keep_blank_values=True)
    return {
        "path": request.url.path,
        "query": "\n".join(f"{name}={value}" for name, value in pairs),
        "header": "\n".join(f"{name}={value}" for name, value in request.headers.items()),
        "cookie": unquote(request.headers.get("Cookie", "")),
    }


def _of_body(case: Case, request: httpx.Request, kind: str, value: Any) -> list[str]:
    """How the body of the request is not *value*."""
    text = request.read().decode()
    content = case.resolved(case.operation.node["requestBody"])["content"]
    instead = [one for one in content if "*" in kind and "*" not in one]  # a range may be left out beside them
    if not any(_same_type(one, request) for one in [kind, *instead]):
        return [f"is sent as {request.headers.get('Content-Type', 'nothing')}"]
    if is_json(kind) and value != "some text":
        other = difference(value, json.loads(text or "null"), case.defaults)
        return [f"body{other}"] if other else []
    sent = text + ("\n".join(map(str, parse_qsl(text))) if "urlencoded" in kind else "")
    lost = [leaf for leaf in leaves(value) if leaf not in sent and not moment(leaf)]
    styles = content[kind].get("encoding", {}) if "urlencoded" in kind else {}  # in other forms OpenAPI ignores them
    deep = [name for name, one in styles.items() if one.get("style") == "deepObject"]
    fields = value if isinstance(value, dict) else {}
    faults = [fault for name in deep if name in fields for fault in _of_deep("body", name, fields[name], text)]
    if "multipart" in kind:
        sent_fields = [name for name, one in fields.items() if list(leaves(one))]
        faults += [f"body/{name} is lost" for name in sent_fields if f'name="{name}"' not in text]
    return [f"body: {leaf!r} is not sent" for leaf in lost[:1]] + faults


def _is_composed(case: Case, request: httpx.Request) -> bool:
    """Whether the fields of the form that is sent stand in an allOf, a oneOf or an anyOf."""
    content = case.resolved(case.operation.node.get("requestBody")).get("content", {})
    sent = [media for kind, media in content.items() if _same_type(kind, request)]
    return any(case.resolved(media.get("schema")).keys() & {"allOf", "oneOf", "anyOf"} for media in sent)


def _of_deep(subject: str, name: str, value: Any, sent: str) -> list[str]:
    """How the pairs of *sent* for the field or parameter *name* in the style deepObject are not those of *value*."""
    pairs = [(key, text) for key, text in parse_qsl(sent, keep_blank_values=True) if key.partition("[")[0] == name]
    wanted, found = ({(key, moment(text) or text) for key, text in each} for each in (deep_pairs(name, value), pairs))
    lost = [f"{subject}: {pair} is not sent" for pair in sorted(wanted - found, key=str)]
    return (lost + [f"{subject}: {pair} is sent without need" for pair in sorted(found - wanted, key=str)])[:1]


def _same_type(kind: str, request: httpx.Request) -> bool:
    """Whether *request* has the content type *kind*, or a concrete one of that range."""
    sent = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    wanted = re.escape(kind.partition(";")[0].strip().lower()).replace(r"\*", "[^*]+")
    return bool(re.fullmatch(wanted, sent))


def is_json(kind: str) -> bool:
    """Whether a body of this content type is JSON; one of any type is taken for it."""
    return "json" in kind or kind in {"*/*", "application/*"}


def _plain(name: str) -> str:
    """*name* as far as it is the same in the document and in Python."""
    return re.sub(r"[^a-z0-9]", "", name.lower())
