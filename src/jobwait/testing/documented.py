"""What a generated client's specification says about a request: the statuses of a success."""

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jobwait._httpx import httpx

_METHODS: Final = {"get", "post", "put", "patch", "delete"}


def successes(error: Exception, request: httpx.Request) -> tuple[int, ...]:
    """The statuses of a success that are documented for *request*; empty if the client of *error* has none for it."""
    path = request.url.path
    for method, template, statuses in _operations(type(error).__module__.partition(".")[0]):
        if method == request.method and _fits(template, path):
            return statuses
    return ()


@cache
def _operations(package: str) -> list[tuple[str, list[str], tuple[int, ...]]]:
    """Method, path and success statuses of each operation of a generated client; paths without braces first."""
    try:
        paths: dict[str, Any] = json.loads(files(package).joinpath("openapi.json").read_text("utf-8"))["paths"]
    except (OSError, ImportError, TypeError, ValueError):
        return []  # no generated client
    return [
        (
            method.upper(),
            path.strip("/").split("/"),
            tuple(int(one) for one in operation["responses"] if re.fullmatch("2..", one)),
        )
        for path, item in sorted(paths.items(), key=lambda pair: pair[0].count("{"))
        for method, operation in item.items()
        if method in _METHODS
    ]


def _fits(template: list[str], path: str) -> bool:
    """Whether *path* ends as *template* does, below any base address; a part with braces stands for any text."""
    parts = path.split("/")[-len(template) :]
    return len(parts) == len(template) and all(
        bool(given) if "{" in wanted else given == wanted for wanted, given in zip(template, parts, strict=True)
    )
