"""Makes a handle of a token."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, overload

from jobwait._jobs import token as _token
from jobwait._jobs.handle import Job, handle_of
from jobwait._jobs.registry import is_service, service_named
from jobwait._jobs.service_module import ServiceModule, service_of
from jobwait._jobs.watched import Watched, checked_watched, watched_state
from jobwait._model.arguments import explained
from jobwait._model.checks import is_ref
from jobwait._model.service import Service
from jobwait.errors import InvalidInput, TokenRefused

C = TypeVar("C")
J = TypeVar("J")
S = TypeVar("S")


@overload
def resume(token: str, client: C, service: ServiceModule[C, J]) -> J: ...
@overload
def resume(token: str, client: Any, service: Service[Any, S]) -> Job[S]: ...
@overload
def resume(token: str, client: Any, service: None = None) -> Job[Any]: ...
@overload
def resume(token: str, *, watched: Mapping[str, Callable[[str], Job[S]]]) -> Job[S]: ...
@explained
def resume(token: str, client: Any = None, service: Any = None, *, watched: Watched | None = None) -> Any:
    """
    The job that *token* names, to be followed with *client*.

    *service*: the service module, as in service=promptforge, so that a type checker knows the handle; or the Service.
    Only a service that neither comes with jobwait nor is registered by a package needs it.

    The token of a watch needs *watched* instead: by the name of the watch, the function that its ref names, which makes
    the watch of an id. Nothing is imported because a token says so.

    The wait goes on where it was: with its own deadline and its own counts, without a burst. Raises TokenRefused if the
    token is damaged, too large, from a newer version, or of another service or host; InvalidInput if *watched* has no
    function for it, or no *client* is given for another token.
    """
    functions = checked_watched(watched)
    name, host, job_id = _token.place(token)
    if is_ref(host):
        made = watched_state(functions, name, host, job_id)
        return handle_of(_token.load(token, made.client, lambda _: made.service))
    if client is None:
        raise InvalidInput(f"This token names a job of {name!r:.100} at {host!r:.300}: pass a client for that host.")
    own: Service[Any, Any] | None = service_of(service)

    def find(name: str) -> Service[Any, Any]:
        if own is None and is_service(name):
            try:
                return service_named(name)
            except InvalidInput as error:
                raise TokenRefused(f"This token cannot be used: {error}") from None
        if own is None:
            raise TokenRefused(f"This token names a job of {name!r}, which is no service of jobwait's: pass service=….")
        if own.name != name:
            raise TokenRefused(f"This token names a job of {name!r}, not of {own.name!r}.")
        return own

    return handle_of(_token.load(token, client, find))


resume.__module__ = "jobwait"  # where people import it from
