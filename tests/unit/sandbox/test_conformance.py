"""Schemathesis, an independent tool, finds no response of the sandbox that contradicts the specs."""

from collections.abc import Iterator
from types import FunctionType

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from jobwait._httpx import httpx
from jobwait.sandbox import Address, Sandbox
from support.specs import effective_spec

UNLIMITED = {"fryte": None}
FORM = [status_code_conformance, content_type_conformance, response_schema_conformance]
TEMPLATE = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
SETTINGS = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def schema(service):
    """The spec of *service* for schemathesis, which draws the same cases every time."""
    # The key comes from us, so that a case without one is no fault; unknown parameters are no fault either,
    # as all three services ignore them.
    generation = GenerationConfig(
        deterministic=True, database="none", with_security_parameters=False, allow_extra_parameters=False
    )
    projects = ProjectsConfig(default=ProjectConfig(generation=generation))
    return schemathesis.openapi.from_dict(effective_spec(service), config=SchemathesisConfig(seed=7, projects=projects))


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    """A sandbox by the documentation, fast enough that jobs end during the tests."""
    with Sandbox(speed=600, limits=UNLIMITED, promptforge_mode="docs") as box:
        yield box


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    """A sandbox whose PromptForge behaves as the published server does."""
    with Sandbox(speed=600, limits=UNLIMITED) as box:
        yield box


@pytest.fixture(scope="module")
def freeplay_ids(box):
    """The identifiers of a job."""
    headers = {"Authorization": f"Bearer {box.freeplay.key}"}
    path = "/api/v2/projects/p1/prompt-optimization-jobs"
    body = {"prompt_template_version_id": TEMPLATE, "dataset_id": TEMPLATE}
    job = httpx.post(box.freeplay.url + path, json=body, headers=headers).json()
    return {"project_id": "p1", "job_id": job["job_id"]}


@pytest.fixture(scope="module")
def fryte_ids(box):
    """The identifiers of a job."""
    headers = {"Authorization": f"Bearer {box.fryte.key}"}
    section = {"start_pos": [53.55, 10.0], "stop_pos": [48.14, 11.58]}
    tour = {"vehicle_id": "1", "battery_level_start": 0.8, "section_list": [section], "poi_info": {}}
    job = httpx.post(f"{box.fryte.url}/planner/v2", json=tour, headers=headers).json()
    return {"job_id": job["job_id"], "optimization_id": job["optimization_id"]}


def finished_batch(address: Address) -> dict[str, str]:
    """A job with results."""
    headers = {"X-API-Key": address.key}
    body = {"provider": "openai", "model": "sandbox-quick"}
    job = httpx.post(f"{address.url}/v1/jobs/init", json=body, headers=headers).json()
    prompts = b'{"prompt_id": 1, "prompt": "Why?"}'
    httpx.put(job["upload_url"], content=prompts, headers={"Content-Type": "application/x-ndjson"})
    return {"job_id": job["job_id"]}


@pytest.fixture(scope="module")
def promptforge_ids(box):
    """The identifiers of a job."""
    return finished_batch(box.promptforge)


@pytest.fixture(scope="module")
def server_ids(server):
    """The identifiers of a job of the published server."""
    return finished_batch(server.promptforge)


def check_case(case, address: Address, headers: dict[str, str], ids: dict[str, object], checks=None) -> None:
    """Send *case* with the right key, some of its identifiers changed to real ones, and check the response."""
    # Invented identifiers alone would never see more than a 404.
    for name, value in ids.items():
        if name in (case.path_parameters or {}) and len(str(case.path_parameters[name])) % 2:
            case.path_parameters[name] = value
    case.call_and_validate(base_url=address.url, headers=headers, checks=checks)


def freeplay(case, box, freeplay_ids):
    """Freeplay's responses conform to its spec, and invalid input is refused."""
    check_case(case, box.freeplay, {"Authorization": f"Bearer {box.freeplay.key}"}, freeplay_ids)


def fryte(case, box, fryte_ids):
    """FRYTE's responses conform to its spec, and invalid input is refused."""
    check_case(case, box.fryte, {"Authorization": f"Bearer {box.fryte.key}"}, fryte_ids)


def promptforge(case, box, promptforge_ids):
    """PromptForge's responses conform to its spec, and invalid input is refused."""
    check_case(case, box.promptforge, {"X-API-Key": box.promptforge.key}, promptforge_ids)


def promptforge_server(case, server, server_ids):
    """The published server accepts more than is documented and has faults, but every response has a documented form."""
    check_case(case, server.promptforge, {"X-API-Key": server.promptforge.key}, server_ids, FORM)


def generate_tests(service, rule):
    """A test of each operation of *service* by *rule*, under a name of its own."""
    for path in effective_spec(service)["paths"].values():
        for operation in path.values():
            name = operation["operationId"]
            test = FunctionType(rule.__code__, globals(), rule.__name__)
            test.__doc__ = rule.__doc__
            yield (
                f"test_{rule.__name__}_{name}",
                schema(service).include(operation_id=name).parametrize()(SETTINGS(test)),
            )


# One function for a whole spec would give its tests one name, and of those pytest-xdist runs only the first.
for service, rule in (
    ("freeplay", freeplay),
    ("fryte", fryte),
    ("promptforge", promptforge),
    ("promptforge", promptforge_server),
):
    globals().update(generate_tests(service, rule))
