"""Attributes of a client: the operations of each tag as methods, made when they are asked for."""

import asyncio
import importlib
import inspect
import subprocess
import sys

import pytest
from generator.emit.methods import client_names
from generator.paths import GENERATED, services

from fryte_client import AuthenticatedClient
from jobwait._httpx import httpx

TAGS = [
    (f"{service}_client", folder.name)
    for service in services()
    for folder in sorted((GENERATED / f"{service}_client" / "api").iterdir())
    if folder.is_dir() and folder.name != "__pycache__"
]
each_tag = pytest.mark.parametrize(("package", "tag"), TAGS)


def modules_of(package, tag):
    """The modules of the operations of *tag*, by name."""
    names = sorted(path.stem for path in (GENERATED / package / "api" / tag).glob("*.py") if path.stem != "__init__")
    return {name: importlib.import_module(f"{package}.api.{tag}.{name}") for name in names}


def arguments_of(function):
    """Its arguments but for the first one, with kinds, annotations and defaults; and what it returns."""
    signature = inspect.signature(function)
    return list(signature.parameters.values())[1:], signature.return_annotation


@each_tag
def test_each_operation_is_a_method_with_an_async_twin(package, tag):
    """With the arguments of its module, and its type."""
    client = importlib.import_module(package).AuthenticatedClient(token="k")
    methods, modules = type(getattr(client, tag)), modules_of(package, tag)

    assert {*modules, *(f"{name}_async" for name in modules)} == {one for one in vars(methods) if one[0] != "_"}
    for name, module in modules.items():
        assert arguments_of(module.sync) == arguments_of(getattr(methods, name))
        assert arguments_of(module.asyncio) == arguments_of(getattr(methods, f"{name}_async"))


def test_a_method_sends_what_its_module_sends():
    """By the client that it is an attribute of, in both styles."""
    seen = []

    def handle(request):
        seen.append((request.method, str(request.url), request.headers["authorization"]))
        return httpx.Response(200, json={"job_id": "a", "tour_id": 1, "status": "queued"})

    with AuthenticatedClient(token="k", transport=httpx.MockTransport(handle)) as client:
        status = client.planner.get_job("a", tenant_id=7)
        twin = asyncio.run(client.planner.get_job_async("a", tenant_id=7))

    assert status == twin
    assert "queued" == status.status
    assert [("GET", "https://api.fryte.eu/planner/jobs/a?tenant_id=7", "Bearer k")] * 2 == seen


def test_methods_are_loaded_when_they_are_asked_for():
    """Importing a client, or one operation, loads no method and no other operation."""
    code = (
        "import sys, fryte_client, fryte_client.api.planner.get_job\n"
        "def loaded(): return sorted(name for name in sys.modules if '._methods' in name or '.api.planner.' in name)\n"
        "print(loaded())\n"
        "fryte_client.Client().planner\n"
        "print(loaded())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    one = "fryte_client.api.planner.get_job"

    assert [
        str([one]),
        str(["fryte_client._methods", "fryte_client._methods.planner", one]),
    ] == done.stdout.splitlines()


@pytest.mark.parametrize("package", sorted({package for package, _ in TAGS}))
def test_no_attribute_hides_what_a_client_has(package):
    """Names that a client has already are known to the generator."""
    own = {one for one in dir(importlib.import_module(package).AuthenticatedClient) if one[0] != "_"}

    assert own - {tag for name, tag in TAGS if name == package} <= client_names()
