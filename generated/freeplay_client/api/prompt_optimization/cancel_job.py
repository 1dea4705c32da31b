# Generated from specs/freeplay/openapi.yaml (sha256 7b078dc6642b) by codegen.py; edit the overlay.
"""Cancel a prompt optimization job.

POST /api/v2/projects/{project_id}/prompt-optimization-jobs/{job_id}/cancel, the operation cancel_job.

Only a job that has not finished can be cancelled.
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
    from ...models.empty_response import EmptyResponse


def build(
    client: AuthenticatedClient,
    project_id: str,
    job_id: str,
) -> httpx.Request:
    """The complete request; it is not sent."""
    return client.build_request(
        "POST",
        "/api/v2/projects/"
        + encode.path_value("project_id", project_id)
        + "/prompt-optimization-jobs/"
        + encode.path_value("job_id", job_id)
        + "/cancel",
        auth=client.auth_headers(),
    )


@functools.cache
def _documented() -> answers.Documented[EmptyResponse]:
    from ...models.empty_response import EmptyResponse
    from ...models.error_message import ErrorMessage

    return answers.Documented(
        {
            "200": answers.json_of("EmptyResponse", decode.model(EmptyResponse.from_dict)),
        },
        {
            "400": answers.json_of("ErrorMessage", decode.model(ErrorMessage.from_dict)),
            "401": answers.json_of("ErrorMessage", decode.model(ErrorMessage.from_dict)),
            "404": answers.json_of("ErrorMessage", decode.model(ErrorMessage.from_dict)),
            "500": answers.json_of("ErrorMessage", decode.model(ErrorMessage.from_dict)),
        },
        errors.BY_STATUS,
    )


def parse(response: httpx.Response) -> EmptyResponse:
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
) -> EmptyResponse:
    """Cancel a prompt optimization job.

    POST /api/v2/projects/{project_id}/prompt-optimization-jobs/{job_id}/cancel, the operation cancel_job.

    Only a job that has not finished can be cancelled.

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
) -> EmptyResponse:
    """Cancel a prompt optimization job.

    POST /api/v2/projects/{project_id}/prompt-optimization-jobs/{job_id}/cancel, the operation cancel_job.

    Only a job that has not finished can be cancelled.

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
