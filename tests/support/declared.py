"""Declarations for tests."""

from typing import Any

from jobwait.service import DeclaredService, load

KEY = "k" * 24
RENDERS: dict[str, Any] = {
    "name": "renders",
    "server": "https://api.example.com/v1",
    "key": {"header": "x-api-key"},
    "poll": {"path": "/renders/{id}"},
    "state": {
        "path": "data.status",
        "queued": ["queued"],
        "running": ["rendering"],
        "succeeded": ["done"],
        "failed": ["error"],
        "canceled": ["cancelled"],
        "needs_input": ["requires_action"],
    },
    "reason": "error.message",
    "submit": {"path": "/renders", "id": "data.id"},
    "cancel": {"path": "/renders/{id}/cancel"},
    "list": {"path": "/renders", "items": "data", "id": "data.id"},
    "interval": 5,
}


def declared(**changes: Any) -> DeclaredService:
    """The service of RENDERS with *changes*; None leaves a field out."""
    given = {**RENDERS, **changes}
    if changes.get("rules") and "state" not in changes:
        del given["state"]
    return load({name: value for name, value in given.items() if value is not None})


def renders() -> DeclaredService:
    """The service of RENDERS."""
    return load(RENDERS)
