"""Runs: what the commands of codegen.py do, each stage by its name."""

import fcntl
import re
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from generator import manifest
from generator.changes import changes
from generator.differences import differences
from generator.effective import examined
from generator.faults import Fault
from generator.files import description
from generator.lint import operations as operations_of
from generator.meanings import Verdict
from generator.pages import page
from generator.places import GENERATED, ROOT
from generator.revisions import both, service_of
from generator.summary import FORMATS, Summary, text
from generator.swap import candidate_for, repair, swap

BREAKS = 3


def generate(tell: Callable[[str], None]) -> str:
    """Make generated/ anew, if anything that it is made of has changed; *tell* first what that means."""
    with _alone():
        repair(GENERATED)
        manifest.refuse_strays(GENERATED)
        if manifest.is_current(GENERATED):
            return "generated/ is up to date."
        from generator.build import build_all  # noqa: PLC0415 - the tools take a second to load
        from generator.judge import judge  # noqa: PLC0415

        with candidate_for(GENERATED) as candidate:
            build_all(candidate)
            for service in sorted(path.name.removesuffix("_client") for path in candidate.iterdir()):
                tell(_told(service, GENERATED / f"{service}_client", candidate / f"{service}_client"))
            judge(candidate, with_pages=True)
            manifest.Manifest.of(candidate).write(candidate)
            swap(candidate, GENERATED)
        return "generated/ was made anew."


def _told(name: str, old: Path, new: Path) -> str:
    """What the new package means for those who call the old one."""
    before, after = description(old), description(new)
    if before is None or after is None:
        return f"{name}: a new client."
    return text(Summary(name, changes(before, after), page(name)))


def diff(old: str, new: Path, form: str) -> tuple[str, int]:
    """What the spec *new* means for callers of *old*, in the form *form*; and 3 if it breaks them, else 0."""
    service = service_of(new)
    summary = Summary(service or new.name, changes(*both(old, new)), page(service) if service else None)
    return FORMATS[form](summary), BREAKS if summary.verdict is Verdict.BREAKING else 0


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


def client(
    spec: Path, name: str, out: Path, operations: Collection[str], tags: Collection[str], tell: Callable[[str], None]
) -> str:
    """Make a client of any spec in any folder, and touch nothing else; *tell* what was mended and what changes."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise Fault(f"{name} is no name for a client: lower-case letters, digits and underscores make one.")
    target = out / f"{name}_client"
    if out.exists() and not out.is_dir():
        raise Fault(f"{out} is a file; name a folder for the client.")
    _refuse_foreign(target)
    document, mended = examined(spec, None, operations, tags)
    for place in mended:
        tell(place)
    if not any(True for _ in operations_of(document)):
        raise Fault(f"{spec.name} has no operation, so there is nothing to make a client of.")
    from generator.build import build, header  # noqa: PLC0415 - the tools take a second to load
    from generator.judge import judge  # noqa: PLC0415

    repair(target)
    with candidate_for(target) as candidate:
        candidate.rmdir()
        build(document, candidate, header(spec, "generate it again"))
        tell(_told(name, target, candidate))
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
