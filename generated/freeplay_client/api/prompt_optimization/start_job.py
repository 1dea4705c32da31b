# Generated from specs/freeplay/openapi.yaml (sha256 7b078dc6642b) by codegen.py; edit the overlay.
"""Start a prompt optimization job.

POST /api/v2/projects/{project_id}/prompt-optimization-jobs, the operation start_job.

Starts a job that costs model calls and is billed. There is no idempotency key: a start that is
repeated makes a second job.
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
    from ...models.prompt_optimization_job_created_response import PromptOptimizationJobCreatedResponse
    from ...models.start_prompt_optimization_job_request import StartPromptOptimizationJobRequest


def build(
    client: AuthenticatedClient,
    project_id: str,
    *,
    body: StartPromptOptimizationJobRequest,
) -> httpx.Request:
    """The complete request; it is not sent."""
    return client.build_request(
        "POST",
        "/api/v2/projects/" + encode.path_value("project_id", project_id) + "/prompt-optimization-jobs",
        auth=client.auth_headers(),
        body=encode.json_body(body, "application/json"),
    )


@functools.cache
def _documented() -> answers.Documented[PromptOptimizationJobCreatedResponse]:
    from ...models.error_message import ErrorMessage
    from ...models.prompt_optimization_job_created_response import PromptOptimizationJobCreatedResponse

    return answers.Documented(
        {
            "202": answers.json_of(
                "PromptOptimizationJobCreatedResponse",
                decode.model(PromptOptimizationJobCreatedResponse.from_dict),
            ),
        },
        {
            "400": answers.json_of("ErrorMessage", decode.model(ErrorMessage.from_dict)),
            "401": answers.json_of("ErrorMessage", decode.model(ErrorMessage.from_dict)),
            "404": answers.json_of("ErrorMessage", decode.model(ErrorMessage.from_dict)),
            "500": answers.json_of("ErrorMessage", decode.model(ErrorMessage.from_dict)),
        },
        errors.BY_STATUS,
    )


def parse(response: httpx.Response) -> PromptOptimizationJobCreatedResponse:
    """The value of *response*; anything but a documented success raises an error.

    Raises:
        errors.BadRequest: 400. The input is bad or malformed.
        errors.Unauthorized: 401. The key is missing or wrong.
        errors.NotFound: 404. Unknown, deleted or out of reach for this key; one message for all three.
        errors.InternalServerError: 500. A fault of the server.
        errors.StatusError: any other status that is not a success.
        errors.BodyError, errors.DecodeError: a success that does not match the spec.
    """
    return _documented().read(response)


def sync(
    client: AuthenticatedClient,
    project_id: str,
    *,
    body: StartPromptOptimizationJobRequest,
) -> PromptOptimizationJobCreatedResponse:
    """Start a prompt optimization job.

    POST /api/v2/projects/{project_id}/prompt-optimization-jobs, the operation start_job.

    Starts a job that costs model calls and is billed. There is no idempotency key: a start that is
    repeated makes a second job.

    Args:
        project_id (str):
        body (StartPromptOptimizationJobRequest): The body of the request.

    Raises:
        errors.BadRequest: 400. The input is bad or malformed.
        errors.Unauthorized: 401. The key is missing or wrong.
        errors.NotFound: 404. Unknown, deleted or out of reach for this key; one message for all three.
        errors.InternalServerError: 500. A fault of the server.
        errors.StatusError: any other status that is not a success.
        errors.BodyError, errors.DecodeError: a success that does not match the spec.
        httpx.TransportError: no response was received.
    """
    return parse(
        client.send(
            build(
                client,
                project_id,
                body=body,
            )
        )
    )


async def asyncio(
    client: AuthenticatedClient,
    project_id: str,
    *,
    body: StartPromptOptimizationJobRequest,
) -> PromptOptimizationJobCreatedResponse:
    """Start a prompt optimization job.

    POST /api/v2/projects/{project_id}/prompt-optimization-jobs, the operation start_job.

    Starts a job that costs model calls and is billed. There is no idempotency key: a start that is
    repeated makes a second job.

    Args:
        project_id (str):
        body (StartPromptOptimizationJobRequest): The body of the request.

    Raises:
        errors.BadRequest: 400. The input is bad or malformed.
        errors.Unauthorized: 401. The key is missing or wrong.
        errors.NotFound: 404. Unknown, deleted or out of reach for this key; one message for all three.
        errors.InternalServerError: 500. A fault of the server.
        errors.StatusError: any other status that is not a success.
        errors.BodyError, errors.DecodeError: a success that does not match the spec.
        httpx.TransportError: no response was received.
    """
    return parse(
        await client.send_async(
            build(
                client,
                project_id,
                body=body,
            )
        )
    )
