# Generated from specs/fryte/openapi.yaml (sha256 00ff016f7cee) by codegen.py; edit the overlay.
"""List jobs

GET /planner/jobs, the operation list_jobs.

All jobs of one user, in one unpaged array.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from ... import _answers as answers
from ... import _decode as decode
from ... import _encode as encode
from ... import errors
from ..._httpx import httpx
from ...types import UNSET, Unset

if TYPE_CHECKING:
    from ...client import AuthenticatedClient
    from ...models.job_list_response import JobListResponse


def build(
    client: AuthenticatedClient,
    *,
    user_id: int,
    tenant_id: int | None | Unset = UNSET,
) -> httpx.Request:
    """The complete request; it is not sent."""
    return client.build_request(
        "GET",
        "/planner/jobs",
        params={
            "user_id": encode.query_value(user_id),
            "tenant_id": encode.query_value(tenant_id),
        },
        auth=client.auth_headers(),
    )


@functools.cache
def _documented() -> answers.Documented[list[JobListResponse]]:
    from ...models.error_detail import ErrorDetail
    from ...models.http_validation_error import HTTPValidationError
    from ...models.job_list_response import JobListResponse

    return answers.Documented(
        {
            "200": answers.json_of(
                "list[JobListResponse]", decode.list_of(decode.model(JobListResponse.from_dict))
            ),
        },
        {
            "400": answers.json_of("ErrorDetail", decode.model(ErrorDetail.from_dict)),
            "401": answers.json_of("ErrorDetail", decode.model(ErrorDetail.from_dict)),
            "404": answers.json_of("ErrorDetail", decode.model(ErrorDetail.from_dict)),
            "422": answers.json_of("HTTPValidationError", decode.model(HTTPValidationError.from_dict)),
            "429": answers.nothing,
            "500": answers.json_of("ErrorDetail", decode.model(ErrorDetail.from_dict)),
            "502": answers.json_of("ErrorDetail", decode.model(ErrorDetail.from_dict)),
        },
        errors.BY_STATUS,
    )


def parse(response: httpx.Response) -> list[JobListResponse]:
    """The value of *response*; anything but a documented success raises an error.

    Raises:
        errors.BadRequest: 400. Input that has the right types but no sense, a malformed time for one.
        errors.Unauthorized: 401. The token is missing or wrong.
        errors.NotFound: 404. There is no such vehicle or resource.
        errors.UnprocessableEntity: 422. Validation Error
        errors.TooManyRequests: 429. More than 120 requests in a minute from one address to one endpoint.
        errors.InternalServerError: 500. A fault of the server.
        errors.BadGateway: 502. The optimizer is away for a moment; ask again after a few seconds.
        errors.StatusError: any other status that is not a success.
        errors.BodyError, errors.DecodeError: a success that does not match the spec.
    """
    return _documented().read(response)


def sync(
    client: AuthenticatedClient,
    *,
    user_id: int,
    tenant_id: int | None | Unset = UNSET,
) -> list[JobListResponse]:
    """List jobs

    GET /planner/jobs, the operation list_jobs.

    All jobs of one user, in one unpaged array.

    Args:
        user_id (int): The user whose jobs are listed.
        tenant_id (int | None | Unset): Tenant ID

    Raises:
        errors.BadRequest: 400. Input that has the right types but no sense, a malformed time for one.
        errors.Unauthorized: 401. The token is missing or wrong.
        errors.NotFound: 404. There is no such vehicle or resource.
        errors.UnprocessableEntity: 422. Validation Error
        errors.TooManyRequests: 429. More than 120 requests in a minute from one address to one endpoint.
        errors.InternalServerError: 500. A fault of the server.
        errors.BadGateway: 502. The optimizer is away for a moment; ask again after a few seconds.
        errors.StatusError: any other status that is not a success.
        errors.BodyError, errors.DecodeError: a success that does not match the spec.
        httpx.TransportError: no response was received.
    """
    return parse(
        client.send(
            build(
                client,
                user_id=user_id,
                tenant_id=tenant_id,
            )
        )
    )


async def asyncio(
    client: AuthenticatedClient,
    *,
    user_id: int,
    tenant_id: int | None | Unset = UNSET,
) -> list[JobListResponse]:
    """List jobs

    GET /planner/jobs, the operation list_jobs.

    All jobs of one user, in one unpaged array.

    Args:
        user_id (int): The user whose jobs are listed.
        tenant_id (int | None | Unset): Tenant ID

    Raises:
        errors.BadRequest: 400. Input that has the right types but no sense, a malformed time for one.
        errors.Unauthorized: 401. The token is missing or wrong.
        errors.NotFound: 404. There is no such vehicle or resource.
        errors.UnprocessableEntity: 422. Validation Error
        errors.TooManyRequests: 429. More than 120 requests in a minute from one address to one endpoint.
        errors.InternalServerError: 500. A fault of the server.
        errors.BadGateway: 502. The optimizer is away for a moment; ask again after a few seconds.
        errors.StatusError: any other status that is not a success.
        errors.BodyError, errors.DecodeError: a success that does not match the spec.
        httpx.TransportError: no response was received.
    """
    return parse(
        await client.send_async(
            build(
                client,
                user_id=user_id,
                tenant_id=tenant_id,
            )
        )
    )
