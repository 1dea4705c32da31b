"""Removes parts of an overlay from its text; comments and layout of the rest stay as they are."""

import re
from collections.abc import Sequence

from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode

from generator.spec.overlays.published import Path
from generator.spec.yaml_places import compose

Entry = tuple[CollectionNode, Node, Node]  # of a collection: the collection, where the entry begins, and its value


class NotRemovableError(Exception):
    """A part that cannot be removed from the text: it is an alias, or has an anchor that others need."""


def removed(text: str, parts: Sequence[Path]) -> str:
    """*text* without *parts*, places in its value in order; the caller checks what the rest means."""
    try:
        for part in reversed(parts):
            text = _without(text, part)
    except (YAMLError, LookupError, ValueError):
        raise NotRemovableError from None
    return text


def _without(text: str, part: Path) -> str:
    holder, begins, value = _entry(compose(text), part)
    if holder.flow_style:
        start, end = _flow_range(text, begins.start_mark.index, value.end_mark.index)
        return text[:start] + text[end:]
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)  # other characters end no line of YAML
    first, last = _block_range(lines, begins, value)
    return "".join(lines[:first] + lines[last:])


def _entry(root: Node, part: Path) -> Entry:
    """The last entry on the way *part* through *root*."""
    begins = value = root
    holder: CollectionNode | None = None
    for step in part:
        holder = value if isinstance(value, CollectionNode) else None
        if isinstance(holder, MappingNode):
            begins, value = next((name, value) for name, value in holder.value if name.value == step)
        elif isinstance(holder, CollectionNode):
            begins = value = holder.value[int(step)]
        else:
            raise NotRemovableError
    if holder is None:
        raise NotRemovableError
    return holder, begins, value


def _flow_range(text: str, start: int, end: int) -> tuple[int, int]:
    """*start* to *end* with the comma behind and the space that follows, or else with the comma before."""
    behind = len(text) - len(text[end:].lstrip())
    if text[behind : behind + 1] == ",":
        return start, len(text) - len(text[behind + 1 :].lstrip())
    before = len(text[:start].rstrip())
    return (before - 1 if text[before - 1] == "," else start), end


def _block_range(lines: list[str], begins: Node, value: Node) -> tuple[int, int]:
    """The lines of an entry, with the comments right above it, and with the empty lines that follow it."""
    first, last = begins.start_mark.line, _last_line(value, begins) + 1
    if lines[first][: begins.start_mark.column].strip() not in {"", "-"}:
        raise NotRemovableError
    indent = len(lines[first]) - len(lines[first].lstrip())
    while first and lines[first - 1].lstrip().startswith("#") and _indent(lines[first - 1]) == indent:
        first -= 1
    while last < len(lines) and not lines[last].strip():
        last += 1
    if last == len(lines):
        while first and not lines[first - 1].strip():
            first -= 1
    return first, last


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _last_line(node: Node, begins: Node) -> int:
    """The last line with a part of *node*; the end of a block is behind the empty lines and comments that follow it."""
    if isinstance(node, CollectionNode) and not node.flow_style and node.value:
        inner = node.value[-1]
        return _last_line(*reversed(inner)) if isinstance(node, MappingNode) else _last_line(inner, inner)
    end = node.end_mark
    block = isinstance(node, ScalarNode) and node.style in {"|", ">"}
    return max(int(begins.start_mark.line), int(end.line) - (1 if block and end.column == 0 else 0))
