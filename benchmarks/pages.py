"""What a target of make writes into a page between two marks."""

from pathlib import Path
from typing import Final

END: Final = "<!-- end -->\n"


def put(page: Path, target: str, text: str) -> None:
    """Put *text* into the place of *target* in *page*."""
    begin = f"<!-- made by `make {target}`: begin -->\n"
    before, begun, rest = page.read_text("utf-8").partition(begin)
    _, ended, after = rest.partition(END)
    assert begun, f"{page} has no place for {target}"
    assert ended, f"the place for {target} in {page} has no end"
    page.write_text(before + begin + text + END + after, "utf-8")
