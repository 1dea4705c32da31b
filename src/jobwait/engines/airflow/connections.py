"""Makes a client from an Airflow connection: its password is the API key, its host, if any, the address."""

from __future__ import annotations

from typing import Any

from jobwait._jobs.registry import service_module
from jobwait._model.limits import Limit
from jobwait.errors import InvalidInput


def client_for(service: str, connection: Any) -> Any:
    """
    A client of *service* for an Airflow *connection*.

    The address is the extra field base_url, else the host, else the service's own.

    Raises:
        InvalidInput: the connection has no key, or its address is invalid.

    """
    if not connection.password:  # connect() would read the worker's own environment
        raise InvalidInput(f"The Airflow connection {connection.conn_id!r} has no password: put {service}'s key there.")
    return service_module(service).connect(connection.password, base_url=_address(connection))


def limit_of(connection: Any) -> Limit | None:
    """
    The extra field limit of *connection*, in requests a second; all triggers of one process share it.

    Raises:
        InvalidInput: it is not a whole number, 1 or more.

    """
    requests = connection.extra_dejson.get("limit")
    if requests is None:
        return None
    if not str(requests).isdecimal():
        raise InvalidInput(f"The extra field limit of an Airflow connection is requests a second, not {requests!r}.")
    return Limit(int(requests))


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
