# Generated from specs/promptforge/openapi.yaml (sha256 0cf1c9d2980e) by codegen.py; edit the overlay.
"""Clients with API keys: one that stands in a header, or several in the places that the service says."""

from collections.abc import Mapping
from typing import ClassVar

from ._client import BaseClient
from ._keys import ApiKey, AuthHeaders, Credentials, KeyPlace, chosen


class KeyedClient(BaseClient):
    """A client with an API key in a header, which no repr shows and which is checked whenever it is read."""

    auth_prefix: ClassVar[str] = ""

    def _keep_key(self, key: ApiKey) -> None:
        if key.fault:
            raise ValueError(key.fault)
        self.renews_key = key.renews
        self._settings["token"] = self._read_key = key

    def auth_headers(self) -> dict[str, str]:
        """The authentication header with the present key."""
        return AuthHeaders({self.auth_header_name: self.auth_prefix + self._read_key()})


class SeveralKeysClient(BaseClient):
    """A client with the API keys that its operations take: no repr shows one, each is checked whenever it is read."""

    key_places: ClassVar[Mapping[str, KeyPlace]] = {}
    renews_key = True  # what a request holds depends on its operation

    def _keep_keys(self, keys: dict[str, ApiKey]) -> None:
        for name, key in keys.items():
            if key.fault:
                raise ValueError(f"{name}: {key.fault}")
        if not keys:
            raise ValueError(
                f"An AuthenticatedClient needs a key: {', '.join(f'{one}=' for one in self.key_places)}."
            )
        self._keys = keys
        self._settings.update(dict.fromkeys(self.key_places), **keys)

    def credentials(self, *alternatives: tuple[str, ...]) -> Credentials:
        """The present keys for an operation that takes those of one of *alternatives*; ValueError if one is missing."""
        names = chosen(alternatives, self._keys)
        return Credentials((self.key_places[name], self._keys[name]()) for name in names)
