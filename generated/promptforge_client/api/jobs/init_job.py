# Generated from specs/promptforge/openapi.yaml (sha256 f4664a62ad5f) by codegen.py; edit the overlay.
"""Make a job and a link to upload its prompts.

The job waits for its file. PUT the prompts, one JSON object a line, to upload_url with the content
type application/x-ndjson and without the API key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

from ... import _answers as answers
from ... import _decode as decode
from ... import _encode as encode
from ... import errors

if TYPE_CHECKING:
    from ...client import AuthenticatedClient
    from ...models.init_job_request import InitJobRequest
    from ...models.init_job_response import InitJobResponse


def build(
    client: AuthenticatedClient,
    *,
    body: InitJobRequest,
) -> httpx.Request:
    """The request, ready to be sent; nothing is sent yet."""
    return client.build_request(
        "POST",
        "/v1/jobs/init",
        auth=client.auth_headers(),
        body=encode.json_body(body, "application/json"),
    )


def parse(response: httpx.Response) -> InitJobResponse:
    """What *response* says; whatever is no documented success raises one of the errors in errors.py."""
    from ...models.error_detail import ErrorDetail
    from ...models.init_job_response import InitJobResponse
    from ...models.validation_problem import ValidationProblem

    successes: dict[str, answers.Reader[InitJobResponse]] = {
        "202": answers.json_of("InitJobResponse", decode.model(InitJobResponse.from_dict)),
    }
    faults: dict[str, answers.Reader[Any]] = {
        "400": answers.json_of("ErrorDetail", decode.model(ErrorDetail.from_dict)),
        "401": answers.json_of("ErrorDetail", decode.model(ErrorDetail.from_dict)),
        "422": answers.json_of("ValidationProblem", decode.model(ValidationProblem.from_dict)),
        "500": answers.json_of("ErrorDetail", decode.model(ErrorDetail.from_dict)),
    }
    return answers.read(response, successes, faults, errors.BY_STATUS)


def sync(
    client: AuthenticatedClient,
    *,
    body: InitJobRequest,
) -> InitJobResponse:
    """Make a job and a link to upload its prompts.

    The job waits for its file. PUT the prompts, one JSON object a line, to upload_url with the content
    type application/x-ndjson and without the API key.
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

    The job waits for its file. PUT the prompts, one JSON object a line, to upload_url with the content
    type application/x-ndjson and without the API key.
    """
    return parse(
        await client.send_async(
            build(
                client,
                body=body,
            )
        )
    )
