# Generated from specs/promptforge/openapi.yaml (sha256 0cf1c9d2980e) by codegen.py; edit the overlay.
"""API keys: what one may be, where a request holds it, and how no text shows it."""

import base64
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Literal, NamedTuple, NoReturn
from urllib.parse import quote

from ._httpx import httpx

Token = str | Callable[[], str]
UserAndPassword = tuple[str, str] | Callable[[], tuple[str, str]]


class KeyPlace(NamedTuple):
    """Where a request holds a key, and what stands before it there; a pair of *kind* "basic" is encoded."""

    location: Literal["header", "query", "cookie"]
    name: str
    prefix: str = ""
    kind: Literal["token", "text", "basic"] = "token"  # "text" may be two words, as in "Token abc"


class ApiKey:
    """A key, or the function that gives it: no repr, no pickle and no traceback with local variables shows it."""

    __slots__ = ("_kind", "_token", "fault", "renews")

    def __init__(self, token: object, kind: str = "token") -> None:
        self._kind = kind
        self._token = token
        self.renews = callable(token)
        self.fault = "" if self.renews else self._fault_of(token)

    @classmethod
    def of(cls, token: object, kind: str = "token") -> "ApiKey":
        """*token* itself if it is such a key already."""
        return token if isinstance(token, ApiKey) else cls(token, kind)

    def __call__(self) -> str:
        """The key as it is now; raises ValueError without it if a request cannot hold it."""
        key, fault = self._read() if self.renews else (None if self.fault else self._token, self.fault)
        if fault:
            raise ValueError(fault)
        return _encoded(key) if self._kind == "basic" else str(key)

    def _read(self) -> tuple[object, str]:
        """What the function gives, or None and what is wrong with it."""
        try:
            key = self._token()  # type: ignore[operator]  # renews: it is a function
        except Exception as error:  # noqa: BLE001 - its message and its frames may contain the key
            return None, f"The function that gives the API key raised {type(error).__name__}."
        fault = self._fault_of(key)
        return (None, fault) if fault else (key, "")

    def _fault_of(self, key: object) -> str:
        return (
            _fault_of_pair(key) if self._kind == "basic" else _fault_of_text(key, spaces=self._kind == "text")
        )

    def __repr__(self) -> str:
        return "<an API key>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("An API key cannot be pickled.")


def _fault_of_text(key: object, *, spaces: bool) -> str:
    """Why no request can hold *key*, without the key; empty if one can."""
    if not isinstance(key, str):
        return f"The API key must be a string, not {type(key).__name__}."
    if not key:
        return "The API key is empty."
    joined = key.replace(" ", "_", 1) if spaces and key == key.strip() else key
    if not (joined.isascii() and joined.isprintable()) or " " in joined:
        return "The API key holds a space, a line break or another character that a key never has."
    return ""


def _fault_of_pair(pair: object) -> str:
    """Why *pair* is no user name with a password, without either; empty if it is."""
    if not (isinstance(pair, tuple) and [str, str] == [type(one) for one in pair]):  # pyright: ignore[reportUnknownVariableType]
        return "The API key must be a pair of strings, a user name and a password (which may be empty)."
    user, password = pair  # pyright: ignore[reportUnknownVariableType]
    if ":" in user or not (user + password).isprintable():
        return "The API key holds a colon in the user name, or a line break or another character that is never in one."
    return "" if user or password else "The API key is empty."


def _encoded(pair: Any) -> str:
    """The user name and the password as RFC 7617 has them."""
    return base64.b64encode(":".join(pair).encode()).decode("ascii")


class AuthHeaders(dict[str, str]):
    """The header with the API key; its repr does not show it."""

    def __repr__(self) -> str:
        return f"<{', '.join(self)}>"


class Credentials:
    """The keys of one request, where it holds them; no repr shows them."""

    def __init__(self, keys: Iterable[tuple[KeyPlace, str]] = ()) -> None:
        held = list(keys)
        self.headers = AuthHeaders(
            (one.name, one.prefix + key) for one, key in held if one.location == "header"
        )
        self._query = [(one.name, one.prefix + key) for one, key in held if one.location == "query"]
        self._cookies = [(one.name, one.prefix + key) for one, key in held if one.location == "cookie"]
        self.secrets = tuple(key for _, key in held)

    def __repr__(self) -> str:
        return "<the keys of a request>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("The keys of a request cannot be pickled.")

    def put_into(self, request: httpx.Request) -> None:
        """Add the keys to *request*, whose URL and headers do not show them."""
        if self._cookies:
            cookies = [f"{name}={quote(key, safe=COOKIE_SAFE)}" for name, key in self._cookies]
            self.headers["Cookie"] = "; ".join([*request.headers.get_list("cookie"), *cookies])
        if self._query:
            query = "&".join(f"{quote(name, safe='')}={quote(key, safe='')}" for name, key in self._query)
            request.url = KeyedUrl(request.url, query.encode())
        request.headers = QuietHeaders(request.headers, self.headers)
        request.headers.update(self.headers)
        if self.secrets:
            request.extensions["credentials"] = self


COOKIE_SAFE = (
    "!#$&'()*+-./:<=>?@[]^_`{|}~"  # what RFC 6265 allows in a cookie's value, but the % of an escape
)


class KeyedUrl(httpx.URL):
    """A URL whose query has a key at its end, which is sent and which no text shows."""

    def __init__(self, url: httpx.URL, secret: bytes) -> None:
        super().__init__(url)
        self._secret = secret

    @property
    def raw_path(self) -> bytes:
        """Path and query as they are sent, with the key."""
        shown = super().raw_path
        return shown + (b"&" if b"?" in shown else b"?") + self._secret

    def __reduce__(self) -> tuple[Any, ...]:
        """A pickle holds the URL without the key."""
        return httpx.URL, (str(self),)


class QuietHeaders(httpx.Headers):
    """Headers whose repr hides the API keys; httpx itself hides the Authorization headers only."""

    def __init__(self, headers: httpx.Headers | list[tuple[str, str]], hidden: Iterable[str]) -> None:
        super().__init__(headers)
        self._hidden = frozenset(name.lower() for name in hidden)

    def __repr__(self) -> str:
        shown = {name: "[secure]" if name in self._hidden else value for name, value in self.items()}
        return repr(httpx.Headers(shown))

    def copy(self) -> "QuietHeaders":
        return QuietHeaders(self, self._hidden)

    __copy__ = copy

    def __deepcopy__(self, memo: object) -> "QuietHeaders":
        return self.copy()

    def __reduce__(self) -> tuple[Any, ...]:
        """A pickle holds the headers but the API keys."""
        kept = [(name, value) for name, value in self.multi_items() if name not in self._hidden]
        return QuietHeaders, (kept, self._hidden)

    def forget(self) -> None:
        """Remove the API keys."""
        for name in self._hidden:
            self.pop(name, None)


def forget_keys(request: httpx.Request) -> None:
    """Remove the API keys: errors and responses that are logged or pickled contain their request."""
    if isinstance(request.headers, QuietHeaders):
        request.headers.forget()
    request.extensions.pop("credentials", None)
    if isinstance(request.url, KeyedUrl):
        request.url = httpx.URL(str(request.url))


def chosen(alternatives: Collection[tuple[str, ...]], given: Collection[str]) -> tuple[str, ...]:
    """The first of *alternatives* whose keys are all *given*; ValueError that names them if there is none."""
    for names in alternatives:
        if all(name in given for name in names):
            return names
    wanted = ", or ".join(" and ".join(f"{name}=" for name in names) for names in alternatives)
    raise ValueError(f"This operation needs another key: give the client {wanted}.")


def given_keys(places: Mapping[str, KeyPlace], values: Mapping[str, object]) -> dict[str, ApiKey]:
    """The keys among *values* that are not None, as keys for their *places*."""
    return {
        name: ApiKey.of(values[name], place.kind)
        for name, place in places.items()
        if values[name] is not None
    }
