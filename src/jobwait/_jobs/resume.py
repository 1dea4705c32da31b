"""Makes a handle of a token."""

from typing import Any, TypeVar, overload

from jobwait._jobs import token as _token
from jobwait._jobs.handle import Job, handle_of
from jobwait._jobs.registry import is_service, service_named
from jobwait._jobs.service_module import ServiceModule, service_of
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
def resume(token: str, client: Any, service: Any = None) -> Any:
    """
    The job that *token* names, to be followed with *client*.

    *service*: the service module, as in service=promptforge, so that a type checker knows the handle; or the Service.
    Only a service that neither comes with jobwait nor is registered by a package needs it.

    The wait goes on where it was: with its own deadline and its own counts, without a burst. Raises TokenRefused if the
    token is damaged, too large, from a newer version, or of another service or host.
    """
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
