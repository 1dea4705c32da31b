"""A job in one line of text: versioned JSON without secrets, for another process to go on with."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final
from urllib.parse import urlsplit

from jobwait._course import Course
from jobwait._service import Service
from jobwait.errors import TokenRefused

VERSION: Final = 1
LARGEST: Final = 64 * 1024  # characters


def host_of(client: Any) -> str:
    """The host, with its port where it is not the usual one, that *client* talks to."""
    return urlsplit(str(client.base_url)).netloc.rpartition("@")[2].lower()


def dump(course: Course[Any]) -> str:
    """The token of *course*."""
    facts = {
        "jobwait": VERSION,
        "service": course.service.name,
        "host": host_of(course.client),
        "ids": dict(course.ids),
        "started": course.started,
        "submitted": course.submitted,
        "seen": course.seen,
        "deadline": course.deadline,
        "looks": course.looks,
        "errors": course.errors,
        "last_look": course.last_look,
        "state": course.state,
    }
    return json.dumps({**facts, "check": _check(facts)}, separators=(",", ":"))


def load(token: str, client: Any, find: Any) -> Course[Any]:
    """
    The course that *token* names, to be followed with *client*; *find* gives a service by its name.

    Raises:
        TokenRefused: it is damaged, too large, from a newer version, or names another host than the client's.

    """
    facts = _facts(token)
    if facts.get("jobwait") != VERSION:
        raise TokenRefused(f"This token has version {facts.get('jobwait')!r}, this jobwait reads {VERSION}. Update it.")
    if facts.pop("check", None) != _check(facts):
        raise TokenRefused("This token is damaged: its checksum does not fit. Take it from where it was stored.")
    service: Service[Any, Any] = find(facts["service"])
    if facts["host"] != host_of(client):
        raise TokenRefused(
            f"This token names a job at {facts['host']!r}, and the client talks to {host_of(client)!r}. "
            "Connect to the token's host first."
        )
    return Course(
        service,
        client,
        {str(name): str(value) for name, value in facts["ids"].items()},
        started=facts["started"],
        submitted=facts["submitted"],
        seen=facts["seen"],
        deadline=facts["deadline"],
        inherited=facts["deadline"] is not None,
        looks=facts["looks"],
        errors=facts["errors"],
        last_look=facts["last_look"],
        state=facts["state"],
    )


def _facts(token: object) -> dict[str, Any]:
    if not isinstance(token, str):
        raise TokenRefused(f"A token is text, not {type(token).__name__}.")
    if len(token) > LARGEST:
        raise TokenRefused(f"A token has at most {LARGEST} characters, this one {len(token)}.")
    try:
        facts = json.loads(token)
    except (ValueError, RecursionError):
        raise TokenRefused("This is no token: it is not JSON. Take it from job.token().") from None
    if not isinstance(facts, dict) or "jobwait" not in facts:
        raise TokenRefused("This is no token: it names no version. Take it from job.token().")
    return facts


def _check(facts: dict[str, Any]) -> str:
    """Detects damage, not forgery: whoever can write tokens can write checksums."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]
