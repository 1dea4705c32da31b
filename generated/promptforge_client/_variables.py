# Generated from specs/promptforge/openapi.yaml (sha256 0cf1c9d2980e) by codegen.py; edit the overlay.
"""What environment variables hold for a client."""

import os


def required_key(name: str) -> str:
    """The key in the variable *name*; ValueError if it is not set."""
    if not os.environ.get(name):
        raise ValueError(f"{name} is not set: put the API key there.")
    return os.environ[name]


def optional_key(name: str) -> str | None:
    """The key in the variable *name*; None if it is not set."""
    return os.environ.get(name) or None


def required_pair(name: str) -> tuple[str, str]:
    """The user name and the password in the variable *name*, with a colon between them; ValueError if it is not set."""
    user, _, password = required_key(name).partition(":")
    return user, password


def optional_pair(name: str) -> tuple[str, str] | None:
    """The user name and the password in the variable *name*, with a colon between them; None if it is not set."""
    return required_pair(name) if os.environ.get(name) else None


def address(name: str, given: str | None, documented: str = "") -> str:
    """The address that is *given*, else the one in the variable *name*, else the *documented* one."""
    found = given or os.environ.get(name) or documented
    if not found:
        raise ValueError(
            f"{name} is not set, and the documentation names no address: set it or pass base_url=."
        )
    return found
