"""The accounts of a worker. API keys stay here: a history contains only the account's name."""

from collections.abc import Callable, Iterable
from typing import Any

from attrs import field, frozen

from jobwait._jobs.registry import service_module, service_named
from jobwait._model.limits import Limit
from jobwait._model.service import Service
from jobwait.errors import InvalidInput


@frozen(eq=False)
class Account:
    """
    An account at a service, under the *name* that batches use.

    *service* is a name or, for one that does not come with jobwait, the Service itself. *connect* returns a client with
    the key; the default is the service module's, which reads the environment. *limit* is for all workers together.
    """

    service: str | Service[Any, Any]
    name: str = "default"
    connect: Callable[[], Any] | None = field(default=None, repr=False)
    limit: Limit | None = None

    @property
    def service_name(self) -> str:
        """The service's name."""
        return self.service if isinstance(self.service, str) else self.service.name

    def definition(self) -> Service[Any, Any]:
        """The service's definition."""
        return service_named(self.service) if isinstance(self.service, str) else self.service

    def client(self) -> Any:
        """A client with the account's key; InvalidInput if there is no key, or no *connect* where one is needed."""
        if self.connect is not None:
            return self.connect()
        return service_module(self.service_name).connect()

    def shared_limit(self) -> Limit | None:
        """The limit that all machines share: *limit*, or the service's own if it counts by key, not by address."""
        stated = self.definition().limit
        return self.limit or (stated if stated is not None and not stated.shared else None)


def by_name(accounts: Iterable[Account]) -> dict[tuple[str, str], Account]:
    """*accounts* by service and name; InvalidInput if there is none, or two have the same name."""
    found: dict[tuple[str, str], Account] = {}
    for account in accounts:
        key = (account.service_name, account.name)
        if key in found:
            raise InvalidInput(f"Two accounts are called {account.name!r} at {account.service_name}. Rename one.")
        found[key] = account
    if not found:
        raise InvalidInput("A worker needs at least one account.")
    return found
