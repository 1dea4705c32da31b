"""Clients of the peers, each with its own HTTP stack and its own retry policy, for a server on this machine."""

from __future__ import annotations

import os
from typing import Any


def openai_client(url: str, timeout: float) -> Any:
    """Two retries, half a second and one."""
    from openai import OpenAI

    return OpenAI(base_url=url, api_key="k", timeout=timeout)


def azure_client(url: str, timeout: float, backoff: float) -> Any:
    """The policies that Azure's own clients have, without a key."""
    from azure.core import PipelineClient
    from azure.core.pipeline.policies import ContentDecodePolicy, RedirectPolicy, RequestIdPolicy, RetryPolicy
    from azure.core.pipeline.transport import RequestsTransport

    retries = RetryPolicy(retry_backoff_factor=backoff)
    policies = [RequestIdPolicy(), RedirectPolicy(), retries, ContentDecodePolicy()]
    transport = RequestsTransport(connection_timeout=timeout, read_timeout=timeout)
    return PipelineClient(url, policies=policies, transport=transport)


def botocore_client(url: str, timeout: float) -> Any:
    """Of the services that it knows this one has a GET for the status of a job, in JSON: describe_job."""
    import botocore.session
    from botocore import UNSIGNED
    from botocore.config import Config

    session = botocore.session.Session()
    session.set_config_variable("config_file", os.devnull)
    config = Config(
        region_name="eu-west-1",
        signature_version=UNSIGNED,
        connect_timeout=timeout,
        read_timeout=timeout,
        retries={"mode": "standard", "total_max_attempts": 3},
    )
    return session.create_client("glacier", endpoint_url=url, config=config)
