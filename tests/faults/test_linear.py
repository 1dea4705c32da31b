"""No work is more than linear in what a server sends: regular expressions, bodies, redaction, errors."""

import ast
import gzip
import importlib
import json
import re
from functools import partial
from itertools import product
from pathlib import Path
from re import _parser as parser  # how re itself reads a pattern
from time import thread_time_ns
from types import SimpleNamespace

import pytest
from generator.publish.verify import SENTENCES

from jobwait import Policy, fryte
from jobwait._http.attempt import Attempt
from jobwait._http.redaction import HiddenHeaders, Secret
from jobwait.sandbox.fryte import api as fryte_api
from jobwait.sandbox.promptforge import api as promptforge_api
from jobwait.testing import Reply, simulate
from jobwait.testing.path_template import fits
from promptforge_client import _decode as decode

ROOT = Path(__file__).parents[2]
CALLS = {"compile", "search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn"}
ONE_POSITION = {"match", "fullmatch"}  # the others try each position of the text
UUID = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
# What calls get as their pattern from elsewhere, by file and expression.
GIVEN = {
    ("src/jobwait/sandbox/input_checks.py", "pattern"): ["", UUID, fryte_api._TIME, promptforge_api._PROVIDER],
    ("generator/publish/verify.py", "pattern"): [pattern for pattern, _ in SENTENCES],
    ("generator/emit/runtime/_decode.py", "text"): [decode.UUID_TEXT, decode.DATE_TEXT, decode.DATE_TIME_TEXT],
}
# What local variables hold in patterns that functions make of them.
VARIABLES = {
    "names": ["QUEUED", "a1"],
    "collection": "/v1/jobs",
    "singular": "/v1/job",
    "found": SimpleNamespace(collection="/v1/jobs"),
    "below": r"/v1/jobs/\{[^{}]*\}(/[^{}]*)?",
    "form": r"[A-Za-z0-9._~/-]*",
    "one": r"https://[^/?#@]*\.example\.com/[^/?#@]*",
}
SMALL, GROWTH = 600, 8  # characters; how many times as many the long text has
MOST = 24  # times the CPU time for GROWTH times the text: 8 is linear, 64 quadratic
CHARS = "a1 -_./:\\ABCDEF%&=<>{}[]()'\"`*;,#u\x00\x85\u200b\u201c\u2028\ud800"


def patterns_of(path):
    """(place, pattern, tries one position) of each regular expression in the file *path*."""
    name = path.relative_to(ROOT).as_posix()
    module = name.removeprefix("src/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        called = node.func if isinstance(node, ast.Call) else None
        if not isinstance(called, ast.Attribute) or ast.unparse(called.value) != "re" or called.attr not in CALLS:
            continue
        source = ast.unparse(node.args[0])
        names = vars(importlib.import_module(module)) if not isinstance(node.args[0], ast.Constant) else {}
        given = GIVEN.get((name, source)) or [eval(source, VARIABLES | names)]  # noqa: S307 - source of ours
        flags = (
            node.args[1:2] if called.attr == "compile" else [one.value for one in node.keywords if one.arg == "flags"]
        )
        methods = {called.attr} - {"compile"} or _methods(tree, node)
        for pattern in given:
            compiled = re.compile(pattern, sum(eval(ast.unparse(one), {"re": re}) for one in flags))  # noqa: S307
            yield f"{name}: {pattern}", compiled, bool(methods) and methods <= ONE_POSITION


def _methods(tree, compiled):
    """The methods that are called in its module on the pattern that the call *compiled* makes."""
    made = [one for one in ast.walk(tree) if isinstance(one, ast.Assign | ast.AnnAssign) and one.value is compiled]
    names = {ast.unparse(one.target if isinstance(one, ast.AnnAssign) else one.targets[0]) for one in made}
    return {one.attr for one in ast.walk(tree) if isinstance(one, ast.Attribute) and ast.unparse(one.value) in names}


def files():
    """Our source files."""
    return sorted([*(ROOT / "src").rglob("*.py"), *(ROOT / "generator").rglob("*.py"), ROOT / "codegen.py"])


PATTERNS = [one for path in files() for one in patterns_of(path)]


def samples(parsed):
    """Texts that *parsed*, a part of a pattern, matches: one for each branch, with what is optional and without."""
    found = [""]
    for kind, value in parsed:
        match str(kind):
            case "LITERAL":
                ways = [chr(value)]
            case "NOT_LITERAL" | "ANY" | "IN":
                ways = [char for char in CHARS if _takes(str(kind), value, char)][:2]
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                ways = [text * max(1, value[0]) for text in samples(value[2])] + ([""] if not value[0] else [])
            case "SUBPATTERN":
                ways = samples(value[3])
            case "ATOMIC_GROUP":
                ways = samples(value)
            case "BRANCH":
                ways = [text for branch in value[1] for text in samples(branch)]
            case _:
                ways = [""]  # positions and assertions
        found = [text + way for text in found for way in ways][:40]
    return found


def _takes(kind, value, char):
    if kind == "ANY":
        return True
    if kind == "NOT_LITERAL":
        return ord(char) != value
    items = {str(one): of for one, of in value}
    taken = any(_item(str(one), of, char) for one, of in value)
    return taken != ("NEGATE" in items)


def _item(kind, value, char):
    match kind:
        case "LITERAL":
            return ord(char) == value
        case "RANGE":
            return value[0] <= ord(char) <= value[1]
        case "CATEGORY":
            name = str(value).removeprefix("CATEGORY_").removeprefix("NOT_")
            here = {"DIGIT": char.isdigit(), "SPACE": char.isspace(), "WORD": char.isalnum() or char == "_"}[name]
            return here != ("NOT_" in str(value))
        case _:
            return False


def pumps(pattern):
    """Pairs of a start and a text to repeat: what the pattern and each of its beginnings match, and each part of it."""
    source = pattern.pattern
    parsed = parser.parse(source if isinstance(source, str) else source.decode("latin-1"), pattern.flags & re.VERBOSE)
    whole = [""]
    pairs = {}
    for at in range(len(parsed)):
        starts, parts = samples(parsed[:at])[:2], samples(parsed[at : at + 1])
        parts += [text for inner in _inner(parsed[at]) for text in samples(inner)[:6]]
        pairs |= dict.fromkeys((start, part) for start in ["", *starts] for part in parts[:8] if part)
        whole = samples(parsed[: at + 1])[:8]
        pairs |= dict.fromkeys(("", text) for text in whole if text)
        pairs |= dict.fromkeys(("", text + part) for text in whole for part in (" ", "a", "<", "\n", "-") if text)
    return list(pairs)[:80]


def _inner(node):
    """The parts of a group or repetition, and what they begin with."""
    kind, value = str(node[0]), node[1]
    inside = {"SUBPATTERN": 3, "MAX_REPEAT": 2, "MIN_REPEAT": 2, "POSSESSIVE_REPEAT": 2}
    if kind in inside:
        sub = value[inside[kind]]
        yield from (sub[:at] for at in range(1, len(sub) + 1))
        for one in sub:
            yield from _inner(one)
    if kind == "BRANCH":
        for sub in value[1]:
            yield from (sub[:at] for at in range(1, len(sub) + 1))


def cpu(work, text):
    """The CPU time that *work* takes for *text*, in nanoseconds: the lower of two."""
    times = []
    for _ in range(2):
        began = thread_time_ns()
        work(text)
        times.append(thread_time_ns() - began)
    return min(times)


def grows(work, make, small=SMALL):
    """Whether CPU time grows more than linearly in each of three measurements, if *make* makes the text of a length."""
    short, long = make(small), make(small * GROWTH)
    return all(cpu(work, long) > MOST * max(cpu(work, short), 5_000) for _ in range(3))


def worst(pattern, one_position):
    """A start and a text to repeat for which CPU time grows more than linearly, in each of three measurements."""
    run = pattern.fullmatch if one_position else lambda text: list(pattern.finditer(text))
    work = run if isinstance(pattern.pattern, str) else lambda text: run(text.encode("latin-1", "replace"))
    pairs = (pair for pair in pumps(pattern) if grows(work, repeated(*pair)))
    return next(pairs, None)


def repeated(start, pump):
    """Makes a text of about a length: *start*, then *pump* again and again, then what hardly any pattern takes."""
    return lambda length: start + pump * (length // len(pump) + 1) + "\x00"


def test_every_module_that_uses_re_is_searched():
    """Nothing imports parts of re under another name, so that no pattern is missed."""
    for path in files():
        text = path.read_text()
        assert not re.search(r"^\s*(from re import|import re as)", text, re.MULTILINE), path
    assert len(PATTERNS) > 60


@pytest.mark.parametrize(
    "pattern",
    [
        r"(https?:\\?/\\?/[^\s?\"'<>]*)\?[^\s\"'<>]*",
        r"(\d{1,3})\s*[=:-]\s*([A-Za-z][\w -]*?)(?=[,;.)\n]|$| \d)",
        r"\{([^}]*)\}",
        r"(done|finished)(_?\w*)?$",
        r"\s+\[[\w-]+\]$",
        r"<\S+ object at 0x[0-9a-f]+> ?",
    ],
)
def test_a_quadratic_pattern_is_found(pattern):
    """Six that once were here: the measurement sees each."""
    assert worst(re.compile(pattern), False)


@pytest.mark.parametrize(("place", "pattern", "one_position"), PATTERNS, ids=[one[0] for one in PATTERNS])
def test_each_pattern_is_linear(place, pattern, one_position):
    """Eight times the text takes about eight times the CPU time, whatever part of what it matches is repeated."""
    assert None is worst(pattern, one_position), place


def sink(headers=(), limit=1 << 26):
    """Takes the body of a response, in chunks."""

    def take(chunks):
        attempt = Attempt(None, "GET", "http://127.0.0.1/", HiddenHeaders(), Secret(b"k" * 20), 1.0, {}, limit)
        attempt.begin_raw(200, [], headers)
        for chunk in chunks:
            attempt.take(chunk)
        attempt.end()
        return attempt.body

    return take


KEY = b"sk-aaaaaaaaaaaaaaaaaaaab"


@pytest.mark.parametrize(
    "pump",
    [
        *(
            KEY,
            KEY[:-1],
            b"a",
            b"\\",
            b"\\u0061",
            b"\\\\u0061",
            b"%",
            b"%25",
            b"%2561",
            b"%61",
            b"&amp;",
            b"&#97;",
            b"&#0",
        ),
        *(
            b"\0",
            b"a\0",
            b"\0\0\0a",
            b"=",
            b"YWFh",
            b"%26amp;",
            b"\\u0025",
            b"&amp;#37;25",
            b"\\u{0",
            KEY.hex().encode(),
        ),
        *(KEY.decode().encode("utf-16"), KEY.replace(b"a", b"\\u0061"), KEY.replace(b"a", b"%252561")),
    ],
)
def test_redaction_is_linear(pump):
    """Of a key in any spelling, of the start of a key, and of escapes in escapes."""
    assert not grows(Secret(KEY).redact, lambda length: pump * (length // len(pump)), 4_000)


@pytest.mark.parametrize("template", ["/{}", "/{}{}{}", "/{}a{}a{}", "/{}ab{}ab{}b", "/a{}aaab{}a"])
def test_a_path_with_several_braces_is_linear(template):
    """The ids in a path are a client's own, and a part may have several."""
    for pump, end in product(("a", "ab", "aab"), ("", "b", "c", "/")):
        assert not grows(partial(fits, template), lambda size, one=(pump, end): f"/{one[0] * size}{one[1]}")


def test_a_body_byte_by_byte_is_linear():
    """The chunks that a server chooses are not joined one by one."""
    assert b"aaa" == sink()([b"a"] * 3)
    assert not grows(sink(), lambda count: [b"a"] * count, 20_000)


def test_a_compressed_body_of_many_members_is_linear():
    """Also if all of it arrives at once, as from aiohttp."""
    empty = gzip.compress(b"")
    assert b"aa" == sink("gzip")([gzip.compress(b"a") * 2])
    assert not grows(sink("gzip"), lambda count: [empty * count], 400)


@pytest.mark.parametrize(
    "pump", ["http://", "https:\\/\\/", "\\u003f", "\\", " ", "{", "[", '\\"', "a ", "%3F", "&amp;", "\0"]
)
@pytest.mark.parametrize("form", ["detail", "items", "text"])
def test_the_sentence_about_an_error_body_is_linear(form, pump):
    """Of a refusal and of a response that fits no specification; what is not shown is not searched."""

    def wait(body):
        for reply in (Reply(422, body), Reply(200, body)):
            report = simulate(fryte.SERVICE, lambda _, reply=reply: reply, policy=Policy(timeout=1.0))
            str(report.outcome.error)

    def body(length):
        text = pump * (length // len(pump))
        made = {"detail": text} if form == "detail" else {"detail": [{"loc": [text], "msg": text}] * 2}
        return text.encode() if form == "text" else json.dumps(made).encode()

    assert not grows(wait, body, 6_000)
