"""Makes a client from an Airflow connection: its password is the API key, its host, if any, the address."""

import re
from typing import Any, Final

from jobwait._jobs.registry import service_module
from jobwait._model.limits import Limit
from jobwait.errors import InvalidInput

_LIMIT: Final = re.compile("[0-9]{1,9}")


def client_for(service: str, connection: Any) -> Any:
    """A client of *service* with the key and the address of an Airflow *connection*; InvalidInput without a key."""
    if not connection.password:  # connect() would read the worker's own environment
        raise InvalidInput(f"The Airflow connection {connection.conn_id!r} has no password: put {service}'s key there.")
    return service_module(service).connect(connection.password, base_url=_address(connection))


def limit_of(connection: Any) -> Limit | None:
    """The extra field limit, in whole requests a second, or InvalidInput; all triggers of one process share it."""
    requests = connection.extra_dejson.get("limit")
    if requests is None:
        return None
    if not _LIMIT.fullmatch(str(requests)):
        raise InvalidInput(f"The extra field limit of a connection is requests a second, not {requests!r:.40}.")
    return Limit(int(requests))


def _address(connection: Any) -> str | None:
    """The extra field base_url, else the host; None for the service's own address."""
    address = connection.extra_dejson.get("base_url") or connection.host
    if not address or "://" in address:
        return address or None
    port = f":{connection.port}" if connection.port else ""
    return f"{connection.schema or 'https'}://{address}{port}"
