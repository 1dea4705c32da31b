"""The conformance kit at jobwait and its peers: `make conformance` writes the scorecards of docs/conformance.md."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import attrs
from benchmarks.conformance_peers import PEERS, card_of
from benchmarks.pages import put

from jobwait.testing.conformance import Scorecard, scenarios
from jobwait.testing.conformance.scenarios import cases
from jobwait.testing.conformance.scorecard import table

PAGE: Final = Path(__file__).parents[1] / "docs" / "conformance.md"
LONGEST: Final = 900.0  # seconds for one peer
NOTHING: Final = "Nothing went wrong.\n"


def cards(names: list[str]) -> list[Scorecard]:
    """The scorecards of these peers, each made in a process of its own."""
    found = []
    for name in names:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            card = pool.submit(card_of, name).result(LONGEST)
        found.append(card if name == "jobwait" else attrs.evolve(card, name=f"{name} {version(name)}"))
        print(found[-1].name, card.counts(), flush=True)
    return found


def page(found: list[Scorecard]) -> str:
    """The part of the page that is measured."""
    columns = ["case", "about", "scenarios, or why there is none"]
    told = [f"\n## {card.name}\n\n{card.sentences() or NOTHING}" for card in found]
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for case in cases():
        names = [one.name for one in scenarios() if one.case == case["number"]]
        lines.append(f"| {case['number']} | {case['about']} | {case.get('left_out') or ', '.join(names)} |")
    return "".join([table(found), *told, "\n## The cases\n\n", *(f"{line}\n" for line in lines)])


def main(names: list[str]) -> None:
    """Measure all peers and write the page; or show what came of those of these *names*."""
    os.environ["NO_PROXY"] = "127.0.0.1"
    if names:
        print(*(card.markdown() for card in cards(names)), sep="\n")
    else:
        put(PAGE, "conformance", page(cards(list(PEERS))))


if __name__ == "__main__":
    main(sys.argv[1:])
