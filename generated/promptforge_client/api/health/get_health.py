# Generated from specs/promptforge/openapi.yaml (sha256 0cf1c9d2980e) by codegen.py; edit the overlay.
"""Whether the service is up.

GET /healthz, the operation get_health.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from ... import _answers as answers
from ... import _decode as decode
from ... import errors
from ..._httpx import httpx

if TYPE_CHECKING:
    from ...client import Client
    from ...models.health import Health


def build(
    client: Client,
) -> httpx.Request:
    """The complete request; it is not sent."""
    return client.build_request(
        "GET",
        "/healthz",
    )


@functools.cache
def _documented() -> answers.Documented[Health]:
    from ...models.error_detail import ErrorDetail
    from ...models.health import Health

    return answers.Documented(
        {
            "200": answers.json_of("Health", decode.model(Health.from_dict)),
        },
        {
            "500": answers.json_of("ErrorDetail", decode.model(ErrorDetail.from_dict)),
        },
        errors.BY_STATUS,
    )


def parse(response: httpx.Response) -> Health:
    """The value of *response*; anything but a documented success raises an error.

    Raises:
        errors.InternalServerError: 500. A fault of the server; plain text unless the key store is to blame.
        errors.StatusError: any other status that is not a success.
        errors.BodyError, errors.DecodeError: a success that does not match the spec.
    """
    return _documented().read(response)


def sync(
    client: Client,
) -> Health:
    """Whether the service is up.

    GET /healthz, the operation get_health.

    Raises:
        errors.InternalServerError: 500. A fault of the server; plain text unless the key store is to blame.
        errors.StatusError: any other status that is not a success.
        errors.BodyError, errors.DecodeError: a success that does not match the spec.
        httpx.TransportError: no response was received.
    """
    return parse(
        client.send(
            build(
                client,
            )
        )
    )


async def asyncio(
    client: Client,
) -> Health:
    """Whether the service is up.

    GET /healthz, the operation get_health.

    Raises:
        errors.InternalServerError: 500. A fault of the server; plain text unless the key store is to blame.
        errors.StatusError: any other status that is not a success.
        errors.BodyError, errors.DecodeError: a success that does not match the spec.
        httpx.TransportError: no response was received.
    """
    return parse(
        await client.send_async(
            build(
                client,
            )
        )
    )
