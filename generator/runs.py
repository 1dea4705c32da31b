"""Runs: what the commands of codegen.py do, each stage by its name."""

import fcntl
import re
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from generator import manifest
from generator.differences import differences
from generator.effective import read
from generator.faults import Fault
from generator.lint import operations as operations_of
from generator.places import GENERATED, ROOT
from generator.select import select
from generator.swap import candidate_for, repair, swap


def generate() -> str:
    """Make generated/ anew, if anything that it is made of has changed."""
    with _alone():
        repair(GENERATED)
        manifest.refuse_strays(GENERATED)
        if manifest.is_current(GENERATED):
            return "generated/ is up to date."
        from generator.build import build_all  # noqa: PLC0415 - the tools take a second to load
        from generator.judge import judge  # noqa: PLC0415

        with candidate_for(GENERATED) as candidate:
            build_all(candidate)
            judge(candidate, with_pages=True)
            manifest.Manifest.of(candidate).write(candidate)
            swap(candidate, GENERATED)
        return "generated/ was made anew."


def check() -> str:
    """
    Say whether generated/ is what its specs say, to the byte; write nothing.

    It is made anew for that: a manifest can be edited as well as a file.
    """
    manifest.refuse_strays(GENERATED)
    from generator.build import build_all  # noqa: PLC0415 - the tools take a second to load

    with tempfile.TemporaryDirectory() as folder:
        build_all(Path(folder))
        manifest.Manifest.of(Path(folder)).write(Path(folder))
        differing = list(differences(GENERATED, Path(folder)))
    if not differing:
        return "generated/ is what the specs say."
    raise Fault("generated/ is not what the specs say; run `make generate`:", differing)


def client(spec: Path, name: str, out: Path, operations: Collection[str], tags: Collection[str]) -> str:
    """Make a client of any spec in any folder, and touch nothing else."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise Fault(f"{name} is no name for a client: lower-case letters, digits and underscores make one.")
    target = out / f"{name}_client"
    if out.exists() and not out.is_dir():
        raise Fault(f"{out} is a file; name a folder for the client.")
    _refuse_foreign(target)
    document = select(read(spec), operations, tags)
    if not any(True for _ in operations_of(document)):
        raise Fault(f"{spec.name} has no operation, so there is nothing to make a client of.")
    from generator.build import build, header  # noqa: PLC0415 - the tools take a second to load
    from generator.judge import judge  # noqa: PLC0415

    repair(target)
    with candidate_for(target) as candidate:
        candidate.rmdir()
        build(document, candidate, header(spec, "generate it again"))
        judge(candidate.parent, with_pages=False)
        swap(candidate, target)
    return f"{target} was made."


def _refuse_foreign(target: Path) -> None:
    """Only what codegen.py made may be replaced by it."""
    if target.exists():
        init = target / "__init__.py"
        if not init.is_file() or not init.read_text(encoding="utf-8").startswith("# Generated from "):
            raise Fault(f"{target} exists and was not made by codegen.py; choose another name or folder.")


@contextmanager
def _alone() -> Iterator[None]:
    """One run at a time: the lock is on a file that is there anyway."""
    with (ROOT / "codegen.py").open() as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        yield
