"""The result of `codegen.py watch`, as text for a terminal and as the text of a pull request."""

from collections.abc import Iterator, Mapping, Sequence

from generator.diff.rules import Verdict
from generator.diff.summary import cell, markdown
from generator.diff.summary import text as summary_text
from generator.watch.trial import Trial

Results = Mapping[str, Trial | str]  # for each service what came of its document, or why there is none
SHOWN = 20  # lines of one list
MAX_CHARACTERS = 60_000  # GitHub takes 65,536 as the text of a pull request
WORDS = {Verdict.BREAKING: "breaks callers", Verdict.RISKY: "is risky", Verdict.HARMLESS: "is harmless"}


def text(results: Results) -> str:
    """For a terminal: for each service the changes, and what came of them."""
    return "\n".join(line for name, result in results.items() for line in _lines(name, result))


def _lines(name: str, result: Trial | str) -> Iterator[str]:
    if isinstance(result, str):
        yield f"{name}: {result}"
        return
    if result.summary is None:
        yield f"{name}: {_conclusion(name, result)}"
        return
    yield summary_text(result.summary)
    for heading, sentences in _lists(result):
        yield f"{name}: {heading}:"
        yield from (f"  {one.strip()}" for one in sentences)
    yield f"{name}: {_conclusion(name, result)}"


def pull_request(results: Results) -> str:
    """The text of a pull request in Markdown; its first line is the title."""
    sections = [f"Specifications: {_title(results)}"]
    for name, result in results.items():
        sections += _sections(name, result)
    whole = "\n\n".join(sections) + "\n"
    if len(whole) <= MAX_CHARACTERS:
        return whole
    cut = whole[:MAX_CHARACTERS].rpartition("\n")[0]
    return f"{cut}\n\nThe rest is left out here; `python codegen.py watch` prints it.\n"


def _title(results: Results) -> str:
    changed = [f"{name} {_word(result)}" for name, result in results.items() if _word(result)]
    return ", ".join(changed) or "nothing new"


def _word(result: Trial | str) -> str:
    """What the title says of a service; empty if nothing is new."""
    if isinstance(result, str):
        return "was not examined"
    if result.summary is None:
        return ""
    if result.summary.verdict is not Verdict.BREAKING and not result.passes:
        return "does not pass the checks"
    return WORDS[result.summary.verdict] if result.summary.changes else "changes nothing for callers"


def _sections(name: str, result: Trial | str) -> Iterator[str]:
    if isinstance(result, str) or result.summary is None:
        said = result if isinstance(result, str) else _conclusion(name, result)
        yield f"## {cell(name)}: {cell(said)}"
        return
    yield markdown(result.summary).strip()
    for heading, sentences in _lists(result):
        yield f"{heading}:"
        yield "\n".join(f"- {cell(one)}" for one in sentences)
    yield cell(_conclusion(name, result))


def _lists(result: Trial) -> Iterator[tuple[str, Sequence[str]]]:
    """Each list that has sentences, with its heading."""
    stale = [one.removesuffix(": remove it") for one in result.stale]
    for heading, sentences in (
        ("Removed from the overlay" if result.written else "No longer needed in the overlay", stale),
        ("No longer fitting in the overlay", result.unfit),
        ("Checks that fail with the new client", result.failures),
        ("Kept plain in the new client", result.plain),
    ):
        if sentences:
            more = len(sentences) - SHOWN
            yield heading, [*sentences[:SHOWN], *([f"and {more} more"] if more > 0 else [])]


def _conclusion(name: str, result: Trial) -> str:
    """One sentence: whether the document was put in place, or why not."""
    if result.summary is None:
        return "the published document says what ours says."
    if result.written:
        pruned = ", its overlay without what is no longer needed" if result.stale else ""
        return f"All checks pass. specs/{name}{pruned} and generated/ were replaced."
    if result.passes:
        return f"All checks pass. --write would replace specs/{name} and generated/."
    if result.unfit:
        return f"Nothing was written: change specs/{name}/overlay.yaml so that it fits the new document."
    if result.failures:
        return "Nothing was written: change what the checks name, with the new document in place."
    return "Nothing was written, as callers of the client would break: put the new document in place by hand."
