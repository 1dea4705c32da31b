"""
Finds a key in text, however a server spelled it.

JSON escapes, percent-encoding and HTML entities, also one in the other; UTF-16 and UTF-32; base64 and hexadecimal.
"""

import re
from base64 import b64encode
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import lru_cache
from html.entities import html5
from typing import Final

_ROUNDS: Final = 5  # decodings that are tried: one for each spelling in another
_SURE: Final = 12  # characters; a shorter piece of base64 may be a word
_SIGNS: Final = (b"\\", b"%", b"&", b"\0")  # text without these has no escapes
_NUL: Final = re.compile(rb"\x00+")  # what UTF-16 and UTF-32 have between the letters of a key
# One escape, as often escaped itself as it likes: \\\\u0061, %252561, &amp;amp;#97; re finds its first character fast.
_HEX: Final = rb"[2-7][0-9a-fA-F]"  # of printable ASCII
_ESCAPE: Final = re.compile(
    rb"""
      \\ (?<!\\\\) \\*+ (?: (?:u00|U0{6}|x) (?P<h1>%(hex)b) | u\{0*(?P<h2>%(hex)b)\} | (?P<p>[!-/:-@\[\]-`{-~])
                        | (?<=\\\\) )
    | %% (?P<p25>25)*+ (?: (?:u00)? (?P<h3>%(hex)b) | (?<=25) )
    | & (?P<pamp>amp;)*+ (?: \#0*+(?P<d>[0-9]{2,3})\b;? | \#[xX]0*+(?P<h4>%(hex)b)\b;? | (?P<n>[a-zA-Z]{2,8});
                           | (?<=amp;) )
    """
    % {b"hex": _HEX},
    re.VERBOSE,
)


def spans(content: bytes, value: bytes) -> list[tuple[int, int]]:
    """Where *value* is in *content*, in the spelling with the fewest decodings; empty if it is in none."""
    if is_absent(content, value):
        return []
    wanted, text = _wanted(value), content
    decodings: list[tuple[re.Pattern[bytes], bytes]] = []
    for pattern in (None, _NUL, *(_ESCAPE,) * _ROUNDS):
        if pattern is not None:
            decoded = pattern.sub(_char, text)
            if decoded == text and pattern is _ESCAPE:
                break
            decodings.append((pattern, text))
            text = decoded
        found = sorted(place for one in wanted for place in _places(text, one))
        if found:
            for origin in [_origins(*one) for one in reversed(decodings)]:
                found = [(origin(start), origin(end)) for start, end in found]
            return found
        if not any(sign in text for sign in _SIGNS):
            break
    return []


def is_absent(content: bytes, value: bytes) -> bool:
    """Whether *value* is certainly not in *content*, as nothing there is escaped; few responses need a closer look."""
    for one in _wanted(value):  # loops: they take a quarter of what any() does
        if one in content:
            return False
    for sign in _SIGNS:  # noqa: SIM110 - the same
        if sign in content:
            return False
    return True


def replaced(content: bytes, value: bytes, by: bytes) -> bytes:
    """*content* with *by* in place of *value*, in each of its spellings."""
    for _ in range(_ROUNDS + 3):
        found = spans(content, value)
        if not found:
            return content
        parts, done = [], 0
        for start, end in found:
            if start >= done:
                parts += [content[done:start], _as_wide(by, content[start:end])]
            done = max(done, end)
        content = b"".join((*parts, content[done:]))
    return by


@lru_cache(maxsize=16)
def _wanted(value: bytes) -> tuple[bytes, ...]:
    """What is looked for in place of *value*: itself, and what no decoding above would find."""
    plain = value
    for _ in range(_ROUNDS):
        plain = _ESCAPE.sub(_char, plain)
    wide = value.decode("latin-1")
    cores = [core for one in (value, wide.encode("utf-16-be"), wide.encode("utf-16-le")) for core in _cores(one)]
    safe = [core.translate(bytes.maketrans(b"+/", b"-_")) for core in cores]
    spelled = [*cores, *safe, value.hex().encode(), value.hex().upper().encode()]
    sure = [one for one in (plain, *spelled) if len(one) >= _SURE]
    return tuple(dict.fromkeys((value, *sure)))


def _cores(value: bytes) -> Iterator[bytes]:
    """The base64 of *value* without what depends on its neighbors, for each of the three places that it may have."""
    for shift, lead in ((0, 0), (1, 2), (2, 3)):
        yield b64encode(bytes(shift) + value)[lead : (shift + len(value)) * 8 // 6]


def _places(text: bytes, one: bytes) -> Iterator[tuple[int, int]]:
    at = text.find(one) if one else -1
    while at >= 0:
        yield at, at + len(one)
        at = text.find(one, at + len(one))


def _char(match: re.Match[bytes]) -> bytes:
    """What an escape stands for; itself, if that is no printable ASCII character, of which keys are made."""
    kind, said = match.lastgroup, match[match.lastgroup] if match.lastgroup else b""
    if kind is None:
        return match[0][:1] if match[0][0] else b""  # of backslashes one, of NULs none
    if kind in {"p25", "pamp"}:  # %25 and &amp;
        return match[0][:1]
    if kind == "p":
        return said
    if kind == "n":
        name = said.decode()
        char = html5.get(f"{name};") or html5.get(f"{name.lower()};") or ""
        return char.encode() if len(char) == 1 and char.isascii() else match[0]
    code = int(said, 10 if kind == "d" else 16)
    return bytes((code,)) if 0x20 <= code <= 0x7E else match[0]


def _origins(pattern: re.Pattern[bytes], text: bytes) -> Callable[[int], int]:
    """A function that gives the place in *text* of a place in what *pattern* made of it."""
    firsts, sizes, starts, ends = [], [], [], []
    shift = 0
    for match in pattern.finditer(text):
        size = len(_char(match))
        firsts.append(match.start() - shift)  # where it is in the decoded text
        sizes.append(size)
        starts.append(match.start())
        ends.append(match.end())
        shift += match.end() - match.start() - size

    def origin(at: int) -> int:
        number = bisect_right(firsts, at) - 1
        if number < 0:
            return at
        beyond = at - firsts[number] - sizes[number]
        return starts[number] if beyond < 0 else ends[number] + beyond

    return origin


def _as_wide(by: bytes, was: bytes) -> bytes:
    """*by* in as many bytes a character as *was*, so that UTF-16 stays UTF-16."""
    gap = bytes(3 if b"\0\0" in was else 1 if b"\0" in was else 0)
    return b"".join(bytes((char,)) + gap for char in by)
