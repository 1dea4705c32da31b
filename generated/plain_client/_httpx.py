# Generated from generator/emit/runtime by codegen.py.
"""The one place of this package that imports httpx: httpx, or httpx2 with JOBWAIT_HTTP=httpx2 in the environment."""

import os
from typing import TYPE_CHECKING

_CHOSEN = os.environ.get("JOBWAIT_HTTP") or "httpx"

if TYPE_CHECKING or _CHOSEN == "httpx":
    import httpx
elif _CHOSEN == "httpx2":
    try:
        import httpx2 as httpx
    except ModuleNotFoundError as error:
        if error.name != "httpx2":
            raise
        raise ModuleNotFoundError(
            "JOBWAIT_HTTP=httpx2 needs a package that is not installed: pip install httpx2, or 'jobwait[httpx2]'",
            name="httpx2",
        ) from None
else:
    raise ImportError(f"JOBWAIT_HTTP={_CHOSEN!r} is not known: it may be httpx or httpx2.", name="httpx")

__all__ = ["httpx"]
