"""Simple JMESPath expressions about an operation's output, as paths in its JSON answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from jobwait._declared.importers.converted import Unsayable, body_path
from jobwait._declared.importers.smithy_model import Model
from jobwait._declared.vocabulary.answer_path import ANY

_STEP: Final = re.compile(r'(?:^|\.)(?:"([^"\\]+)"|([A-Za-z_]\w*)|(\*))|\[(\d*|\*)\]')
_ELSEWHERE: Final = ("httpHeader", "httpPrefixHeaders", "httpResponseCode")


def output_path(model: Model, operation: Mapping[str, Any], expression: str) -> tuple[str, bool]:
    """The path that *expression* is in the answer of *operation*, and whether it has many values; raises Unsayable."""
    steps = _steps(expression)
    shape, named = model.target(operation.get("output")), []
    for step in steps:
        if isinstance(step, int) or step == ANY:
            named.append(step)
            shape = model.target(shape.get("member") or shape.get("value"))
            continue
        member = shape.get("members", {}).get(step, {})
        traits = {name.removeprefix("smithy.api#"): value for name, value in member.get("traits", {}).items()}
        if any(one in traits for one in _ELSEWHERE):
            raise Unsayable(f"reads {step}, which is not in the body of the answer")
        if "httpPayload" not in traits:
            named.append(traits.get("jsonName", step))
        shape = model.target(member)
    return body_path(named), ANY in named


def _steps(expression: str) -> list[Any]:
    """The steps of a path; [] and [*] are any item."""
    steps: list[Any] = []
    position = 0
    while position < len(expression):
        match = _STEP.match(expression, position)
        if match is None:
            raise Unsayable(f"has the expression {expression!r}")
        quoted, name, star, item = match.groups()
        steps.append(ANY if star or item in {"", ANY} else quoted or name or int(item))
        position = match.end()
    return steps
