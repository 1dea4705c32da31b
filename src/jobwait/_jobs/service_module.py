"""What a service module has, as far as it gives types to calls elsewhere: `resume(…, service=promptforge)`."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar

if TYPE_CHECKING:
    from jobwait._model.service import Service  # which loads an HTTP client, and `jobwait --help` needs none

C_contra = TypeVar("C_contra", contravariant=True)
P = ParamSpec("P")
J_co = TypeVar("J_co", covariant=True)


class ServiceModule(Protocol[C_contra, J_co]):
    """A module with SERVICE and job(): its handles are J_co, made with clients C_contra."""

    @property
    def SERVICE(self) -> Service[Any, Any]:  # noqa: N802 - the name in the module
        """The service, as data."""
        ...

    @property
    def job(self) -> Callable[Concatenate[C_contra, ...], J_co]:
        """Makes a handle."""
        ...


class SubmittingModule(Protocol[C_contra, P, J_co]):
    """A module with SERVICE, submit() and submit_async(): P are their arguments after the client."""

    @property
    def SERVICE(self) -> Service[Any, Any]:  # noqa: N802 - the name in the module
        """The service, as data."""
        ...

    @property
    def submit(self) -> Callable[Concatenate[C_contra, P], J_co]:
        """Submits a job."""
        ...

    @property
    def submit_async(self) -> Callable[Concatenate[C_contra, P], Coroutine[Any, Any, J_co]]:
        """Submits a job, in a task."""
        ...


def service_of(given: Any) -> Any:
    """The Service that *given* is, or has as a module."""
    return getattr(given, "SERVICE", given)
