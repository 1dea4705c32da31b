# Generated from specs/fryte/openapi.yaml (sha256 00ff016f7cee) by codegen.py; edit the overlay.
"""Submit route optimization

POST /planner/v2, the operation submit_job.

Takes a tour to be planned and answers at once. Poll the job by its job_id; read the plan by its
optimization_id.
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
    from ...models.planner_request import PlannerRequest
    from ...models.planner_v2_submit_response import PlannerV2SubmitResponse


def build(
    client: AuthenticatedClient,
    *,
    corridor: int | Unset = 8000,
    min_charge_duration_min: int | Unset = 0,
    tenant_id: int | None | Unset = UNSET,
    body: PlannerRequest,
) -> httpx.Request:
    """The complete request; it is not sent."""
    return client.build_request(
        "POST",
        "/planner/v2",
        params={
            "corridor": encode.query_value(corridor),
            "min_charge_duration_min": encode.query_value(min_charge_duration_min),
            "tenant_id": encode.query_value(tenant_id),
        },
        auth=client.auth_headers(),
        body=encode.json_body(body, "application/json"),
    )


@functools.cache
def _documented() -> answers.Documented[PlannerV2SubmitResponse]:
    from ...models.error_detail import ErrorDetail
    from ...models.http_validation_error import HTTPValidationError
    from ...models.planner_v2_submit_response import PlannerV2SubmitResponse

    return answers.Documented(
        {
            "202": answers.json_of(
                "PlannerV2SubmitResponse", decode.model(PlannerV2SubmitResponse.from_dict)
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


def parse(response: httpx.Response) -> PlannerV2SubmitResponse:
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
    corridor: int | Unset = 8000,
    min_charge_duration_min: int | Unset = 0,
    tenant_id: int | None | Unset = UNSET,
    body: PlannerRequest,
) -> PlannerV2SubmitResponse:
    """Submit route optimization

    POST /planner/v2, the operation submit_job.

    Takes a tour to be planned and answers at once. Poll the job by its job_id; read the plan by its
    optimization_id.

    Args:
        corridor (int | Unset): Width of the corridor in metres in which stations are looked for.
            From 1000 to 20000. Default: 8000.
        min_charge_duration_min (int | Unset): Least time of a charging stop in minutes, in steps
            of two; 2 and less have no effect. From 0 to 100. Default: 0.
        tenant_id (int | None | Unset): Tenant ID
        body (PlannerRequest): A tour to be planned for one truck.

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
                corridor=corridor,
                min_charge_duration_min=min_charge_duration_min,
                tenant_id=tenant_id,
                body=body,
            )
        )
    )


async def asyncio(
    client: AuthenticatedClient,
    *,
    corridor: int | Unset = 8000,
    min_charge_duration_min: int | Unset = 0,
    tenant_id: int | None | Unset = UNSET,
    body: PlannerRequest,
) -> PlannerV2SubmitResponse:
    """Submit route optimization

    POST /planner/v2, the operation submit_job.

    Takes a tour to be planned and answers at once. Poll the job by its job_id; read the plan by its
    optimization_id.

    Args:
        corridor (int | Unset): Width of the corridor in metres in which stations are looked for.
            From 1000 to 20000. Default: 8000.
        min_charge_duration_min (int | Unset): Least time of a charging stop in minutes, in steps
            of two; 2 and less have no effect. From 0 to 100. Default: 0.
        tenant_id (int | None | Unset): Tenant ID
        body (PlannerRequest): A tour to be planned for one truck.

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
                corridor=corridor,
                min_charge_duration_min=min_charge_duration_min,
                tenant_id=tenant_id,
                body=body,
            )
        )
    )
