"""Build: one package from one normalised spec, as the stages in their order."""

import hashlib
from pathlib import Path

from generator import clients, files, formatting, wire
from generator.effective import effective_spec, shown
from generator.places import SPECS, services
from generator.pointers import Document


def build_all(folder: Path) -> None:
    """Build the package of every service into *folder*."""
    for service in services():
        remark = header(SPECS / service / "openapi.yaml", "edit the overlay")
        build(effective_spec(service), folder / f"{service}_client", remark)


def build(document: Document, package: Path, remark: str) -> None:
    """Generate, complete and format the new folder *package*; *remark* is the first line of its modules."""
    clients.generate(document, package)
    wire.write(document, package)
    files.complete(document, package, remark)
    formatting.tidy(package)


def header(spec: Path, remedy: str) -> str:
    """Where a generated file comes from, and what to do instead of editing it."""
    digest = hashlib.sha256(spec.read_bytes()).hexdigest()[:12]
    return f"Generated from {shown(spec)} (sha256 {digest}) by codegen.py; {remedy}."
