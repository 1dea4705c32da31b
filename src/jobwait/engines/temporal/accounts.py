"""Whose jobs a worker can wait for: the keys stay here, histories know an account by its name alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from attrs import field, frozen

from jobwait._jobs.registry import page_named
from jobwait._model.limits import Limit
from jobwait._model.service import Service
from jobwait.errors import InvalidInput


@frozen(eq=False)
class Account:
    """
    An account at a service, under the *name* that batches use.

    *service* is a name or, for one that does not come with jobwait, the Service itself. *connect* makes a client with
    the key; left out, it is the page's own, which reads the environment. *limit* is what all workers together may ask.
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
        """The service, as data."""
        found: Service[Any, Any] = page_named(self.service).SERVICE if isinstance(self.service, str) else self.service
        return found

    def client(self) -> Any:
        """
        A client with the account's key.

        Raises:
            InvalidInput: there is no key, or nobody said how to connect.

        """
        if self.connect is not None:
            return self.connect()
        return page_named(self.service_name).connect()

    def shared_limit(self) -> Limit | None:
        """The limit that goes by the key, wherever its requests come from; others are each machine's own."""
        stated = self.definition().limit
        return self.limit or (stated if stated is not None and not stated.shared else None)


def by_name(accounts: Iterable[Account]) -> dict[tuple[str, str], Account]:
    """
    *accounts* by service and name.

    Raises:
        InvalidInput: there is none, or two have one name.

    """
    found: dict[tuple[str, str], Account] = {}
    for account in accounts:
        key = (account.service_name, account.name)
        if key in found:
            raise InvalidInput(f"Two accounts are called {account.name!r} at {account.service_name}. Rename one.")
        found[key] = account
    if not found:
        raise InvalidInput("A worker needs at least one account.")
    return found
