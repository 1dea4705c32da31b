"""
A transport= of one style, and code of the other: the request goes to the network, with the key.

In a test of one's own that is a billed job.
"""

import asyncio

import httpx

from cases.loopback import KEY, UUID, Server
from jobwait import freeplay


class Fake(httpx.BaseTransport):
    """A transport for sync code alone."""

    def handle_request(self, request):
        """The job."""
        return httpx.Response(202, json={"job_id": UUID}, request=request)


async def submit():
    """Submit in a task."""
    return await freeplay.submit_async(client, "proj", prompt_template_version_id=UUID, dataset_id=UUID)


with Server(lambda *_: (503, {})) as server:
    client = freeplay.connect(KEY, base_url=server.url, transport=Fake())
    job = freeplay.submit(client, "proj", prompt_template_version_id=UUID, dataset_id=UUID)
    print("sync:", job, "| requests to the network:", len(server.requests))
    try:
        print("async:", asyncio.run(submit()))
    except Exception as error:
        print("async:", type(error).__name__)
    print("to the network:", [(method, path, headers["authorization"]) for method, path, headers in server.requests])
