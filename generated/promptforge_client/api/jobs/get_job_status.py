# Generated from specs/promptforge/openapi.yaml (sha256 0cf1c9d2980e) by codegen.py; edit the overlay.
"""How far a job is.

GET /v1/jobs/{job_id}/status, the operation get_job_status.

Poll every 5 to 10 seconds. Once the status is COMPLETED, get the download URLs of the results from
get_job_results.
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
    from ...models.job_status import JobStatus


def build(
    client: AuthenticatedClient,
    job_id: str,
) -> httpx.Request:
    """The complete request; it is not sent."""
    return client.build_request(
        "GET",
        "/v1/jobs/" + encode.path_value("job_id", job_id) + "/status",
        auth=client.auth_headers(),
    )


@functools.cache
def _documented() -> answers.Documented[JobStatus]:
    from ...models.error_detail import ErrorDetail
    from ...models.job_status import JobStatus

    return answers.Documented(
        {
            "200": answers.json_of("JobStatus", decode.model(JobStatus.from_dict)),
        },
        {
            "401": answers.json_of("ErrorDetail", decode.model(ErrorDetail.from_dict)),
            "404": answers.json_of("ErrorDetail", decode.model(ErrorDetail.from_dict)),
            "500": answers.json_of("ErrorDetail", decode.model(ErrorDetail.from_dict)),
        },
        errors.BY_STATUS,
    )


def parse(response: httpx.Response) -> JobStatus:
    """The value of *response*; anything but a documented success raises an error.

    Raises:
        errors.Unauthorized: 401. The key is missing, wrong or revoked.
        errors.NotFound: 404. There is no such job, or it is another client's.
        errors.InternalServerError: 500. A fault of the server; plain text unless the key store is to blame.
        errors.StatusError: any other status that is not a success.
        errors.BodyError, errors.DecodeError: a success that does not match the spec.
    """
    return _documented().read(response)


def sync(
    client: AuthenticatedClient,
    job_id: str,
) -> JobStatus:
    """How far a job is.

    GET /v1/jobs/{job_id}/status, the operation get_job_status.

    Poll every 5 to 10 seconds. Once the status is COMPLETED, get the download URLs of the results from
    get_job_results.

    Args:
        job_id (str): The job ID returned from POST /v1/jobs/init, a UUID as text.

    Raises:
        errors.Unauthorized: 401. The key is missing, wrong or revoked.
        errors.NotFound: 404. There is no such job, or it is another client's.
        errors.InternalServerError: 500. A fault of the server; plain text unless the key store is to blame.
        errors.StatusError: any other status that is not a success.
        errors.BodyError, errors.DecodeError: a success that does not match the spec.
        httpx.TransportError: no response was received.
    """
    return parse(
        client.send(
            build(
                client,
                job_id,
            )
        )
    )


async def asyncio(
    client: AuthenticatedClient,
    job_id: str,
) -> JobStatus:
    """How far a job is.

    GET /v1/jobs/{job_id}/status, the operation get_job_status.

    Poll every 5 to 10 seconds. Once the status is COMPLETED, get the download URLs of the results from
    get_job_results.

    Args:
        job_id (str): The job ID returned from POST /v1/jobs/init, a UUID as text.

    Raises:
        errors.Unauthorized: 401. The key is missing, wrong or revoked.
        errors.NotFound: 404. There is no such job, or it is another client's.
        errors.InternalServerError: 500. A fault of the server; plain text unless the key store is to blame.
        errors.StatusError: any other status that is not a success.
        errors.BodyError, errors.DecodeError: a success that does not match the spec.
        httpx.TransportError: no response was received.
    """
    return parse(
        await client.send_async(
            build(
                client,
                job_id,
            )
        )
    )
