"""Names that do not resolve, or lead to a machine that refuses; getaddrinfo is the tests' own: no resolver is asked."""

import shutil
import socket

import pytest

from faults.catalogue import CANARY
from faults.operations import ENGINES, LOOKS, SUBMITS, good, new_folder, run
from faults.server import Hostile
from faults.test_faults import BUDGET, error_of
from jobwait import errors


@pytest.fixture
def folder():
    made = new_folder()
    yield made
    shutil.rmtree(made)


@pytest.fixture
def resolver(monkeypatch):
    """What the names of the tests lead to: a list of addresses, or an error to raise; and how often they were asked."""

    class Resolver:
        leads_to = ()
        asked = 0

        def __call__(self, host, port, *_, **__):
            name = host.decode() if isinstance(host, bytes) else host
            if name[0].isdigit():
                found = [name]
            else:
                assert name == "localhost"
                self.asked += 1
                if isinstance(self.leads_to, Exception):
                    raise self.leads_to
                found = self.leads_to
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, int(port))) for one in found]

    made = Resolver()
    monkeypatch.setattr(socket, "getaddrinfo", made)
    return made


def named(server):
    """The address of *server* by a name instead of numbers."""
    return f"http://localhost:{server.port}"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("code", [socket.EAI_NONAME, socket.EAI_AGAIN], ids=["unknown", "for now"])
def test_a_name_that_does_not_resolve_is_asked_a_few_times(engine, code, resolver, folder):
    """No address for the name: nothing was sent; it is asked within the budget, and the error says which host."""
    resolver.leads_to = socket.gaierror(code, "Name or service not known")
    with Hostile(good) as server:
        for operation in LOOKS if engine == "aiohttp" else [*LOOKS, *SUBMITS]:
            resolver.asked = 0
            client = operation.connect(named(server))
            found, world = run(engine, operation.script(client, folder), client)
            error = error_of(found)
            assert type(error) is errors.CallFailed, f"{operation}: {error!r}"
            assert "localhost" in str(error), f"{operation}: {error}"
            assert CANARY not in str(error)
            assert BUDGET == resolver.asked, f"{operation}"
            assert world.slept > 1.5
    assert 0 == server.connections


@pytest.mark.parametrize("engine", ENGINES)
def test_the_second_address_of_a_name_is_tried(engine, resolver, folder):
    """A name with two addresses of which the first refuses: the second answers, at the first attempt."""
    resolver.leads_to = ["127.0.0.2", "127.0.0.1"]
    with Hostile(good) as server:
        for operation in LOOKS if engine == "aiohttp" else [*LOOKS, *SUBMITS]:
            client = operation.connect(named(server))
            found, world = run(engine, operation.script(client, folder), client)
            assert not isinstance(found, Exception), f"{operation}: {found!r}"
            assert operation.says(found)
            assert 0 == world.slept
        assert all(heard.headers["host"] == f"localhost:{server.port}" for heard in server.heard)
    assert resolver.asked > 0


@pytest.mark.parametrize("engine", ENGINES)
def test_a_name_that_resolves_again_goes_on(engine, resolver, folder):
    """A resolver that fails once costs one attempt and nothing else."""
    resolver.leads_to = ["127.0.0.1"]
    with Hostile(good) as server:
        for operation in LOOKS if engine == "aiohttp" else [*LOOKS, *SUBMITS]:
            calls = []

            def once(host, port, *rest, calls=calls, **more):
                calls.append(host)
                if len(calls) == 1:
                    raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
                return resolver(host, port, *rest, **more)

            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(socket, "getaddrinfo", once)
                client = operation.connect(named(server))
                found, world = run(engine, operation.script(client, folder), client)
            assert not isinstance(found, Exception), f"{operation}: {found!r}"
            assert operation.says(found)
            assert world.slept > 0
