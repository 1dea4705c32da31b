"""What a generated client's specification says about a request: the statuses of a success."""

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jobwait._httpx import httpx
from jobwait.testing.path_template import fits, fixed_text

_METHODS: Final = {"get", "post", "put", "patch", "delete"}


def successes(error: Exception, request: httpx.Request) -> tuple[int, ...]:
    """The statuses of a success that are documented for *request*; empty if the client of *error* has none for it."""
    parts = request.url.path.split("/")
    for method, template, statuses in _operations(type(error).__module__.partition(".")[0]):
        below_base = "/".join(parts[-template.count("/") - 1 :])  # of any base address
        if method == request.method and fits(template, below_base):
            return statuses
    return ()


@cache
def _operations(package: str) -> list[tuple[str, str, tuple[int, ...]]]:
    """Method, path and success statuses of each operation of a generated client; of what fits most paths last."""
    try:
        paths: dict[str, Any] = json.loads(files(package).joinpath("openapi.json").read_text("utf-8"))["paths"]
    except (OSError, ImportError, TypeError, ValueError):
        return []  # no generated client
    return [
        (
            method.upper(),
            path.strip("/"),
            tuple(int(one) for one in operation["responses"] if re.fullmatch("2..", one)),
        )
        for path, item in sorted(paths.items(), key=lambda pair: _breadth(pair[0]))
        for method, operation in item.items()
        if method in _METHODS
    ]


def _breadth(path: str) -> tuple[int, int]:
    """More braces, then less fixed text, fit more paths: /jobs/{id} also fits what /jobs/{id}:cancel does."""
    return path.count("{"), -len(fixed_text(path))
