"""Rows of text on disk, which are written to a file in another order than they came in."""

import tempfile
from array import array
from collections.abc import Container, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO

from jobwait._jsonl.result_line import Order, PromptId
from jobwait.promptforge.prompt_ids import position


class Rows:
    """Rows in *file*, each with the id of its prompt; their number and size are limited by the disk."""

    def __init__(self, file: IO[bytes]) -> None:
        self.ids: list[PromptId | None] = []
        self._file, self._ends = file, array("Q", [0])

    @classmethod
    @contextmanager
    def beside(cls, path: Path) -> Iterator["Rows"]:
        """Rows in a file without a name in the folder of *path*, where there is space for them."""
        with tempfile.TemporaryFile(dir=path.parent, prefix=".jobwait-") as file:
            yield cls(file)

    def add(self, prompt_id: PromptId | None, text: str) -> None:
        """Add the row *text*; lone surrogates, which UTF-8 cannot hold, become escapes that JSON can read."""
        size = self._file.write(text.encode("utf-8", "backslashreplace"))
        self.ids.append(prompt_id)
        self._ends.append(self._ends[-1] + size)

    def write_to(self, out: BinaryIO, order: Order, leave_out: Container[PromptId | None] = ()) -> int:
        """Write the rows to *out* in *order*, without those of the prompts in *leave_out*; how many it wrote."""
        kept = [number for number, prompt_id in enumerate(self.ids) if prompt_id not in leave_out]
        kept.sort(key=lambda number: position(self.ids[number], order))
        for number in kept:
            start, end = self._ends[number], self._ends[number + 1]
            self._file.seek(start)
            out.write(self._file.read(end - start))
        return len(kept)
