"""Text for the cells of a CSV file, so that no spreadsheet takes it for a formula."""

import re
from typing import Final

# The wide and the small forms are the same to some spreadsheets.
_SIGNS: Final = r"=+\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b"
_SKIPPED: Final = r"\s\"'\x00-\x1f\u200b\ufeff"  # some spreadsheets skip these, or unquote
_SEPARATORS: Final = frozenset(";\t\r\n")
_START: Final = re.compile(rf"[\t\r\n]|[{_SKIPPED}]*+[{_SIGNS}]")
# A whole run at a time, so that the time stays linear.
_RUN: Final = re.compile(rf"(?<![;{_SKIPPED}])[;{_SKIPPED}]++(?=[{_SIGNS}])")


def defused(text: str) -> str:
    """
    *text* with an apostrophe before each sign with which a formula could begin.

    Where a spreadsheet splits cells at semicolons, as in much of Europe, or at tabs, it does not see the quotes of a
    file with commas: then a formula could begin after each separator and in each line of the text.
    """
    inside = _RUN.sub(_separated, text)
    return f"'{inside}" if _START.match(text) else inside


def _separated(run: re.Match[str]) -> str:
    return run[0] if _SEPARATORS.isdisjoint(run[0]) else f"{run[0]}'"
