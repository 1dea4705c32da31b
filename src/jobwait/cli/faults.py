"""The faults of an input in lines, as people read them."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from jobwait._model.checks import MOST_FAULTS

_SHOWN: Final = 20  # lines of faults; a file of another kind has one on each line
_RUNS: Final = 5  # of lines that have the same fault
_ON_LINE: Final = re.compile(r"(.*?), line (\d+): (.*)", re.DOTALL)


def how_many(faults: Sequence[str]) -> str:
    """The sentence that counts *faults*, without its end."""
    return f"the input has {'at least ' if len(faults) >= MOST_FAULTS else ''}{len(faults)} faults"


def lines_of(faults: Iterable[str]) -> list[str]:
    """A line for each of *faults*, of many for the first; one for those that lines of a file have in common."""
    found: dict[tuple[str, str], list[int]] = {}  # the lines of each file with the same fault
    for fault in faults:
        match = _ON_LINE.fullmatch(fault)
        place, numbers = ((match[1], match[3]), [int(match[2])]) if match else (("", fault), [])
        found.setdefault(place, []).extend(numbers)
    lines = [f"{file}, {_lines(numbers)}: {what}" if numbers else what for (file, what), numbers in found.items()]
    return lines if len(lines) <= _SHOWN else [*lines[:_SHOWN], f"and {len(lines) - _SHOWN} more"]


def _lines(numbers: list[int]) -> str:
    """*numbers* of lines in words; of those that do not follow one another the first few."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] + 1 == number:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    shown = [" to ".join(map(str, run)) for run in runs[:_RUNS]]
    more = f" and {len(runs) - _RUNS} more" if len(runs) > _RUNS else ""
    return f"line{'s' if len(numbers) > 1 else ''} {', '.join(shown)}{more}"
