"""Every operation of every client, sync and async, against the sandbox; openapi-core judges each request."""

import inspect
import json
from importlib import import_module
from pkgutil import iter_modules
from uuid import UUID

import anyio
import pytest
from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.testing import MockRequest
from werkzeug.datastructures import Headers, ImmutableMultiDict

import freeplay_client
import fryte_client
import promptforge_client
from jobwait import freeplay, fryte, promptforge
from jobwait._httpx import httpx
from support.services import DATASET, PROJECT, TEMPLATE, TOUR
from support.specs import effective_spec

CLIENTS = {"freeplay": freeplay_client, "fryte": fryte_client, "promptforge": promptforge_client}
PAGES = {"freeplay": freeplay, "fryte": fryte, "promptforge": promptforge}


def operations(package):
    """The endpoint modules of a client, by name."""
    api = import_module(f"{package.__name__}.api")
    return {
        module.name: import_module(f"{api.__name__}.{tag.name}.{module.name}")
        for tag in iter_modules(api.__path__)
        for module in iter_modules(import_module(f"{api.__name__}.{tag.name}").__path__)
    }


ALL = [(name, operation) for name, package in CLIENTS.items() for operation in operations(package)]
KEYS = {"project_id": PROJECT, "user_id": 1}


def body_for(operation):
    """A body that the operation takes, as its own model."""
    wanted = inspect.signature(operation.build).parameters.get("body")
    bodies = {
        "StartPromptOptimizationJobRequest": {
            "prompt_template_version_id": str(TEMPLATE),
            "dataset_id": str(DATASET),
            "user_instructions": "Shorter.",
        },
        "PlannerRequest": TOUR,
        "InitJobRequest": {"provider": "openai", "model": "sandbox-quick"},
    }
    if wanted is None:
        return {}
    models = import_module(f"{operation.__name__.partition('.')[0]}.models")
    return {"body": getattr(models, wanted.annotation).from_dict(bodies[wanted.annotation])}


def made(page, box, quick):
    """A finished job of the service, for the operations that need one."""
    address = getattr(box, page.SERVICE.name)
    with page.connect(address.key, base_url=address.url) as client:
        from support.services import PLAYED

        row = next(row for row in PLAYED if row.name == page.SERVICE.name)
        job = row.submit(client)
        snapshot = job.wait(policy=quick)
        ids = {"job_id": job.id, "optimization_id": getattr(snapshot, "optimization_id", None)}
        return {**KEYS, **ids}


@pytest.fixture(scope="module")
def jobs(box):
    """The ids of one finished job a service."""
    from conftest import QUICK

    return {name: made(page, box, QUICK) for name, page in PAGES.items()}


def arguments(operation, ids):
    parameters = inspect.signature(operation.build).parameters
    return {name: value for name, value in ids.items() if name in parameters} | body_for(operation)


def judged(name, request):
    """The path and the parameters of *request* as openapi-core reads them; it raises where they break the spec."""
    spec = OpenAPI.from_dict(effective_spec(name))
    host = f"{request.url.scheme}://{request.url.netloc.decode()}"
    seen = MockRequest(
        host_url=effective_spec(name)["servers"][0]["url"],
        method=request.method.lower(),
        path=request.url.path,
        data=request.content or None,
        content_type=request.headers.get("content-type", ""),
    )
    seen.parameters = RequestParameters(
        query=ImmutableMultiDict(request.url.params.multi_items()), header=Headers(request.headers.multi_items())
    )
    spec.validate_request(seen)
    return host


@pytest.mark.parametrize(("name", "operation"), ALL, ids=[f"{name}-{operation}" for name, operation in ALL])
def test_the_request_is_what_the_spec_says(name, operation, jobs, box):
    """An independent judge accepts each request that a client builds."""
    module, address = operations(CLIENTS[name])[operation], getattr(box, name)
    with PAGES[name].connect(address.key, base_url=address.url) as client:
        request = module.build(client, **arguments(module, jobs[name]))
    assert address.url == judged(name, request)


def test_the_judge_can_object(box):
    """A control: a request that breaks the specification is refused by the same judge."""
    with fryte.connect(box.fryte.key, base_url=box.fryte.url) as client:
        request = operations(fryte_client)["submit_job"].build(
            client, body=fryte_client.models.PlannerRequest.from_dict(TOUR), corridor=20
        )
    with pytest.raises(Exception, match=r"(?i)parameter|invalid|validat"):
        judged("fryte", request)


@pytest.mark.parametrize("style", ["sync", "asyncio", "trio"])
@pytest.mark.parametrize(("name", "operation"), ALL, ids=[f"{name}-{operation}" for name, operation in ALL])
def test_the_sandbox_answers(name, operation, style, jobs, box):
    """Each operation gives its documented model, from a thread, from asyncio and from trio."""
    module, address = operations(CLIENTS[name])[operation], getattr(box, name)
    client = PAGES[name].connect(address.key, base_url=address.url)
    given = arguments(module, jobs[name])

    async def ask():
        async with client:
            return await module.asyncio(client, **given)

    if style == "sync":
        with client:
            answer = module.sync(client, **given)
    else:
        answer = anyio.run(ask, backend=style)
    assert type(answer).__name__ == inspect.signature(module.parse).return_annotation.partition("[")[0]


def test_nothing_is_left_out():
    """The clients have the operations that the life of a job needs, and no others."""
    assert {name: sorted(operations(package)) for name, package in CLIENTS.items()} == {
        "freeplay": ["cancel_job", "get_job", "list_jobs", "start_job"],
        "fryte": ["get_job", "get_result", "list_jobs", "plan_tour", "submit_job"],
        "promptforge": ["get_health", "get_job_results", "get_job_status", "init_job"],
    }


def test_the_sandbox_counts_what_it_is_asked(box, jobs):
    """The sandbox tells what it saw: submissions and looks for each service."""
    stats = box.stats()
    assert set(CLIENTS) == set(stats)
    assert all(seen["submits"] >= 1 and seen["polls"] >= 1 for seen in stats.values())
    assert UUID(jobs["promptforge"]["job_id"])
    assert json.loads(json.dumps(stats["fryte"]["polls"])) >= 1
    assert httpx.URL(box.fryte.url).host == "127.0.0.1"
