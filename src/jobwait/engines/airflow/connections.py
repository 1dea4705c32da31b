"""A client out of an Airflow connection: its password is the key, its host, if it has one, the address."""

from __future__ import annotations

from typing import Any

from jobwait._jobs.registry import page_named
from jobwait._model.limits import Limit
from jobwait.errors import InvalidInput


def connected(service: str, connection: Any) -> Any:
    """
    A client of *service* for an Airflow *connection*.

    The address is the extra field base_url, else the host, else the service's own.

    Raises:
        InvalidInput: there is no key in the connection, or its address cannot be.

    """
    if not connection.password:  # the page would look into the worker's own environment
        raise InvalidInput(f"The Airflow connection {connection.conn_id!r} has no password: put {service}'s key there.")
    return page_named(service).connect(connection.password, base_url=_address(connection))


def limit_of(connection: Any) -> Limit | None:
    """
    The requests a second that the extra field limit of *connection* allows; all triggers of one process share them.

    Raises:
        InvalidInput: it is no whole number, 1 or more.

    """
    most = connection.extra_dejson.get("limit")
    if most is None:
        return None
    if not str(most).isdecimal():
        raise InvalidInput(f"The extra field limit of an Airflow connection is requests a second, not {most!r}.")
    return Limit(int(most))


def _address(connection: Any) -> str | None:
    extra = connection.extra_dejson.get("base_url")
    if extra:
        return str(extra)
    if not connection.host:
        return None
    if "://" in connection.host:
        return str(connection.host)
    port = f":{connection.port}" if connection.port else ""
    return f"{connection.schema or 'https'}://{connection.host}{port}"
