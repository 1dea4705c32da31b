"""Adapters of the peers for jobwait.testing.conformance: each waits with the poller that its own SDK has."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable, Mapping
from typing import Any, Final

from benchmarks.peer_clients import azure_client, botocore_client, openai_client

from jobwait.testing.conformance import Adapter, Scorecard, run
from jobwait.testing.conformance.own import JOBWAIT

WORDLESS: Final = "its jobs have no word for it"
REQUEST: Final = 6  # intervals that a request may take: 30 s


def _server(url: str) -> str:
    return url.rpartition("/jobs/")[0]


def _openai() -> Adapter:
    words = {
        "running": "in_progress", "succeeded": "completed", "canceled": "cancelled", "canceling": "cancelling",
        "needs_input": "requires_action",
    }  # fmt: skip
    back = {theirs: ours for ours, theirs in words.items()}

    def wait(url: str, timeout: float, interval: float) -> str:  # noqa: ARG001 - it has no deadline
        with openai_client(_server(url), REQUEST * interval) as client:
            milliseconds = int(interval * 1000)
            got = client.beta.threads.runs.poll("j-1", thread_id="t-1", poll_interval_ms=milliseconds)
        return back.get(got.status, got.status)

    return Adapter("openai", wait, _renamed(words), virtual=True, skips={"spelling": "its words are its own"})


def _renamed(words: Mapping[str, str]) -> Callable[[Mapping[str, Any]], Any]:
    return lambda job: {name: words.get(value, value) if name == "status" else value for name, value in job.items()}


def _azure() -> Adapter:
    from azure.core.exceptions import HttpResponseError
    from azure.core.polling import LROPoller
    from azure.core.polling.base_polling import LROBasePolling, OperationFailed
    from azure.core.rest import HttpRequest

    def wait(url: str, timeout: float, interval: float) -> str:
        client = azure_client(_server(url), REQUEST * interval, backoff=0.16 * interval)  # 0.8 s, at its own interval
        submit = HttpRequest("POST", url.rpartition("/")[0])
        submitted = client.send_request(submit, _return_pipeline_response=True)
        poller: LROPoller[Any] = LROPoller(client, submitted, lambda _: None, LROBasePolling(timeout=interval))
        try:
            poller.result(timeout)
        except HttpResponseError as error:
            if not isinstance(error.inner_exception, OperationFailed):
                raise
        return poller.status().lower() if poller.done() else "timed_out"

    return Adapter("azure-core", wait, skips={"needs its caller": WORDLESS})


def _botocore() -> Adapter:
    from botocore.exceptions import WaiterError
    from botocore.waiter import WaiterModel, create_waiter_with_client

    words = {"running": "InProgress", "succeeded": "Succeeded", "failed": "Failed", "canceled": "Canceled"}
    ends = {"Succeeded": "success", "Failed": "failure", "Canceled": "failure"}
    acceptors = [
        {"matcher": "path", "argument": "StatusCode", "expected": word, "state": state} for word, state in ends.items()
    ]

    def wait(url: str, timeout: float, interval: float) -> str:
        most = int(timeout / interval) + 1  # its deadline is a number of attempts
        ended = {"operation": "DescribeJob", "delay": interval, "maxAttempts": most, "acceptors": acceptors}
        client = botocore_client(_server(url), REQUEST * interval)
        waiter = create_waiter_with_client("Ended", WaiterModel({"version": 2, "waiters": {"Ended": ended}}), client)
        try:
            waiter.wait(accountId="-", vaultName="v", jobId="j-1")
        except WaiterError as error:
            if "Max attempts exceeded" in str(error):
                return "timed_out"
            status = error.last_response.get("StatusCode")
            if status not in ends:
                raise
            return str(status).lower()
        return "succeeded"

    def answer(job: Mapping[str, Any]) -> Any:
        status = {"StatusCode": words.get(job["status"], job["status"])} if "status" in job else {}
        return {"JobId": job["id"], **status}

    skips = {"needs its caller": WORDLESS, "spelling": "its words are its own"}
    return Adapter("botocore", wait, answer, virtual=True, skips=skips)


def _google() -> Adapter:
    import requests
    from google.api_core import exceptions, operation
    from google.api_core.future.polling import DEFAULT_POLLING
    from google.api_core.retry import Retry
    from google.protobuf import empty_pb2

    codes = {"failed": 13, "canceled": 1}
    empty = {"@type": "type.googleapis.com/google.protobuf.Empty"}

    def answer(job: Mapping[str, Any]) -> Any:
        status = job.get("status")
        found = {"name": f"operations/{job['id']}", "done": status in {"succeeded", *codes}}
        if status in codes:
            return {**found, "error": {"code": codes[status], "message": "it ended so"}}
        return {**found, "response": empty} if status == "succeeded" else found

    def wait(url: str, timeout: float, interval: float) -> str:
        def ask(method: str, path: str, **_: Any) -> Any:
            response = requests.request(method, f"{_server(url)}/{path}", timeout=REQUEST * interval)
            if response.status_code >= 400:
                raise exceptions.from_http_response(response)
            return response.json()

        running = answer({"id": "j-1", "status": "running"})
        pace = 2 * interval  # its pauses are random between nothing and this
        polling = DEFAULT_POLLING.with_delay(initial=pace, maximum=pace)
        try:
            waited = operation.from_http_json(running, ask, empty_pb2.Empty)
            waited.result(timeout=timeout, retry=Retry(timeout=timeout), polling=polling)
        except TimeoutError:
            return "timed_out"
        except exceptions.GoogleAPICallError:
            if not waited.operation.done:
                raise
            return "canceled" if waited.cancelled() else "failed"
        return "succeeded"

    names = ("needs its caller", "unknown status", "unknown status for good", "spelling")
    return Adapter("google-api-core", wait, answer, virtual=True, skips=dict.fromkeys(names, WORDLESS))


def _huggingface() -> Adapter:
    from huggingface_hub import HfApi
    from huggingface_hub.utils import disable_progress_bars

    disable_progress_bars()
    words = {"running": "RUNNING", "succeeded": "COMPLETED", "failed": "ERROR", "canceled": "CANCELED"}
    back = {theirs: ours for ours, theirs in words.items()}

    def wait(url: str, timeout: float, interval: float) -> str:
        api = HfApi(endpoint=_server(url), token="k")  # noqa: S106 - of no server
        try:
            got = api.wait_for_job("j-1", timeout=timeout, poll_interval=interval, namespace="n")
        except TimeoutError:
            return "timed_out"
        return back.get(got.status.stage, str(got.status.stage))

    def answer(job: Mapping[str, Any]) -> Any:
        status = {"stage": words.get(job["status"], job["status"])} if "status" in job else {}
        return {"id": job["id"], "status": status, "owner": {"id": "o", "name": "n", "type": "user"}}

    skips = {"needs its caller": WORDLESS, "spelling": "its words are its own"}
    return Adapter("huggingface_hub", wait, answer, virtual=True, skips=skips)


PEERS: Final[dict[str, Callable[[], Adapter]]] = {
    "jobwait": lambda: JOBWAIT,
    "openai": _openai,
    "azure-core": _azure,
    "botocore": _botocore,
    "google-api-core": _google,
    "huggingface_hub": _huggingface,
}


def card_of(name: str) -> Scorecard:
    """The scorecard of the peer called *name*; for a process of its own."""
    warnings.simplefilter("ignore")
    random.seed(0)  # the pauses of some are random
    return run(PEERS[name]())
