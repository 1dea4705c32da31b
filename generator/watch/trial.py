"""Tries the document that a vendor has published now: what it changes, and whether all checks pass with it."""

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from generator import paths
from generator.diff.changes import changes
from generator.diff.revisions import both_documents
from generator.diff.rules import Verdict
from generator.diff.service_usage import service_usage
from generator.diff.summary import Summary
from generator.emit import package as package_builder
from generator.errors import FAILURES, GeneratorError, failure_text
from generator.publish import manifest
from generator.publish.prune import prune, stale_sentences
from generator.publish.swap import candidate_folder, scratch_folder
from generator.publish.verify import verify
from generator.spec.load import load_spec
from generator.spec.overlays.apply import applied_file
from generator.watch.install import install

SPEC, OVERLAY = "openapi.yaml", "overlay.yaml"


@dataclass(frozen=True)
class Trial:
    """What came of one published document. Each list has sentences; all are empty if *summary* is None."""

    summary: Summary | None = None  # what changes for callers; None if the document says what ours says
    stale: tuple[str, ...] = ()  # what the overlay adds although the vendor has published it
    unfit: tuple[str, ...] = ()  # actions of the overlay that find nothing in the document
    failures: tuple[str, ...] = ()  # checks that fail with the new client
    plain: tuple[str, ...] = ()  # what is kept plain in it
    written: bool = False

    @property
    def passes(self) -> bool:
        """Whether nobody is harmed if the document takes the place of ours."""
        breaks = self.summary is not None and self.summary.verdict is Verdict.BREAKING
        return not (breaks or self.unfit or self.failures)


def tried(name: str, url: str, content: bytes, *, write: bool) -> Trial:
    """
    Try *content*, which the vendor of *name* has published at *url*; with *write* put it in place if it passes.

    The overlay is tried without what the vendor has published meanwhile. Raises GeneratorError for *content* that is
    no OpenAPI document.
    """
    ours = paths.SPECS / name
    if content == (ours / SPEC).read_bytes():
        return Trial()
    with scratch_folder(paths.SPECS) as scratch:
        specs = scratch / paths.SPECS.name
        shutil.copytree(paths.SPECS, specs)
        (specs / name / SPEC).write_bytes(content)
        try:
            return _compared(name, specs, write=write)
        except GeneratorError as error:
            raise GeneratorError(_cleaned(str(error).replace(str(specs / name / SPEC), url), scratch)) from None


def _compared(name: str, specs: Path, *, write: bool) -> Trial:
    spec, overlay = specs / name / SPEC, specs / name / OVERLAY
    published, ours = load_spec(spec), paths.SPECS / name / SPEC
    if _same(published, load_spec(ours)):
        return Trial()
    found = applied_file(published, overlay, fitting=True)
    before, after = both_documents(str(ours), spec)
    if _same(before, after) and not found.stale and not found.unfit:
        return Trial()
    summary = Summary(name, changes(before, after), service_usage(name))
    stale = tuple(_cleaned(one, specs.parent) for one in stale_sentences(spec, overlay)) if found.stale else ()
    unfit = tuple(_cleaned(one, specs.parent) for one in found.unfit)
    return _built(name, specs, Trial(summary, stale, unfit), write=write)


def _built(name: str, specs: Path, trial: Trial, *, write: bool) -> Trial:
    """*trial* with what came of a client of the document; with *write* it is put in place if all passes."""
    if not manifest.is_current(paths.GENERATED):
        raise GeneratorError("generated/ is not what specs/ gives; run `python codegen.py` before `codegen.py watch`.")
    if trial.unfit:  # no client can be made before somebody has changed the overlay
        return trial
    with candidate_folder(paths.GENERATED) as candidate:
        try:
            if trial.stale:
                prune(specs / name / SPEC, specs / name / OVERLAY)
            sentences = package_builder.build_all(candidate, specs)
            verify(candidate, with_services=True)
        except FAILURES as error:
            return replace(trial, failures=tuple(_cleaned(failure_text(error), specs.parent).splitlines()))
        plain = tuple(one for one in sentences if one.startswith(f"{paths.SPECS.name}/{name}/"))
        trial = replace(trial, plain=plain, written=write and trial.passes)
        if trial.written:
            install(specs / name, candidate)
        return trial


def _same(one: Any, other: Any) -> bool:
    """Whether two documents have the same values, in any order of their keys; true is not 1."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _cleaned(text: str, scratch: Path) -> str:
    """*text* with the places of the repository for those in *scratch*."""
    return text.replace(f"{scratch}/", "").replace(f"{paths.ROOT}/", "")
