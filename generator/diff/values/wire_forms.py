"""How the value of a parameter, or of a field of a form, is written: style, explode, content type."""

from generator.diff.values.effective_schema import effective, is_object
from generator.diff.values.media_types import plain_type
from generator.spec.pointers import Document, resolved
from generator.spec.requests.body_encodings import QUERY_KEYWORDS

STYLES = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
FORMS = ("application/x-www-form-urlencoded", "multipart/")  # the kinds of body that have an `encoding`

USUAL = {
    frozenset[str](): "form",
    frozenset({"array"}): "form, explode",
}  # what is sent without encoding; objects are JSON


def parameter_schema(parameter: Document) -> Document:
    """The schema of *parameter*, or of the content that it is written as."""
    medium: Document = next(iter((parameter.get("content") or {}).values()), {})
    return medium.get("schema") or parameter.get("schema") or {}


def parameter_form(document: Document, parameter: Document) -> str:
    """How the value of *parameter* is written: parameters with the same form are sent alike."""
    if parameter.get("content"):
        return plain_type(next(iter(parameter["content"])))
    style = str(parameter.get("style") or STYLES[parameter["in"]])
    explode = bool(parameter.get("explode", style == "form"))
    return _form(document, parameter_schema(parameter), style, explode=explode) + _reserved(parameter)


def field_forms(document: Document, kind: str, medium: Document) -> dict[str, str]:
    """How each field of a form of the content type *kind* is written, where that is not the usual way."""
    if not kind.startswith(FORMS):
        return {}
    fields = effective(document, resolved(document, medium.get("schema") or {})).properties
    forms: dict[str, str] = {}
    for name, encoding in (medium.get("encoding") or {}).items():
        schema = fields.get(name, {})
        if any(keyword in encoding for keyword in QUERY_KEYWORDS):
            style = str(encoding.get("style") or "form")
            explode = bool(encoding.get("explode", style == "form"))
            form = _form(document, schema, style, explode=explode) + _reserved(encoding)
            forms[name] = "" if form == USUAL.get(frozenset(_parts(document, schema))) else form
        else:
            forms[name] = encoding.get("contentType", "")
    return {name: form for name, form in forms.items() if form}


def _form(document: Document, schema: Document, style: str, *, explode: bool) -> str:
    """*style* and *explode* as far as values of *schema* show them: most are alike for a single value."""
    parts = _parts(document, schema)
    if not parts:
        return style if style in {"label", "matrix"} else "form"
    if style == "deepObject" or (style == "simple" and "object" not in parts):
        return style
    return f"{style}, explode" if explode else style


def _reserved(place: Document) -> str:
    return ", allowReserved" if place.get("allowReserved") else ""


def _parts(document: Document, schema: Document, within: frozenset[str] = frozenset()) -> set[str]:
    """`array`, `object` or both, if values of *schema* are such."""
    place = str(schema.get("$ref", ""))
    if place in within:
        return set()
    whole = effective(document, resolved(document, schema))
    members = [*whole.keywords.get("anyOf", []), *whole.keywords.get("oneOf", [])]
    found = {part for member in members for part in _parts(document, member, within | ({place} - {""}))}
    kinds = whole.keywords.get("type")
    return found | ({"array"} if "array" in (kinds or ()) else set()) | ({"object"} if is_object(whole) else set())
