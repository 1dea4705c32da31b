# Generated from specs/promptforge/openapi.yaml (sha256 f4664a62ad5f) by codegen.py; edit the overlay.
"""Links to the result files of a completed job.

Every call signs new links, so an expired link is renewed by asking again.
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
    from ...models.job_results import JobResults


def build(
    client: AuthenticatedClient,
    job_id: str,
) -> httpx.Request:
    """The request, ready to be sent; nothing is sent yet."""
    return client.build_request(
        "GET",
        "/v1/jobs/" + encode.path_value("job_id", job_id) + "/results",
        auth=client.auth_headers(),
    )


def parse(response: httpx.Response) -> JobResults:
    """What *response* says; whatever is no documented success raises one of the errors in errors.py."""
    from ...models.error_detail import ErrorDetail
    from ...models.job_results import JobResults

    successes: dict[str, answers.Reader[JobResults]] = {
        "200": answers.json_of("JobResults", decode.model(JobResults.from_dict)),
    }
    faults: dict[str, answers.Reader[Any]] = {
        "401": answers.json_of("ErrorDetail", decode.model(ErrorDetail.from_dict)),
        "404": answers.json_of("ErrorDetail", decode.model(ErrorDetail.from_dict)),
        "409": answers.json_of("ErrorDetail", decode.model(ErrorDetail.from_dict)),
        "500": answers.json_of("ErrorDetail", decode.model(ErrorDetail.from_dict)),
    }
    return answers.read(response, successes, faults, errors.BY_STATUS)


def sync(
    client: AuthenticatedClient,
    job_id: str,
) -> JobResults:
    """Links to the result files of a completed job.

    Every call signs new links, so an expired link is renewed by asking again.
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
) -> JobResults:
    """Links to the result files of a completed job.

    Every call signs new links, so an expired link is renewed by asking again.
    """
    return parse(
        await client.send_async(
            build(
                client,
                job_id,
            )
        )
    )
