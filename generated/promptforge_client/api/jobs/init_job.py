# Generated from specs/promptforge/openapi.yaml (sha256 0cf1c9d2980e) by codegen.py; edit the overlay.
"""Make a job and a link to upload its prompts.

POST /v1/jobs/init, the operation init_job.

The job waits for its file. PUT the prompts, one JSON object a line, to upload_url with the content
type application/x-ndjson and without the API key.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from ... import _answers as answers
from ... import _decode as decode
from ... import _encode as encode
from ... import errors
from ..._httpx import httpx

if TYPE_CHECKING:
    from ...client import AuthenticatedClient
    from ...models.init_job_request import InitJobRequest
    from ...models.init_job_response import InitJobResponse


def build(
    client: AuthenticatedClient,
    *,
    body: InitJobRequest,
) -> httpx.Request:
    """The complete request; it is not sent."""
    return client.build_request(
        "POST",
        "/v1/jobs/init",
        auth=client.auth_headers(),
        body=encode.json_body(body, "application/json"),
    )


@functools.cache
def _documented() -> answers.Documented[InitJobResponse]:
    from ...models.error_detail import ErrorDetail
    from ...models.init_job_response import InitJobResponse
    from ...models.validation_problem import ValidationProblem

    return answers.Documented(
        {
            "202": answers.json_of("InitJobResponse", decode.model(InitJobResponse.from_dict)),
        },
        {
            "400": answers.json_of("ErrorDetail", decode.model(ErrorDetail.from_dict)),
            "401": answers.json_of("ErrorDetail", decode.model(ErrorDetail.from_dict)),
            "422": answers.json_of("ValidationProblem", decode.model(ValidationProblem.from_dict)),
            "500": answers.json_of("ErrorDetail", decode.model(ErrorDetail.from_dict)),
        },
        errors.BY_STATUS,
    )


def parse(response: httpx.Response) -> InitJobResponse:
    """The value of *response*; anything but a documented success raises an error.

    Raises:
        errors.BadRequest: 400. Invalid input, in the words of the documentation; the published server says 422.
        errors.Unauthorized: 401. The key is missing, wrong or revoked.
        errors.UnprocessableEntity: 422. Invalid input; one sentence for an unknown provider, a list of faults for all else.
        errors.InternalServerError: 500. A fault of the server; plain text unless the key store is to blame.
        errors.StatusError: any other status that is not a success.
        errors.BodyError, errors.DecodeError: a success that does not match the spec.
    """
    return _documented().read(response)


def sync(
    client: AuthenticatedClient,
    *,
    body: InitJobRequest,
) -> InitJobResponse:
    """Make a job and a link to upload its prompts.

    POST /v1/jobs/init, the operation init_job.

    The job waits for its file. PUT the prompts, one JSON object a line, to upload_url with the content
    type application/x-ndjson and without the API key.

    Args:
        body (InitJobRequest): The body of the request.

    Raises:
        errors.BadRequest: 400. Invalid input, in the words of the documentation; the published server says 422.
        errors.Unauthorized: 401. The key is missing, wrong or revoked.
        errors.UnprocessableEntity: 422. Invalid input; one sentence for an unknown provider, a list of faults for all else.
        errors.InternalServerError: 500. A fault of the server; plain text unless the key store is to blame.
        errors.StatusError: any other status that is not a success.
        errors.BodyError, errors.DecodeError: a success that does not match the spec.
        httpx.TransportError: no response was received.
    """
    return parse(
        client.send(
            build(
                client,
                body=body,
            )
        )
    )


async def asyncio(
    client: AuthenticatedClient,
    *,
    body: InitJobRequest,
) -> InitJobResponse:
    """Make a job and a link to upload its prompts.

    POST /v1/jobs/init, the operation init_job.

    The job waits for its file. PUT the prompts, one JSON object a line, to upload_url with the content
    type application/x-ndjson and without the API key.

    Args:
        body (InitJobRequest): The body of the request.

    Raises:
        errors.BadRequest: 400. Invalid input, in the words of the documentation; the published server says 422.
        errors.Unauthorized: 401. The key is missing, wrong or revoked.
        errors.UnprocessableEntity: 422. Invalid input; one sentence for an unknown provider, a list of faults for all else.
        errors.InternalServerError: 500. A fault of the server; plain text unless the key store is to blame.
        errors.StatusError: any other status that is not a success.
        errors.BodyError, errors.DecodeError: a success that does not match the spec.
        httpx.TransportError: no response was received.
    """
    return parse(
        await client.send_async(
            build(
                client,
                body=body,
            )
        )
    )
