"""The rows of a tracker as the command prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jobwait.cli.output import Output

if TYPE_CHECKING:
    from jobwait.tracker import Tracked, Tracker

SHOWN: Final = 20  # open jobs of which a run prints a line each


def print_open(tracker: Tracker, output: Output, again: str) -> list[str]:
    """Print which jobs are still open and why; how the last wait for each ended."""
    states: list[str] = []
    followed = 0
    for tracked in tracker.pending():
        output.json("open", **_facts(tracked), last_wait=tracked.last_wait, owner=tracked.owner)
        if tracked.owner is not None:
            followed += 1
        elif tracked.last_wait is not None:
            states.append(tracked.last_wait)
            if len(states) <= SHOWN:
                output.text(f"{tracked.key}  still open ({tracked.last_wait})  {tracked.reason}")
    if len(states) > SHOWN:
        output.text(f"{len(states) - SHOWN} more are still open: jobwait track list --pending")
    if states:
        output.text(f"{len(states)} still open; go on with: {again}")
    if followed:
        output.text(f"{followed} followed by other processes; --standby waits for them")
    return states


def print_row(tracked: Tracked, output: Output) -> None:
    """Print the row of one job."""
    output.json("tracked", **_facts(tracked))
    state = "needs_input" if tracked.last_wait == "needs_input" else tracked.state
    output.text(f"{tracked.key}  {state}" + (f"  {tracked.reason}" if tracked.reason else ""))


def _facts(tracked: Tracked) -> dict[str, Any]:
    keys = ("service", "job_id", "polls", "key", "account", "ids", "state", "reason")
    return {name: getattr(tracked, name) for name in keys}
