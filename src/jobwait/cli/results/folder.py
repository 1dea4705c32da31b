"""The folder that results are written to: checked before anything is sent, and no file is replaced unasked."""

import json
import os
import shlex
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from attrs import frozen

from jobwait._files import check_free, new_file
from jobwait._jobs.registry import SERVICES
from jobwait.cli.options import option
from jobwait.errors import InvalidInput

RESULTS = "results"  # the main file's name without its suffix


class Format(StrEnum):
    """How answers are written."""

    jsonl = "jsonl"
    csv = "csv"


@frozen(kw_only=True)
class ResultFolder:
    """The options of every command that writes results."""

    out: Annotated[
        Path | None, option("Where the results go; ./results-JOB/ if left out.", "--out", "-o", metavar="FOLDER")
    ] = None
    format: Annotated[Format, option("PromptForge: how the answers are written.", metavar="jsonl|csv")] = Format.jsonl
    submitted: Annotated[
        Path | None, option("PromptForge: the submitted file, to list what has no answer.", metavar="FILE")
    ] = None
    geojson: Annotated[Path | None, option("FRYTE: also write the route as GeoJSON to this file.", metavar="FILE")] = (
        None
    )
    overwrite: Annotated[bool, option("Replace results that exist already.", "--overwrite")] = False

    def path(self, job_id: str) -> Path:
        """The folder for the results of *job_id*, whose characters are made safe for a path."""
        plain = "".join(char if char.isascii() and (char.isalnum() or char in "-_") else "_" for char in job_id)
        return self.out or Path(f"results-{plain[:80]}")

    def file_name(self, service: str) -> str:
        """The name of the main file, which holds the results of a job at *service*."""
        return f"{RESULTS}.{self.format.value}" if service == "promptforge" else f"{RESULTS}.json"

    def check(self, service: str, job_id: str | None = None) -> None:
        """InvalidInput if results cannot be written: checked before a job is submitted, as a job costs money."""
        folder = self.path(job_id) if job_id is not None else self.out
        if folder is not None:
            main = folder / self.file_name(service)
            for file in (main,) if service in SERVICES else (main, main.with_suffix("")):
                self._check_free(file)
        if self.geojson is not None:
            self._check_free(self.geojson)
        if self.submitted is not None and not self.submitted.is_file():
            raise InvalidInput(f"{self.submitted}: there is no such file; name the one that was submitted.")
        for path in filter(None, (folder or Path(), self.geojson and self.geojson.parent)):
            nearest = next(one for one in (path, *path.absolute().parents) if one.exists())
            if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
                raise InvalidInput(f"{nearest}: results cannot be written here; name another folder with --out.")

    def options(self) -> str:
        """The options as they are typed in a command line, each after a space."""
        places = {"--out": self.out, "--submitted": self.submitted, "--geojson": self.geojson}
        given = [f"{flag} {shlex.quote(str(path))}" for flag, path in places.items() if path is not None]
        given += ["--format csv"] if self.format is Format.csv else []
        return "".join(f" {one}" for one in [*given, *(["--overwrite"] if self.overwrite else [])])

    def write_json(self, path: Path, content: Any) -> Path:
        """Write *content* to *path*, whole or not at all; *path*. InvalidInput if something is there already."""
        text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        return self.write(path, text.encode("utf-8", "backslashreplace"))

    def write(self, path: Path, content: bytes) -> Path:
        """The same of bytes."""
        self._check_free(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        with new_file(path, overwrite=self.overwrite) as file:
            file.write(content)
        return path

    def _check_free(self, path: Path) -> None:
        check_free(path, overwrite=self.overwrite, hint="use --overwrite, or name another place")
