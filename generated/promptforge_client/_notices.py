# Generated from specs/promptforge/openapi.yaml (sha256 0cf1c9d2980e) by codegen.py; edit the overlay.
"""Deprecation warnings that point at the code that calls this package."""

import sys
import warnings

PACKAGE = __name__.partition(".")[0]


def deprecated(what: str) -> None:
    """Warn that the service deprecates *what*; the warning points at the first caller outside this package."""
    level, frame = 2, sys._getframe(1)  # noqa: SLF001 - the documented way to a caller's frame
    while frame.f_back is not None and str(frame.f_globals.get("__name__", "")).startswith(f"{PACKAGE}."):
        level, frame = level + 1, frame.f_back
    warnings.warn(f"{what} is deprecated by its service.", DeprecationWarning, stacklevel=level)
