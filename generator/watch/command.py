"""The command `codegen.py watch`: each watched service in turn; one that fails holds up no other."""

from collections.abc import Sequence
from pathlib import Path

from generator.diff.summary import BREAKING
from generator.errors import FAILURES, failure_text
from generator.watch import report
from generator.watch.address import addresses
from generator.watch.fetch import fetch
from generator.watch.trial import Trial, tried

FAILED = 1  # the exit code of errors


def watch(names: Sequence[str], *, write: bool = False, file: Path | None = None) -> tuple[str, int]:
    """
    What the vendors of *names* (all watched services without names) have published, and the exit code.

    With *write* documents that pass take the place of ours; *file* gets the text of a pull request.
    """
    asked = addresses(names)
    if file is not None:
        file.touch()  # what cannot be written is an error before anything else is
    results = {name: _result(name, url, write=write) for name, url in asked.items()}
    if file is not None:
        file.write_text(report.pull_request(results), encoding="utf-8")
    return report.text(results), _code(list(results.values()))


def _result(name: str, url: str, *, write: bool) -> Trial | str:
    try:
        return tried(name, url, fetch(url), write=write)
    except FAILURES as error:
        return failure_text(error)


def _code(results: Sequence[Trial | str]) -> int:
    if any(isinstance(one, Trial) and not one.passes for one in results):
        return BREAKING
    return FAILED if any(isinstance(one, str) for one in results) else 0
