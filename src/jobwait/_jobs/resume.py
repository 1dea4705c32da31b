"""Makes a handle of a token."""

from typing import Any

from jobwait._jobs import token as _token
from jobwait._jobs.handle import Job, handle_of
from jobwait._jobs.registry import SERVICES, service_named
from jobwait._model.service import Service
from jobwait.errors import TokenRefused


def resume(token: str, client: Any, service: Service[Any, Any] | None = None) -> Job[Any]:
    """
    The job that *token* names, to be followed with *client*; *service* only for one that is not jobwait's own.

    The wait goes on where it was: with its own deadline and its own counts, without a burst. Raises TokenRefused if the
    token is damaged, too large, from a newer version, or of another service or host.
    """

    def find(name: str) -> Service[Any, Any]:
        if service is None and name in SERVICES:
            return service_named(name)
        if service is None:
            raise TokenRefused(f"This token names a job of {name!r}, which is no service of jobwait's: pass service=….")
        if service.name != name:
            raise TokenRefused(f"This token names a job of {name!r}, not of {service.name!r}.")
        return service

    return handle_of(_token.load(token, client, find))
