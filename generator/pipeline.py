"""What each command of codegen.py does, step by step: generate, check, client, diff; `add` is in scaffold/add.py."""

import fcntl
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from generator import paths
from generator.diff.changes import changes
from generator.diff.revisions import both_documents, service_of_spec
from generator.diff.rules import Verdict
from generator.diff.service_usage import service_usage
from generator.diff.summary import BREAKING, FORMATS, Summary, text
from generator.emit import package as package_builder
from generator.emit.package_files import document_of
from generator.errors import Finding, GeneratorError, finding_sentences
from generator.options import Options
from generator.publish import manifest
from generator.publish.draft import Trial, check_draft
from generator.publish.file_differences import differences
from generator.publish.prune import prune as prune_overlay
from generator.publish.prune import stale_sentences
from generator.publish.swap import candidate_folder, recover, swap
from generator.publish.verify import verify
from generator.publish.whole_file import write_all
from generator.scaffold import add as scaffold
from generator.scaffold.draft import Draft
from generator.spec.effective import display_name, read_with_findings
from generator.spec.load import load_spec
from generator.spec.pointers import Document
from generator.watch.command import watch as watch_services

__all__ = ["add", "check", "client", "diff", "generate", "overlay", "watch"]


def generate(report: Callable[[str], None]) -> str:
    """Generate generated/ from specs/ if an input has changed; *report* what changes for callers before the swap."""
    with _locked():
        recover(paths.GENERATED)
        manifest.refuse_unknown_files(paths.GENERATED)
        if manifest.is_current(paths.GENERATED):
            return "generated/ is up to date."
        with candidate_folder(paths.GENERATED) as candidate:
            for sentence in package_builder.build_all(candidate):
                report(sentence)
            for service in paths.services():
                report(_change_report(service, paths.GENERATED / f"{service}_client", candidate / f"{service}_client"))
            verify(candidate, with_services=True)
            manifest.Manifest.of(candidate).write(candidate)
            swap(candidate, paths.GENERATED)
        return "generated/ was made anew."


def _change_report(name: str, old: Path, new: Path) -> str:
    """What the package *new* changes for callers of the package *old*."""
    before, after = document_of(old), document_of(new)
    if before is None or after is None:
        return f"{name}: a new client."
    return text(Summary(name, changes(before, after), service_usage(name)))


def diff(old: str, new: Path, form: str) -> tuple[str, int]:
    """What the spec *new* changes for callers of *old*, in the format *form*; and 3 if it breaks them, else 0."""
    service = service_of_spec(new)
    usage = service_usage(service) if service else None
    summary = Summary(service or new.name, changes(*both_documents(old, new)), usage)
    return FORMATS[form](summary), BREAKING if summary.verdict is Verdict.BREAKING else 0


def overlay(spec: Path | None, file: Path | None, *, prune: bool) -> str:
    """
    Name what overlays do without need, as the vendor has published it; with *prune* remove it from them.

    *file* is the overlay of *spec*, by default the one beside it; without *spec* it is those of all services.
    """
    specs = [spec] if spec else [paths.SPECS / service / "openapi.yaml" for service in paths.services()]
    both = [(one, file or one.parent / "overlay.yaml") for one in specs]
    if spec and not both[0][1].exists():
        raise GeneratorError(f"{both[0][1]} does not exist.")
    found = [
        said for one, text in both if text.exists() for said in (prune_overlay if prune else stale_sentences)(one, text)
    ]
    if not found:
        return "Each action of the overlays is needed."
    if not prune:
        raise GeneratorError("Overlays add what has been published; `codegen.py overlay --prune` removes that:", found)
    return "\n  ".join(["Removed:", *(one.removesuffix(": remove it") for one in found)])


def check() -> str:
    """
    Raise GeneratorError unless generated/ is, byte for byte, what the specs give; write nothing.

    All packages are generated for that, as a manifest can be edited too.
    """
    manifest.refuse_unknown_files(paths.GENERATED)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        package_builder.build_all(folder)
        manifest.Manifest.of(folder).write(folder)
        differing = list(differences(paths.GENERATED, folder))
    if not differing:
        return "generated/ is what the specs say."
    raise GeneratorError("generated/ is not what the specs say; run `make generate`:", differing)


def client(spec: Path, name: str, out: Path, asked: Options, report: Callable[[str], None]) -> str:
    """Generate the package NAME_client of any spec in the folder *out*; *report* notices and changes for callers."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise GeneratorError(f"{name} is not a name for a client: use lower-case letters, digits and underscores.")
    target = out / f"{name}_client"
    if out.exists() and not out.is_dir():
        raise GeneratorError(f"{out} is a file; name a folder for the client.")
    _refuse_other_folders(target)
    document, notices = read_with_findings(spec, asked.overlay, asked.selection)
    _refuse_if_strict(notices, spec, asked)
    with candidate_folder(target) as candidate:
        candidate.rmdir()
        comment = package_builder.first_line(spec, "generate it again")
        notices += package_builder.build(document, candidate, comment, notices)
        _refuse_if_strict(notices, spec, asked)
        for sentence in finding_sentences(notices, display_name(spec)):
            report(sentence)
        report(_change_report(name, target, candidate))
        verify(candidate.parent, with_services=False)
        _refuse_other_folders(target)  # which may have come meanwhile
        swap(candidate, target)
    return f"{target} was made.{_summed_up(notices)}"


def _refuse_if_strict(notices: list[Finding], spec: Path, asked: Options) -> None:
    if asked.strict and notices:
        places = finding_sentences(notices, display_name(spec))
        raise GeneratorError(f"{_counted(notices)} would be kept plain, which --strict refuses:", places)


def _summed_up(notices: list[Finding]) -> str:
    listed = "it" if len(notices) == 1 else "them"
    return f" {_counted(notices)} kept plain; the package's README lists {listed}." if notices else ""


def _counted(notices: list[Finding]) -> str:
    return f"{len(notices)} thing{'s' if len(notices) > 1 else ''}"


def _refuse_other_folders(target: Path) -> None:
    """Only a folder that codegen.py generated may be replaced."""
    if target.exists():
        init = target / "__init__.py"
        if not init.is_file() or not init.read_bytes().startswith(b"# Generated from "):
            raise GeneratorError(f"{target} exists and was not generated by codegen.py; choose another name or folder.")


def add(name: str, spec: Path, asked: Options, job: str = "", *, page: bool = False) -> str:
    """
    Write the declaration of the new service *name*, and its *page*; *job* names an operation.

    The draft of both was built before, and a job waited for.
    One run at a time, as all of them edit the list of services.
    """
    with _locked():
        source = load_spec(spec)
        try:
            draft = _tried(name, spec, source, asked, job)
        except GeneratorError as error:
            if asked.selection.operations or asked.selection.tags:
                raise
            try:
                draft = _tried(name, spec, source, asked, job, lean=True)
            except GeneratorError:
                raise error from None
        files = scaffold.new_files(name, spec, draft, page=page)
        write_all(files, scaffold.registered(name) if page else {})
        return scaffold.whole_report(name, draft, files, page=page)


def _tried(name: str, spec: Path, source: Document, asked: Options, job: str, *, lean: bool = False) -> Draft:
    """A draft that works; GeneratorError if it does not."""
    draft = scaffold.draft(name, spec, source, asked, job, lean=lean)
    check_draft(name, spec, source, Trial(draft.overlay, draft.module, draft.row, draft.answers))
    return draft


def watch(names: Sequence[str], *, write: bool, report: Path | None) -> tuple[str, int]:
    """What the vendors have published of *names*, and the exit code: 3 if a document cannot take the place of ours."""
    with _locked():
        recover(paths.GENERATED)
        return watch_services(names, write=write, file=report)


@contextmanager
def _locked() -> Iterator[None]:
    """Allow one run at a time, by a lock on codegen.py, which always exists."""
    with (paths.ROOT / "codegen.py").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
