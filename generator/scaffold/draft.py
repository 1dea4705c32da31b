"""The draft of a new service, before anything is written."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.scaffold.detect.status import StatusOperation
from generator.scaffold.service_module import Detected
from generator.spec.pointers import Document


@dataclass(frozen=True)
class Draft:
    """
    A new service that is not written yet: what was detected of which document, and what is to be written.

    only: the client's operations; lean: those that the service module uses, as others cannot be generated. jobs: all
    status operations of the whole document. left_out: how many operations the client does not have. files: the text of
    each file, by its path. answers: a response of the status operation for each status. repairs: sentences about the
    document.
    """

    document: Document
    found: StatusOperation
    detected: Detected
    only: list[str]
    lean: bool
    jobs: list[StatusOperation]
    left_out: int
    files: dict[Path, str]
    answers: dict[str, Any]
    repairs: list[str]
