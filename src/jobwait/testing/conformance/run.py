"""run(): an adapter against the scenarios."""

import threading
from collections.abc import Iterable
from contextlib import ExitStack
from typing import Final
from urllib.error import HTTPError

from jobwait.testing.conformance.adapter import WORDS, Adapter
from jobwait.testing.conformance.clocks import RealClock, ScenarioClock, virtual_clock
from jobwait.testing.conformance.scenarios import INTERVAL, Right, Scenario, scenarios
from jobwait.testing.conformance.scorecard import Scorecard, Verdict, judged
from jobwait.testing.conformance.server import SUCCEEDED, Server

PLAIN: Final = Scenario("plain", "A job that has succeeded.", (SUCCEEDED,), Right(("succeeded",)))
SCALE: Final = 0.05  # real seconds that a second takes, where time is real
LATE: Final = 0.5  # real seconds by which a busy machine may be late


def run(adapter: Adapter, played: Iterable[Scenario] | None = None, *, scale: float = SCALE) -> Scorecard:
    """
    The scorecard of *adapter* in the scenarios *played*, in all if left out.

    In real time a second of a scenario takes *scale* seconds, and the adapter is given timeouts and intervals that are
    so much shorter; what comes too late by half a second of real time is not held against it.

    Raises:
        RuntimeError: *adapter* cannot wait for a job that has succeeded, which is asked for first.
        ValueError: *adapter* returned what is no outcome, in a later scenario.

    """
    _try(adapter, scale)
    chosen = scenarios() if played is None else played
    return Scorecard(adapter.name, tuple(_verdict(adapter, one, scale) for one in chosen))


def _try(adapter: Adapter, scale: float) -> None:
    """Show that the adapter works; what an SDK does but once, as its imports, then takes no time of a scenario."""
    said = f"The adapter {adapter.name} cannot wait for a job that has succeeded"
    try:
        verdict = _played(adapter, PLAIN, scale)
    except Exception as error:
        raise RuntimeError(f"{said} ({type(error).__name__}: {error}). Correct it first.") from error
    if verdict.faults:
        raise RuntimeError(f"{said} ({'; '.join(verdict.faults)}). Correct it first.")


def _verdict(adapter: Adapter, scenario: Scenario, scale: float) -> Verdict:
    if scenario.name in adapter.skips:
        return Verdict(scenario, skipped=adapter.skips[scenario.name])
    return _played(adapter, scenario, scale)


def _played(adapter: Adapter, scenario: Scenario, scale: float) -> Verdict:
    real = scenario.real or not adapter.virtual
    with ExitStack() as stack:
        server = stack.enter_context(Server(scenario, adapter.answer))
        clock = server.clock = RealClock(scale) if real else stack.enter_context(virtual_clock())
        outcome, error = _bounded(adapter, server, clock) if real else _waited(adapter, server, clock)
        ended = clock.now()
        polls = list(server.polls)
    late = LATE / scale if real else 0.0
    return judged(scenario, "no end" if server.released else outcome, error, polls, ended, late)


def _waited(adapter: Adapter, server: Server, clock: ScenarioClock) -> tuple[str, str]:
    """How the wait ended, and the name of the error that it raised."""
    scenario = server.scenario
    try:
        word = adapter.wait(server.url, scenario.timeout * clock.scale, INTERVAL * clock.scale)
    except Exception as error:
        if scenario is PLAIN:
            raise
        if isinstance(error, HTTPError):
            error.close()  # urllib's error is the response, too
        return "unreachable", type(error).__name__
    if word not in WORDS:
        raise ValueError(f"The adapter {adapter.name} returned {word!r}. It must return one of {', '.join(WORDS)}.")
    return word, ""


def _bounded(adapter: Adapter, server: Server, clock: ScenarioClock) -> tuple[str, str]:
    """The same in a thread, which is left alone once the wait has had its time."""
    found: list[tuple[str, str] | BaseException] = []

    def work() -> None:
        try:
            found.append(_waited(adapter, server, clock))
        except BaseException as error:  # noqa: BLE001 - raised by the caller
            found.append(error)

    thread = threading.Thread(target=work, name=f"conformance {adapter.name}", daemon=True)
    thread.start()
    thread.join((server.scenario.bound - clock.now()) * clock.scale + 2 * LATE)
    outcome = found[0] if found else ("no end", "")
    if isinstance(outcome, BaseException):
        raise outcome
    return outcome
