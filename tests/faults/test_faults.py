"""
Every fault with every operation of every service, under every engine.

Each test has the server produce one fault: once, and the operation succeeds all the same; or for ever, and it ends with
a JobWaitError. A request that is not safe to repeat is sent once. With JOBWAIT_ALL set that is every
fault under every engine against every operation; without, each operation meets each fault, and each engine meets each
fault and each operation, but not every three of them together.
"""

import gc
import os
import shutil
import traceback

import pytest

from faults.catalogue import CANARY, FAULTS
from faults.operations import ENGINES, FILES, FLEETS, OTHERS, POLLS, SUBMITS, UPLOAD, good, new_folder, open_files, run
from faults.server import ALWAYS, Hostile
from jobwait import errors
from jobwait._http import pool as _pool
from jobwait._model.service import Service

# httpx and httpcore leave the generators of a body that is not read to its end; trio alone says so.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Async generator 'http:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::jobwait.errors.RetryAfterWarning"),  # one fault sends such a header
]
QUICK = [fault for fault in FAULTS.values() if not fault.stalls]
STALLS = [fault for fault in FAULTS.values() if fault.stalls]
BUDGET = 5
HTTPX = ("sync", "httpx")
FILE_FAULTS = [fault for fault in FAULTS.values() if not (fault.junk or fault.big or fault.stalls)]


def drawn(operations, fault, engine, engines=ENGINES):
    """Those of *operations* that *fault* meets under *engine*."""
    if "JOBWAIT_ALL" in os.environ:
        return operations
    turn = list(FAULTS).index(fault.name) + engines.index(engine)
    return [one for number, one in enumerate(operations) if (number + turn) % min(len(engines), len(operations)) == 0]


@pytest.fixture(autouse=True)
def _small_limits(monkeypatch):
    """Bodies in memory have 64 MiB; a tenth of it is the same rule in less time. Looks keep their own."""
    monkeypatch.setattr(_pool, "BODY_LIMIT", 4 << 20)


@pytest.fixture
def folder():
    made = new_folder()
    yield made
    shutil.rmtree(made)


def played(engine, fault, operation, folder, times, request_timeout=30.0):
    """What *operation* comes to, the server that it met, and the world."""
    with Hostile(good, fault.play, operation.where, times, fault.at_accept) as server:
        client = operation.connect(server.url, request_timeout=request_timeout)
        found, world = run(engine, operation.operation(client, folder), client)
    return found, server, world


def error_of(found):
    """The error that *found* is or holds."""
    return found if isinstance(found, Exception) else getattr(found, "error", None)


def holds_no_secret(error):
    """No text of *error*, its causes or the locals on its way holds the key or a signature."""
    if error is None:
        return True
    traced = traceback.TracebackException.from_exception(error, capture_locals=True)
    return CANARY not in "".join(traced.format()) + repr(error) + str(vars(error))


def recovers(engine, fault, operation, folder, **more):
    found, server, _ = played(engine, fault, operation, folder, 1, **more)
    assert not isinstance(found, Exception), f"{operation}: {found!r}"
    assert operation.says(found), f"{operation}: {found!r}"
    assert server.played == 1
    return server


def gives_up(engine, fault, operation, folder, **more):
    found, server, world = played(engine, fault, operation, folder, ALWAYS, **more)
    error = error_of(found)
    assert isinstance(error, errors.JobWaitError), f"{operation}: {error!r}"
    assert isinstance(error, errors.CallFailed | errors.DownloadFailed), f"{operation}: {error!r}"
    assert holds_no_secret(error), f"{operation}"
    return error, server, world


def budget_of(operation, error):
    """How often a service's own rules let it be asked."""
    service: Service = getattr(__import__("jobwait", fromlist=[operation.service]), operation.service).SERVICE
    return service.retry.max_errors_by_status.get(error.status or 0, service.defaults.max_consecutive_errors)


def settles(engine, fault, operation, folder):
    """The whole of one fault against one operation that is safe to repeat."""
    if fault.again:
        server = recovers(engine, fault, operation, folder)
        assert fault.at_accept or len(server.asked) == 2, f"{operation}"
    error, server, world = gives_up(engine, fault, operation, folder)
    expected = budget_of(operation, error) if fault.again else 1
    count = server.connections if fault.at_accept else len(server.asked)
    if fault.at_accept:
        assert expected - 1 <= count <= expected, f"{operation}: {count} connections"  # or it was not even made
    else:
        # FRYTE's result is requested on the connection of its status: the one retry of the pool.
        repeated = fault.early and operation.verb == "result"
        assert expected + repeated == count, f"{operation}: {count} requests"
    assert world.slept > 1.5 or not fault.again
    if fault.junk and operation.verb == "wait":
        assert isinstance(error, errors.UnexpectedReply), f"{operation}: {error!r}"


@pytest.mark.parametrize("engine", ["sync", "httpx"])
def test_without_a_fault_every_operation_works(engine, folder):
    """So failures in the other tests come from the faults."""
    for operation in [*POLLS, *OTHERS, *SUBMITS, UPLOAD, *FILES]:
        with Hostile(good) as server:
            client = operation.connect(server.url)
            found, _ = run(engine, operation.operation(client, folder), client)
        assert not isinstance(found, Exception), f"{operation}: {found!r}"
        assert operation.says(found), f"{operation}: {found!r}"
        assert 1 == len([request for request in server.requests if operation.where(request)])


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("fault", QUICK, ids=lambda fault: fault.name)
def test_a_fault_costs_one_poll_and_a_lasting_one_ends_the_wait(engine, fault, folder):
    """As unreachable, after the allowed failures and no poll more."""
    gc.collect()
    before = open_files()
    for operation in drawn(POLLS, fault, engine):
        settles(engine, fault, operation, folder)
    gc.collect()
    assert open_files() <= before


@pytest.mark.parametrize("engine", HTTPX)
@pytest.mark.parametrize("fault", QUICK, ids=lambda fault: fault.name)
def test_other_operations_retry_what_is_safe_to_retry(engine, fault, folder):
    """Status, list, cancel, result: a temporary fault is not visible, a lasting one is reported."""
    gc.collect()
    before = open_files()
    for operation in drawn(OTHERS, fault, engine, HTTPX):
        settles(engine, fault, operation, folder)
    gc.collect()
    assert open_files() <= before


@pytest.mark.parametrize("engine", ["sync", "httpx"])
@pytest.mark.parametrize("fault", FILE_FAULTS, ids=lambda fault: fault.name)
def test_a_result_file_is_complete_or_missing(engine, fault):
    """An interrupted download is continued; a lasting fault leaves no file with the result's name."""
    for operation in FILES:
        for name in ("once", "for ever"):
            folder = new_folder()
            try:
                if name == "once" and fault.again and "redirect" not in fault.name:  # a store has no proxy's redirects
                    recovers(engine, fault, operation, folder)
                elif name == "for ever" and not fault.at_accept:
                    error, _, _ = gives_up(engine, fault, operation, folder)
                    assert isinstance(error, errors.DownloadFailed)
                    assert [] == [path for path in folder.iterdir() if not path.name.startswith(".")]
            finally:
                shutil.rmtree(folder)


@pytest.mark.parametrize("engine", HTTPX)
@pytest.mark.parametrize("fault", QUICK, ids=lambda fault: fault.name)
def test_a_submission_is_sent_once_whatever_the_response(engine, fault, folder):
    """The error has the known ids and says how to find out."""
    for operation in drawn([*SUBMITS, UPLOAD], fault, engine, HTTPX):
        found, server, _ = played(engine, fault, operation, folder, ALWAYS)
        if operation is UPLOAD and not isinstance(found, Exception):
            assert fault.acted  # the job's status showed that the file had arrived
        else:
            never_sent = fault.at_accept and isinstance(found, errors.CallFailed) and "ConnectError" in str(found)
            assert isinstance(found, errors.SubmitUnconfirmed) or never_sent, f"{operation}: {found!r}"
            assert "It was not sent again" in str(found) or never_sent
            assert holds_no_secret(found)
        assert len(server.asked) <= 1, f"{operation}"
        if operation is UPLOAD and not fault.at_accept:
            assert not isinstance(found, Exception) or found.ids == {"job_id": "3f7a1c2e"}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("fault", STALLS, ids=lambda fault: fault.name)
def test_a_stalled_response_ends_at_the_total_deadline(engine, fault, folder):
    """No bytes, slow bytes, endless 100s: the request timeout bounds the whole request."""
    for operation in [*drawn(POLLS, fault, engine), *(() if engine in FLEETS else OTHERS[-1:])]:
        recovers(engine, fault, operation, folder, request_timeout=0.4)


@pytest.mark.parametrize("engine", ["sync", "httpx"])
@pytest.mark.parametrize("fault", STALLS, ids=lambda fault: fault.name)
def test_a_stalled_submission_is_unconfirmed(engine, fault, folder):
    """It is sent once."""
    operation = SUBMITS[1]
    found, server, _ = played(engine, fault, operation, folder, ALWAYS, request_timeout=0.4)
    assert isinstance(found, errors.SubmitUnconfirmed)
    assert 1 == len(server.asked)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_refused_connection_is_retried_even_for_a_submission(engine, folder):
    """Nothing was sent, so in the end it certainly had no effect."""
    with Hostile(good) as server:
        url = server.url
    operations = POLLS if engine in FLEETS else [*POLLS, *SUBMITS, *OTHERS]
    for operation in operations:
        client = operation.connect(url)
        found, world = run(engine, operation.operation(client, folder), client)
        assert type(error_of(found)) is errors.CallFailed, f"{operation}: {found!r}"
        assert "127.0.0.1" in str(error_of(found)) or "connect" in str(error_of(found)).lower()
        assert world.slept > 10
