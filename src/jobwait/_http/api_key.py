"""API keys as callers give them, checked whenever they are read and shown by no text."""

from collections.abc import Callable
from typing import Any, NoReturn, TypeAlias

from jobwait.errors import InvalidInput

Key: TypeAlias = str | Callable[[], str]


class Hidden:
    """A *value* that neither a repr nor a pickle nor a traceback with local variables shows."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __repr__(self) -> str:
        return "<hidden>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A key cannot be pickled.")


class HiddenArguments(dict[str, Any]):
    """Arguments with a key; their repr does not show them."""

    def __repr__(self) -> str:
        return "<hidden>"


class ApiKey:
    """
    The key of a client, or the function that gives it, in *key*.

    Raises:
        InvalidInput: it cannot stand in a header; when it is made, or of a function when it is called.

    """

    __slots__ = ("_key", "renews")

    def __init__(self, key: Hidden) -> None:
        self._key = key
        self.renews = callable(key.value)
        if not self.renews:
            _check(key)

    def __call__(self) -> str:
        """The key as it is now."""
        key = self._renewed() if self.renews else self._key
        _check(key)
        return str(key.value)

    def _renewed(self) -> Hidden:
        try:
            return Hidden(self._key.value())
        except Exception as error:  # noqa: BLE001 - its message and its frames may hold the key
            kind = type(error).__name__
        raise InvalidInput(f"The function that gives the API key raised {kind}.")


def _check(key: Hidden) -> None:
    fault = _fault(key.value)
    if fault:
        raise InvalidInput(fault)


def _fault(key: object) -> str:
    """Why *key* cannot stand in a header, without the key; empty if it can."""
    if not isinstance(key, str):
        return f"The API key must be text, or a function that returns it, not {type(key).__name__}."
    if not key:
        return "The API key is empty."
    if not (key.isascii() and key.isprintable()) or key != key.strip():
        return "The API key holds a line break, a space at an end or another character that a key never has."
    return ""
