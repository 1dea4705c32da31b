"""What the tests share: a sandbox at speed, clients that talk to it, and a policy that wastes no real seconds."""

import gc
import os
import signal
from collections.abc import Iterator

import pytest

from jobwait import Policy
from jobwait._polling.rate_limits import forget
from jobwait.sandbox import Sandbox

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's `&` hands that down: our children must hear Ctrl-C
    signal.signal(signal.SIGINT, signal.default_int_handler)

os.environ["JOBWAIT_NO_RECENT_JOBS"] = "1"  # no test writes into the home of whoever runs it

SPEED = 1200
QUICK = Policy(interval=0.05, min_interval=0.05, timeout=60)


def pytest_collection_finish() -> None:
    """Nothing that is loaded by now goes before the end: a collection of garbage need not look at it."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def box() -> Iterator[Sandbox]:
    """
    The three services as documented, twenty minutes of a job's life to a second.

    On PromptForge's published server jobs behind a failed one stay PENDING, which would go from test to test.
    """
    with Sandbox(speed=SPEED, seed=7, promptforge_mode="docs", limits={"fryte": None}) as box:
        yield box


@pytest.fixture(scope="session")
def server_box() -> Iterator[Sandbox]:
    """The same with PromptForge as its published server behaves."""
    with Sandbox(speed=SPEED, seed=7, limits={"fryte": None}) as box:
        yield box


@pytest.fixture
def quick() -> Policy:
    """Patience in step with the sandbox's speed."""
    return QUICK


@pytest.fixture(autouse=True)
def _no_requests_before() -> None:
    """No test waits for the rate limit that another has used up."""
    forget()


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key or address of the machine that runs the tests plays a part in them."""
    monkeypatch.setenv("XDG_CONFIG_HOME", "/nonexistent")  # nor a profile
    for name in ("JOBWAIT_CONFIG", "JOBWAIT_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for service in ("FREEPLAY", "PROMPTFORGE", "FRYTE"):
        monkeypatch.delenv(f"{service}_API_KEY", raising=False)
        monkeypatch.delenv(f"{service}_BASE_URL", raising=False)
