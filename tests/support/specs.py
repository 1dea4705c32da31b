"""The specifications as the clients are made of them, and what is said of a specification, in sentences."""

from copy import deepcopy
from functools import cache

from generator import paths
from generator.errors import finding_sentences
from generator.spec.effective import display_name, read_spec, read_with_findings


def effective_spec(service):
    """The effective spec of *service*: a copy that a test may change."""
    return deepcopy(_once(service))


@cache
def _once(service):
    folder = paths.SPECS / service
    return read_spec(folder / "openapi.yaml", folder / "overlay.yaml")


def read_and_repair(spec):
    """The normalised document of *spec*, and one sentence for each finding."""
    document, findings = read_with_findings(spec)
    return document, finding_sentences(findings, display_name(spec))
