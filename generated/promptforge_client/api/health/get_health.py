# Generated from specs/promptforge/openapi.yaml (sha256 f4664a62ad5f) by codegen.py; edit the overlay.
"""Whether the service is up."""

from collections.abc import Mapping
from typing import Any

import httpx

from ... import _answers as answers
from ... import _decode as decode
from ... import errors
from ...client import Client
from ...models.error_detail import ErrorDetail
from ...models.health import Health

_ANSWERS: Mapping[str, answers.Reader[Health]] = {
    "200": answers.json_of("Health", decode.model(Health.from_dict)),
}
_FAULTS: Mapping[str, answers.Reader[Any]] = {
    "500": answers.json_of("ErrorDetail", decode.model(ErrorDetail.from_dict)),
}


def build(
    client: Client,
) -> httpx.Request:
    """The request, ready to be sent; nothing is sent yet."""
    return client.build_request(
        "GET",
        "/healthz",
    )


def parse(response: httpx.Response) -> Health:
    """What *response* says; whatever is no documented success raises one of the errors in errors.py."""
    return answers.read(response, _ANSWERS, _FAULTS, errors.BY_STATUS)


def sync(
    client: Client,
) -> Health:
    """Whether the service is up."""
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
    """Whether the service is up."""
    return parse(
        await client.send_async(
            build(
                client,
            )
        )
    )
