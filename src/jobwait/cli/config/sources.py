"""Where a service's key and address come from: an option, a variable, the profile, or the service's own default."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Self

from attrs import field, frozen

from jobwait._http.api_key import Hidden
from jobwait.cli.config.keys import LONGEST, key_in, key_in_file
from jobwait.cli.config.profile import Profile


@frozen
class Sources:
    """
    Of one service: *key_from* and *address_from* say from where, in words; None if from nowhere.

    *variable* is that of the key, empty if the service uses none; *key* reads it, and gives an empty one where the
    service module reads the variable itself. *address* is None in that case too.
    """

    variable: str
    key_from: str | None
    key: Callable[[], Hidden] = field(repr=False)
    address_from: str | None
    address: str | None = field(repr=False)

    @classmethod
    def of(cls, service: Any, profile: Profile, key_file: str | None, url: str | None, *, stdin: bool) -> Self:
        """An option goes before a variable, and that before the *profile*."""
        key_from, key = _key(service, profile, key_file, stdin=stdin)
        in_profile = profile.services.get(service.name, {}).get("base_url")
        if url is not None:
            return cls(service.key_variable, key_from, key, "option --base-url", url)
        if os.environ.get(service.url_variable):
            return cls(service.key_variable, key_from, key, f"variable {service.url_variable}", None)
        if in_profile is not None:
            return cls(service.key_variable, key_from, key, f"profile {profile.name}", in_profile)
        return cls(service.key_variable, key_from, key, None, None)


def _key(
    service: Any, profile: Profile, key_file: str | None, *, stdin: bool
) -> tuple[str | None, Callable[[], Hidden]]:
    if stdin:
        return "option --key-stdin", lambda: key_in(sys.stdin.buffer.readline(LONGEST), "stdin")
    if key_file is not None:
        return "option --key-file", partial(key_in_file, Path(key_file))
    if service.key_variable and os.environ.get(service.key_variable):
        return f"variable {service.key_variable}", partial(Hidden, None)
    table = profile.services.get(service.name, {})
    if not {"key", "key_file"} & table.keys():
        return None, partial(Hidden, None)
    name = "key_file" if "key_file" in table else "key"
    return f"profile {profile.name} ({name})", lambda: profile.key(service.name) or Hidden(None)
