"""Removes from an overlay what it adds although the vendor has published it, and removals of what is gone."""

from pathlib import Path
from typing import Any

from generator.errors import GeneratorError
from generator.publish.whole_file import write_whole
from generator.spec.load import load, load_spec
from generator.spec.overlays.apply import Stale, applied_file
from generator.spec.overlays.errors import where_of
from generator.spec.overlays.published import Step, emptied, order, without
from generator.spec.overlays.text import NotRemovableError, removed
from generator.spec.yaml_values import YamlValueError, yaml_value

Place = tuple[Step, ...]


def stale_sentences(spec: Path, overlay: Path) -> list[str]:
    """What the actions of *overlay* do without need, one sentence each."""
    return _sentences(_stale(spec, overlay), overlay)


def prune(spec: Path, overlay: Path) -> list[str]:
    """
    Rewrite *overlay* without that; return the sentences. An overlay that has no action left is deleted.

    Each action may need what the ones before it have added, so all of them are judged together, once.
    """
    stale = _stale(spec, overlay)
    said = _sentences(stale, overlay)
    document = load(overlay)
    actions = range(len(document["actions"]) if stale else 0)
    parts = [place for one in stale for place in _places(one)]
    if stale and set(parts) >= {("actions", index) for index in actions}:
        overlay.unlink()
    elif stale:
        write_whole(overlay, _pruned(overlay, document, parts))
    return said


def _stale(spec: Path, overlay: Path) -> list[Stale]:
    return applied_file(load_spec(spec), overlay, fitting=True).stale


def _sentences(stale: list[Stale], overlay: Path) -> list[str]:
    where = where_of(overlay)
    return [f"{where(one.number)} {said}" for one in stale for said in one.sentences]


def _places(stale: Stale) -> list[Place]:
    """The places of the parts in the overlay: those in the update of an action, or the action itself."""
    action: Place = ("actions", stale.number - 1)
    return [(*action, "update", *part) if part else action for part in stale.parts]


def _pruned(overlay: Path, document: Any, parts: list[Place]) -> str:
    """The text of *overlay*, whose value is *document*, without *parts*."""
    expected = without(document, parts)
    try:
        text = removed(overlay.read_bytes().decode(), sorted(emptied(document, parts), key=order))
        if yaml_value(text) != expected:
            raise NotRemovableError
    except (NotRemovableError, YamlValueError):
        raise GeneratorError(
            f"{overlay} cannot be changed without changing more than that; remove the named parts by hand."
        ) from None
    return text
