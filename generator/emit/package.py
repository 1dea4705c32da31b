"""Builds one client package from one normalised document: models and endpoints, wire types, runtime, format."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from generator import paths
from generator.emit import client, formatting, package_files, wire_types
from generator.spec.effective import display_name, effective_spec
from generator.spec.pointers import Document


def build_all(folder: Path) -> None:
    """Build the package of every service into *folder*."""
    for service in paths.services():
        comment = first_line(paths.SPECS / service / "openapi.yaml", "edit the overlay")
        build(effective_spec(service), folder / f"{service}_client", comment)


def build(document: Document, package: Path, comment: str) -> None:
    """Write the new folder *package*; *comment* becomes the first line of each of its modules."""
    with ThreadPoolExecutor(1) as beside:  # a process of its own makes the wire types
        types = beside.submit(wire_types.wire_types, document)
        client.write_client(document, package)
    (package / "wire.py").write_text(types.result(), encoding="utf-8")
    package_files.add_files(document, package, comment)
    formatting.format_package(package)


def first_line(spec: Path, remedy: str) -> str:
    """The first line of generated modules: their spec, and *remedy*, what to do instead of editing them."""
    digest = hashlib.sha256(spec.read_bytes()).hexdigest()[:12]
    return f"Generated from {display_name(spec)} (sha256 {digest}) by codegen.py; {remedy}."
