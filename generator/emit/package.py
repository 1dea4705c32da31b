"""Builds one client package from one normalised document: models and endpoints, wire types, runtime, format."""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from generator import paths
from generator.emit import client, formatting, package_files, wire_types
from generator.errors import Finding, finding_sentences
from generator.spec.declared_jobs import JOB
from generator.spec.effective import display_name, read_with_findings
from generator.spec.pointers import Document


def build_all(folder: Path, specs: Path | None = None) -> list[str]:
    """
    Build the package of every service into *folder*; return a sentence for each thing that was kept plain.

    *specs* is read in place of specs/.
    """
    sentences: list[str] = []
    for service in paths.services():
        spec = (specs or paths.SPECS) / service / "openapi.yaml"
        document, notices = read_with_findings(spec, spec.parent / "overlay.yaml")
        notices += build(document, folder / f"{service}_client", first_line(spec, "edit the overlay"), notices)
        sentences += finding_sentences(notices, display_name(spec))
    package_files.write_plain_client(folder / "plain_client", "Generated from generator/emit/runtime by codegen.py.")
    formatting.format_package(folder / "plain_client")
    return sentences


def build(document: Document, package: Path, comment: str, notices: Sequence[Finding] = ()) -> list[Finding]:
    """
    Write the new folder *package*; *comment* becomes the first line of each of its modules.

    Its README lists *notices* and the findings that are returned: what else was put into its plainest form.
    """
    job = document.pop(JOB, None)
    parsed = client.parse_document(document, package)
    with ThreadPoolExecutor(1) as beside:  # a process of its own makes the wire types
        types = beside.submit(wire_types.wire_types, document)
        client.write_client(document, parsed.data, package, [*notices, *parsed.findings])
    (package / "wire.py").write_text(types.result(), encoding="utf-8")
    package_files.add_files(document, package, comment)
    if job is not None:
        package_files.write_job(job, package)
    formatting.format_package(package)
    return parsed.findings


def first_line(spec: Path, remedy: str) -> str:
    """The first line of generated modules: their spec, and *remedy*, what to do instead of editing them."""
    digest = hashlib.sha256(spec.read_bytes()).hexdigest()[:12]
    return f"Generated from {display_name(spec)} (sha256 {digest}) by codegen.py; {remedy}."
