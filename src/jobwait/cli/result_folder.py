"""Where results go: a folder that is checked before anything is sent, and files that nobody loses."""

from __future__ import annotations

import json
import os
import shlex
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from attrs import frozen

from jobwait.errors import InvalidInput

RESULTS = "results"  # the stem of the one file that holds what people want


class Format(StrEnum):
    """How answers are written."""

    jsonl = "jsonl"
    csv = "csv"


@frozen(kw_only=True)
class Outputs:
    """The options of every command that writes results."""

    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where the results go; ./results-JOB/ if left out.")
    ] = None
    format: Annotated[Format, typer.Option(help="PromptForge: how the answers are written.")] = Format.jsonl
    submitted: Annotated[
        Path | None, typer.Option(help="PromptForge: the submitted file, to list what has no answer.")
    ] = None
    geojson: Annotated[Path | None, typer.Option(help="FRYTE: also write the way as GeoJSON to this file.")] = None
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace results that are there already.")] = False

    def folder(self, job_id: str) -> Path:
        """The folder for the results of *job_id*; the service's id is no path."""
        plain = "".join(char if char.isascii() and (char.isalnum() or char in "-_") else "_" for char in job_id)
        return self.out or Path(f"results-{plain[:80]}")

    def check(self, service: str, job_id: str | None = None) -> None:
        """
        Nothing, if results can be written: a job costs money, and is not submitted for a folder that refuses them.

        Raises:
            InvalidInput: a file is in the way, or the folder cannot be written.

        """
        folder = self.folder(job_id) if job_id is not None else self.out
        if folder is not None:
            self._free(folder / self.file_name(service))
        if self.geojson is not None:
            self._free(self.geojson)
        if self.submitted is not None and not self.submitted.is_file():
            raise InvalidInput(f"{self.submitted}: there is no such file; name the one that was submitted.")
        for path in filter(None, (folder or Path(), self.geojson and self.geojson.parent)):
            _writable(path)

    def words(self) -> str:
        """The options as they are typed again."""
        places = {"--out": self.out, "--submitted": self.submitted, "--geojson": self.geojson}
        given = [f"{option} {shlex.quote(str(path))}" for option, path in places.items() if path is not None]
        given += ["--format csv"] if self.format is Format.csv else []
        return "".join(f" {one}" for one in [*given, *(["--overwrite"] if self.overwrite else [])])

    def file_name(self, service: str) -> str:
        """The name of the one file that holds what people want."""
        return f"{RESULTS}.{self.format.value}" if service == "promptforge" else f"{RESULTS}.json"

    def _free(self, path: Path) -> None:
        if path.exists() and not self.overwrite:
            raise InvalidInput(f"{path} is there already; use --overwrite, or name another place.")

    def write_json(self, path: Path, content: Any) -> Path:
        """*content* at *path*, whole or not at all."""
        self._free(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        try:
            part.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8", "surrogatepass")
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        return path


def _writable(folder: Path) -> None:
    """Whether *folder*, or the nearest one above it that exists, can be written."""
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        raise InvalidInput(f"{there}: results cannot be written here; name another folder with --out.")
