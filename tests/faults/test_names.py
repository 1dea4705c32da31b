"""Host names that do not resolve, or lead to a machine that refuses, with the tests' own getaddrinfo."""

import shutil
import socket

import pytest

from faults.catalogue import CANARY
from faults.operations import ENGINES, FLEETS, POLLS, SUBMITS, good, new_folder, run
from faults.server import Hostile
from faults.test_faults import error_of
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

        def __call__(self, host, port, family=0, kind=0, proto=0, flags=0):
            if flags & socket.AI_NUMERICHOST and not host[:1].isdigit():
                raise socket.gaierror(socket.EAI_NONAME, "no number")  # trio checks whether a name is a number first
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
def test_a_name_that_does_not_resolve_is_tried_up_to_the_limit(engine, code, resolver, folder):
    """Nothing was sent; the error names the host."""
    resolver.leads_to = socket.gaierror(code, "Name or service not known")
    with Hostile(good) as server:
        for operation in POLLS if engine in FLEETS else [*POLLS, *SUBMITS]:
            resolver.asked = 0
            client = operation.connect(named(server))
            found, world = run(engine, operation.operation(client, folder), client)
            error = error_of(found)
            assert type(error) is errors.CallFailed, f"{operation}: {error!r}"
            assert "localhost" in str(error), f"{operation}: {error}"
            assert CANARY not in str(error)
            assert 5 == resolver.asked, f"{operation}"
            assert world.slept > 1.5
    assert 0 == server.connections


@pytest.mark.parametrize("engine", ENGINES)
def test_the_second_address_of_a_name_is_tried(engine, resolver, folder):
    """The first address refuses, the second responds, at the first attempt."""
    resolver.leads_to = ["127.0.0.2", "127.0.0.1"]
    with Hostile(good) as server:
        for operation in POLLS if engine in FLEETS else [*POLLS, *SUBMITS]:
            client = operation.connect(named(server))
            found, world = run(engine, operation.operation(client, folder), client)
            assert not isinstance(found, Exception), f"{operation}: {found!r}"
            assert operation.says(found)
            assert 0 == world.slept
        assert all(request.headers["host"] == f"localhost:{server.port}" for request in server.requests)
    assert resolver.asked > 0


@pytest.mark.parametrize("engine", ENGINES)
def test_one_failed_resolution_costs_one_attempt(engine, resolver, folder):
    """And nothing else."""
    resolver.leads_to = ["127.0.0.1"]
    with Hostile(good) as server:
        for operation in POLLS if engine in FLEETS else [*POLLS, *SUBMITS]:
            calls = []

            def once(*given, calls=calls, **named):
                found = resolver(*given, **named)
                calls.append(found)
                if len(calls) == 1:
                    raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
                return found

            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(socket, "getaddrinfo", once)
                client = operation.connect(named(server))
                found, world = run(engine, operation.operation(client, folder), client)
            assert not isinstance(found, Exception), f"{operation}: {found!r}"
            assert operation.says(found)
            assert world.slept > 0
