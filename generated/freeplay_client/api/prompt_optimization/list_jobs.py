# Generated from specs/freeplay/openapi.yaml (sha256 7b078dc6642b) by codegen.py; edit the overlay.
"""List the prompt optimization jobs of a project, newest first.

GET /api/v2/projects/{project_id}/prompt-optimization-jobs, the operation list_jobs.

There is neither a total nor a cursor; read pages until has_next is false.
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
    from ...models.prompt_optimization_job_list_response import PromptOptimizationJobListResponse


def build(
    client: AuthenticatedClient,
    project_id: str,
    *,
    page: int | Unset = 1,
    page_size: int | Unset = 30,
    status: None | str | Unset = UNSET,
) -> httpx.Request:
    """The complete request; it is not sent."""
    return client.build_request(
        "GET",
        "/api/v2/projects/" + encode.path_value("project_id", project_id) + "/prompt-optimization-jobs",
        params={
            "page": encode.query_value(page),
            "page_size": encode.query_value(page_size),
            "status": encode.query_value(status),
        },
        auth=client.auth_headers(),
    )


@functools.cache
def _documented() -> answers.Documented[PromptOptimizationJobListResponse]:
    from ...models.error_message import ErrorMessage
    from ...models.prompt_optimization_job_list_response import PromptOptimizationJobListResponse

    return answers.Documented(
        {
            "200": answers.json_of(
                "PromptOptimizationJobListResponse", decode.model(PromptOptimizationJobListResponse.from_dict)
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


def parse(response: httpx.Response) -> PromptOptimizationJobListResponse:
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
    page: int | Unset = 1,
    page_size: int | Unset = 30,
    status: None | str | Unset = UNSET,
) -> PromptOptimizationJobListResponse:
    """List the prompt optimization jobs of a project, newest first.

    GET /api/v2/projects/{project_id}/prompt-optimization-jobs, the operation list_jobs.

    There is neither a total nor a cursor; read pages until has_next is false.

    Args:
        project_id (str):
        page (int | Unset): Number of the page, from 1. Default: 1.
        page_size (int | Unset): Jobs on a page. Default: 30.
        status (None | str | Unset): Only jobs of this status.

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
                page=page,
                page_size=page_size,
                status=status,
            )
        )
    )


async def asyncio(
    client: AuthenticatedClient,
    project_id: str,
    *,
    page: int | Unset = 1,
    page_size: int | Unset = 30,
    status: None | str | Unset = UNSET,
) -> PromptOptimizationJobListResponse:
    """List the prompt optimization jobs of a project, newest first.

    GET /api/v2/projects/{project_id}/prompt-optimization-jobs, the operation list_jobs.

    There is neither a total nor a cursor; read pages until has_next is false.

    Args:
        project_id (str):
        page (int | Unset): Number of the page, from 1. Default: 1.
        page_size (int | Unset): Jobs on a page. Default: 30.
        status (None | str | Unset): Only jobs of this status.

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
                page=page,
                page_size=page_size,
                status=status,
            )
        )
    )
