"""Forks, signals and pickles with real processes, synchronized by events without sleeping."""

import copy
import json
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from jobwait import promptforge
from jobwait._httpx import httpx
from jobwait._polling.job_state import PollCoordinator
from jobwait._sync.wake_up import WakeUp, lock
from jobwait.testing import FakeServer
from support.waits import DONE, FAST, NAME, connect


class Interrupt(httpx.BaseTransport):
    """A transport in which somebody presses Ctrl-C, once."""

    def __init__(self, error):
        self.error, self.requests = error, 0

    def handle_request(self, request):
        """Raise, once."""
        self.requests += 1
        if self.requests == 1:
            raise self.error
        return httpx.Response(200, json=DONE)


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_a_base_exception_is_never_retried(error):
    """KeyboardInterrupt and others pass through at once; handle and token still work."""
    with connect(Interrupt(error)) as client:
        job = promptforge.job(client, NAME)
        with pytest.raises(error):
            job.wait()
        assert job.token()
        assert "succeeded" == job.outcome(policy=FAST).state


SLEEPER = """
import sys
from jobwait import Policy, promptforge
from jobwait.testing import FakeServer
from support.waits import NAME, batch

job = promptforge.job(promptforge.connect("key", transport=FakeServer(batch())), NAME)
try:
    job.wait(policy=Policy(interval=3600, timeout=None), on_update=lambda update: print("asleep", flush=True))
except KeyboardInterrupt:
    print(len(job.token()) > 100, flush=True)
"""


def test_ctrl_c_ends_a_sleeping_wait():
    """SIGINT during an hour's sleep ends it at once; the token is still available."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", SLEEPER], stdout=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stdout.readline() == "asleep\n"
        child.send_signal(signal.SIGINT)
        assert child.stdout.readline() == "True\n"
        assert child.wait() == 0


def test_a_forked_child_does_not_wait_for_the_parents_poll():
    """In a forked child the parent's waits do not exist."""
    coordinator = PollCoordinator()
    own = coordinator.join(WakeUp())
    assert coordinator.acquire(own)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write, b"free" if coordinator.acquire(coordinator.join(WakeUp())) else b"stuck")
        os._exit(0)
    os.waitpid(child, 0)
    assert b"free" == os.read(read, 9)
    assert not coordinator.acquire(coordinator.join(WakeUp()))
    assert coordinator.acquire(own)


def test_a_child_forked_while_the_lock_is_held_gets_a_free_one():
    """A fork while another thread holds the lock of the waits."""
    held, done = threading.Event(), threading.Event()

    def hold():
        with lock():
            held.set()
            done.wait()

    holder = threading.Thread(target=hold)
    with connect(FakeServer(DONE)) as client:
        job = promptforge.job(client, NAME)
        holder.start()
        held.wait()
        child = os.fork()
        if child == 0:
            signal.alarm(300)  # a stuck child is ended, as its status shows
            os._exit(0 if job.outcome().state == "succeeded" else 1)
        _, status = os.waitpid(child, 0)
        done.set()
        holder.join()
    assert status == 0


class Counting(BaseHTTPRequestHandler):
    """A service whose response has the port of the client's connection."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        """A terminal status with the port of the connection."""
        body = json.dumps({**DONE, "provider": str(self.client_address[1])}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Nothing."""


def test_a_forked_child_shares_no_connection():
    """Two processes on one connection would read each other's responses: a child opens its own."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Counting) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with promptforge.connect("key", base_url=f"http://127.0.0.1:{server.server_port}") as client:
            job = promptforge.job(client, NAME)
            mine = job.status().provider
            read, write = os.pipe()
            child = os.fork()
            if child == 0:
                os.write(write, job.status().provider.encode())
                os._exit(0)
            os.waitpid(child, 0)
            assert os.read(read, 9).decode() not in {mine, ""}
            assert mine == job.status().provider
        server.shutdown()


ASKING = """
from jobwait import promptforge
from support.waits import NAME

job = promptforge.job(promptforge.connect("key", base_url="http://127.0.0.1:{port}"), NAME)
try:
    job.wait()
except KeyboardInterrupt:
    print(len(job.token()) > 100, flush=True)
"""


def test_ctrl_c_ends_a_request():
    """SIGINT while the service does not respond ends the wait at once; the token is still available."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with socket.create_server(("127.0.0.1", 0)) as silent:
        code = ASKING.format(port=silent.getsockname()[1])
        with subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment
        ) as child:
            connection, _ = silent.accept()
            assert connection.recv(4)  # the request is here: the child waits for its response
            child.send_signal(signal.SIGINT)
            assert child.stdout.readline() == "True\n"
            assert child.wait() == 0
            connection.close()


def test_ctrl_c_after_acquiring_the_poll_releases_it(monkeypatch):
    """An interrupt just after a wait has acquired the poll: the other waits can poll."""
    acquire = PollCoordinator.acquire

    def interrupted(coordinator, wake_up):
        acquire(coordinator, wake_up)
        raise KeyboardInterrupt

    with connect(FakeServer(DONE)) as client:
        job = promptforge.job(client, NAME)
        monkeypatch.setattr(PollCoordinator, "acquire", interrupted)
        with pytest.raises(KeyboardInterrupt):
            job.outcome()
        monkeypatch.setattr(PollCoordinator, "acquire", acquire)
        assert "succeeded" == job.outcome(timeout=60).state


def test_a_handle_cannot_be_pickled_or_copied():
    """The error names the token."""
    with connect(FakeServer(DONE)) as client:
        job = promptforge.job(client, NAME)
        for take in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match="token"):
                take(job)
