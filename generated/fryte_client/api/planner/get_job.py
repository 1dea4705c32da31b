# Generated from specs/fryte/openapi.yaml (sha256 00ff016f7cee) by codegen.py; edit the overlay.
"""Get job status

GET /planner/jobs/{job_id}, the operation get_job.

Check the current status of an optimization job.

Poll this endpoint after submitting a route via `POST /planner/v2`. Status values:
- `queued` — waiting to be processed
- `running` — optimization in progress
- `succeeded` — route optimized, retrieve result with `GET
/planner/optimizations/{optimization_id}/result`
- `not_drivable` — route cannot be completed with the given parameters
- `failed` — an error occurred
- `canceled` — job was canceled
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
    from ...models.job_status_response import JobStatusResponse


def build(
    client: AuthenticatedClient,
    job_id: str,
    *,
    tenant_id: int | None | Unset = UNSET,
) -> httpx.Request:
    """The complete request; it is not sent."""
    return client.build_request(
        "GET",
        "/planner/jobs/" + encode.path_value("job_id", job_id),
        params={
            "tenant_id": encode.query_value(tenant_id),
        },
        auth=client.auth_headers(),
    )


@functools.cache
def _documented() -> answers.Documented[JobStatusResponse]:
    from ...models.error_detail import ErrorDetail
    from ...models.http_validation_error import HTTPValidationError
    from ...models.job_status_response import JobStatusResponse

    return answers.Documented(
        {
            "200": answers.json_of("JobStatusResponse", decode.model(JobStatusResponse.from_dict)),
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


def parse(response: httpx.Response) -> JobStatusResponse:
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
    job_id: str,
    *,
    tenant_id: int | None | Unset = UNSET,
) -> JobStatusResponse:
    """Get job status

    GET /planner/jobs/{job_id}, the operation get_job.

    Check the current status of an optimization job.

    Poll this endpoint after submitting a route via `POST /planner/v2`. Status values:
    - `queued` — waiting to be processed
    - `running` — optimization in progress
    - `succeeded` — route optimized, retrieve result with `GET
    /planner/optimizations/{optimization_id}/result`
    - `not_drivable` — route cannot be completed with the given parameters
    - `failed` — an error occurred
    - `canceled` — job was canceled

    Args:
        job_id (str): Job identifier returned by POST /planner/v2.
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
                job_id,
                tenant_id=tenant_id,
            )
        )
    )


async def asyncio(
    client: AuthenticatedClient,
    job_id: str,
    *,
    tenant_id: int | None | Unset = UNSET,
) -> JobStatusResponse:
    """Get job status

    GET /planner/jobs/{job_id}, the operation get_job.

    Check the current status of an optimization job.

    Poll this endpoint after submitting a route via `POST /planner/v2`. Status values:
    - `queued` — waiting to be processed
    - `running` — optimization in progress
    - `succeeded` — route optimized, retrieve result with `GET
    /planner/optimizations/{optimization_id}/result`
    - `not_drivable` — route cannot be completed with the given parameters
    - `failed` — an error occurred
    - `canceled` — job was canceled

    Args:
        job_id (str): Job identifier returned by POST /planner/v2.
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
                job_id,
                tenant_id=tenant_id,
            )
        )
    )
