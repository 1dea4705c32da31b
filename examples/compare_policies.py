"""
Try policies on recorded jobs: the requests that each would have sent, and how late it would have seen the ends.

The argument is a recording, as `jobwait wait --record FILE` and `Tracker(recordings=FOLDER)` write it, or a folder of
them. Without one the jobs are those of recordings/sandbox.jsonl, which the sandbox made up.
"""

import sys
from pathlib import Path
from statistics import fmean

from jobwait import Lateness, MaxRequests, Policy
from jobwait.errors import InvalidInput
from jobwait.testing import Recording, recordings, replay_all

POLICIES = {
    "the service's defaults": Policy(),
    "every 5 s": Policy(interval=5, min_interval=5, max_interval=5),
    "every 30 s": Policy(interval=30, min_interval=30, max_interval=30),
    "about 10 s late": Policy(aim=Lateness(10)),
    "about 8 requests": Policy(aim=MaxRequests(8)),
}


def compare(past: list[Recording]) -> None:
    """A line for each policy: means over the jobs whose end it saw, and how many these are."""
    print(f"  {'policy':24} {'jobs':>4} {'requests':>9} {'late, s':>8} {'at most, s':>11}")
    for name, policy in POLICIES.items():
        made = [one for one in replay_all(past, policy) if one.lateness is not None]
        if made:
            late = fmean(one.lateness or 0.0 for one in made)
            most = max(one.lateness_range[1] for one in made if one.lateness_range is not None)
            requests = fmean(one.mean_polls for one in made)
            print(f"  {name:24} {len(made):4} {requests:9.1f} {late:8.1f} {most:11.1f}")
        else:
            print(f"  {name:24}    0")


def main(path: Path) -> None:
    """A table for each service."""
    past = recordings(path, skip_damaged=True)
    for service in sorted({one.service for one in past}):
        own = [one for one in past if one.service == service]
        ended = sum(one.ended is not None for one in own)
        print(f"{service}: {len(own)} recorded jobs; of {ended} it is known between which moments they ended")
        compare(own)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "recordings" / "sandbox.jsonl")
    except InvalidInput as error:
        sys.exit(str(error))
