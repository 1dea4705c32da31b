"""A key that a server repeats is found in every spelling, and taken out where it stands."""

import gzip
import html
import json
from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote

import pytest

from jobwait._http.redaction import Secret

KEYS = ["sk-live-AbCd/EfGh+IjKl==", "sk-CANARY-9f8e7d6c5b4a3210", 'a"b\\c~{&%41}xyz', "plainletters"]


def each(key, form):
    """*key* with each character in the *form* of format(), which gets its code."""
    return "".join(form.format(ord(char)) for char in key)


FORMS = {
    "plain": lambda key: key,
    "in JSON": lambda key: json.dumps(key)[1:-1],
    "slash escaped": lambda key: json.dumps(key)[1:-1].replace("/", "\\/"),
    "\\u": lambda key: each(key, "\\u{:04x}"),
    "\\U capitals": lambda key: each(key, "\\u{:04X}"),
    "\\x": lambda key: each(key, "\\x{:02x}"),
    "\\u{}": lambda key: each(key, "\\u{{{:x}}}"),
    "\\u in JSON in JSON": lambda key: json.dumps(json.dumps(each(key, "\\u{:04x}"))),
    "percent": lambda key: quote(key, safe=""),
    "all percent": lambda key: each(key, "%{:02x}"),
    "percent capitals": lambda key: each(key, "%{:02X}"),
    "double percent": lambda key: quote(quote(key, safe=""), safe=""),
    "percent four times": lambda key: each(key, "%252525{:02x}"),
    "escape()": lambda key: each(key, "%u00{:02x}"),
    "percent of \\u": lambda key: quote(each(key, "\\u{:04x}")),
    "HTML": html.escape,
    "HTML numbers": lambda key: each(key, "&#{};"),
    "HTML numbers with zeros": lambda key: each(key, "&#000{};"),
    "HTML hexadecimal": lambda key: each(key, "&#x{:X};"),
    "HTML twice": lambda key: html.escape(each(key, "&#{};")),
    "HTML names": lambda key: html.escape(key).replace("/", "&sol;").replace("+", "&plus;").replace("=", "&equals;"),
    "HTML in JSON": lambda key: each(key, "\\u0026#{};"),
    "base64": lambda key: b64encode(key.encode()).decode(),
    "Basic": lambda key: b64encode(f"user:{key}".encode()).decode(),
    "Basic, as the name": lambda key: b64encode(f"{key}:".encode()).decode(),
    "base64 of Bearer": lambda key: b64encode(f"Bearer {key}\n".encode()).decode(),
    "base64 for addresses": lambda key: urlsafe_b64encode(f"u:{key}".encode()).decode(),
    "base64 in percent": lambda key: quote(b64encode(f"u:{key}".encode()).decode(), safe=""),
    "hexadecimal": lambda key: key.encode().hex(),
    "HEXADECIMAL": lambda key: key.encode().hex().upper(),
    "UTF-7": lambda key: "+" + b64encode(key.encode("utf-16-be")).decode().rstrip("=") + "-",
}


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "utf-32"])
def test_a_key_in_each_spelling_is_redacted_in_place(encoding, form, key):
    """What stands around it stays, in the encoding of the body; in a success too."""
    secret = Secret(key.encode())
    body = f'{{"a": "é {FORMS[form](key)}!", "b": "{FORMS[form](key)} \\u00e9"}}'.encode(encoding)
    redacted = secret.redact(body, good=True)
    shown = redacted.decode(encoding)
    assert 2 == shown.count("[key]")
    assert shown.startswith('{"a": "é ')
    assert shown.endswith(' \\u00e9"}')
    assert secret.is_in(body)
    assert not secret.is_in(redacted)


def test_a_body_with_several_spellings_loses_all():
    """One after the other."""
    body = " ".join(form(KEYS[1]) for form in FORMS.values()).encode()
    assert not Secret(KEYS[1].encode()).is_in(Secret(KEYS[1].encode()).redact(body))


def test_what_holds_no_key_is_unchanged():
    """Escapes that decode to something else, and each beginning of the key."""
    secret = Secret(KEYS[1].encode())
    for text in [*(KEYS[1][:-1] + end for end in ("", "x", "%", "\\u00", "&#4")), *FORMS, "\\n\\u00e4 100% &amp; \0\0"]:
        assert text.encode() == secret.redact(text.encode())


def test_a_short_key_stays_in_a_success_and_goes_from_an_error():
    """It may be a word of its own."""
    assert b"job abc" == Secret(b"abc").redact(b"job abc", good=True)
    assert b"job [key]" == Secret(b"abc").redact(b"job \\u0061bc")


def test_a_compressed_body_that_no_header_declares_is_left_out_if_it_has_the_key():
    """Whoever reads the error could inflate it."""
    secret = Secret(KEYS[0].encode())
    assert b"[key]" == secret.redact(gzip.compress(f"x {KEYS[0]}".encode()))
    harmless = gzip.compress(b"harmless")
    assert harmless == secret.redact(harmless)
    assert harmless[:-9] == secret.redact(harmless[:-9])
