"""Lines of a given width: paragraphs, names beside what they mean, and command lines that can be pasted."""

import re
import shutil
import textwrap
from collections.abc import Callable, Iterable, Sequence
from typing import Final

_INDENT: Final = "  "
_WIDEST: Final = 100  # columns; longer lines are hard to read
_NARROWEST: Final = 40
_NARROW: Final = 64  # columns; below that each meaning is under its name
_WORD: Final = r"""(?:[^\s"']|"[^"]*"|'[^']*')+"""
_PARTS: Final = re.compile(rf"--[\w-]+ (?!-){_WORD}|{_WORD}")  # an option and its value are one


def columns() -> int:
    """The width of a page on this terminal, which COLUMNS can set; 80 where there is none."""
    return min(_WIDEST, max(_NARROWEST, shutil.get_terminal_size((80, 24)).columns))


def paragraph(text: str, width: int, indent: str = "") -> list[str]:
    """*text* in lines of at most *width*, broken between words only."""
    return _wrapped(" ".join(text.split()), width, indent, indent)


def definitions(
    rows: Sequence[tuple[str, str]], width: int, style: Callable[[str], str] = str, widest: int = 28
) -> list[str]:
    """
    Each name of *rows*, in that *style*, and what it means: beside it, or below it where there is no room.

    A name of more than *widest* columns has a line of its own.
    """
    longest = min(widest, max(len(name) for name, _ in rows))
    column = len(_INDENT) * 3 if width < _NARROW else longest + 2 * len(_INDENT)
    lines: list[str] = []
    for name, meaning in rows:
        names = paragraph(name, width, _INDENT)
        text = paragraph(meaning, width, " " * column)
        beside = bool(text) and len(names) == 1 and len(names[0]) <= column - len(_INDENT)
        styled = [_INDENT + style(line.strip()) for line in names]
        if beside:
            styled[0] += text.pop(0)[len(names[0]) :]
        lines += [*styled, *text]
    return lines


def command_line(text: str, width: int) -> list[str]:
    """A command line in lines of at most *width*, each but the last with the backslash that continues it."""
    lines: list[str] = []
    for word in _PARTS.findall(text):
        if lines and len(f"{lines[-1]} {word} \\") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(f"{_INDENT * (2 if lines else 1)}{word}")
    return [*(f"{line} \\" for line in lines[:-1]), *lines[-1:]]


def usage(words: Iterable[str], width: int) -> list[str]:
    """The *words* of a usage line, each of them on one line."""
    joined = " ".join(word.replace(" ", "\0") for word in words)
    return [line.replace("\0", " ") for line in _wrapped(joined, width, "", _INDENT * 2)]


def _wrapped(text: str, width: int, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
