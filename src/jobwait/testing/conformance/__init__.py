"""
The conformance kit, which shows whether an SDK waits for a job as it should, whatever the server answers.

A server on this machine plays each scenario of `scenarios.json`; an adapter waits with the SDK; what the server counted
and how the wait ended is compared with what a right waiter does.

    from jobwait.testing.conformance import Adapter, run

    def wait(url: str, timeout: float, interval: float) -> str:
        ...                                       # with your SDK; returns "succeeded", "failed", "timed_out", …

    card = run(Adapter("my-sdk", wait))
    print(card.markdown())

docs/testing.md describes it; docs/conformance.md has the scorecards of several SDKs.
"""

from jobwait.testing.conformance.adapter import Adapter
from jobwait.testing.conformance.run import run
from jobwait.testing.conformance.scenarios import Answer, Right, Scenario, scenarios
from jobwait.testing.conformance.scorecard import Scorecard, Verdict

__all__ = ["Adapter", "Answer", "Right", "Scenario", "Scorecard", "Verdict", "run", "scenarios"]
