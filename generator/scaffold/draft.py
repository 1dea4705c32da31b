"""The draft of a new service, before anything is written."""

from dataclasses import dataclass
from typing import Any

from generator.scaffold.declaration import Detected
from generator.scaffold.detect.status import StatusOperation
from generator.spec.pointers import Document


@dataclass(frozen=True)
class Draft:
    """
    A new service that is not written yet: what was detected of which document, and what is to be written.

    only: the client's operations; lean: those that the service module uses, as others cannot be generated. jobs: all
    status operations of the whole document. left_out: how many operations the client does not have. overlay, module,
    row: the texts of the files, of which the last two are a page and its contract test. answers: a response of the
    status operation for each status. repairs: sentences about the document.
    """

    document: Document
    found: StatusOperation
    detected: Detected
    only: list[str]
    lean: bool
    jobs: list[StatusOperation]
    left_out: int
    overlay: str
    module: str
    row: str
    answers: dict[str, Any]
    repairs: list[str]
