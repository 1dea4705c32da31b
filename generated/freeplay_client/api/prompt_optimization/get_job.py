# Generated from specs/freeplay/openapi.yaml (sha256 7b078dc6642b) by codegen.py; edit the overlay.
"""Get prompt optimization job status and details.

GET /api/v2/projects/{project_id}/prompt-optimization-jobs/{job_id}, the operation get_job.

Returns the current status of the prompt optimization job, including progress information
for polling. When complete, includes the optimized_version_id and optionally
test_run_id and comparison_id if run_test_after_optimization was True.
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
    from ...models.prompt_optimization_job_status_response import PromptOptimizationJobStatusResponse


def build(
    client: AuthenticatedClient,
    project_id: str,
    job_id: str,
) -> httpx.Request:
    """The complete request; it is not sent."""
    return client.build_request(
        "GET",
        "/api/v2/projects/"
        + encode.path_value("project_id", project_id)
        + "/prompt-optimization-jobs/"
        + encode.path_value("job_id", job_id),
        auth=client.auth_headers(),
    )


@functools.cache
def _documented() -> answers.Documented[PromptOptimizationJobStatusResponse]:
    from ...models.error_message import ErrorMessage
    from ...models.prompt_optimization_job_status_response import PromptOptimizationJobStatusResponse

    return answers.Documented(
        {
            "200": answers.json_of(
                "PromptOptimizationJobStatusResponse",
                decode.model(PromptOptimizationJobStatusResponse.from_dict),
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


def parse(response: httpx.Response) -> PromptOptimizationJobStatusResponse:
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
    job_id: str,
) -> PromptOptimizationJobStatusResponse:
    """Get prompt optimization job status and details.

    GET /api/v2/projects/{project_id}/prompt-optimization-jobs/{job_id}, the operation get_job.

    Returns the current status of the prompt optimization job, including progress information
    for polling. When complete, includes the optimized_version_id and optionally
    test_run_id and comparison_id if run_test_after_optimization was True.

    Args:
        project_id (str):
        job_id (str):

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
                job_id,
            )
        )
    )


async def asyncio(
    client: AuthenticatedClient,
    project_id: str,
    job_id: str,
) -> PromptOptimizationJobStatusResponse:
    """Get prompt optimization job status and details.

    GET /api/v2/projects/{project_id}/prompt-optimization-jobs/{job_id}, the operation get_job.

    Returns the current status of the prompt optimization job, including progress information
    for polling. When complete, includes the optimized_version_id and optionally
    test_run_id and comparison_id if run_test_after_optimization was True.

    Args:
        project_id (str):
        job_id (str):

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
                job_id,
            )
        )
    )
