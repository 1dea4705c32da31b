"""What FRYTE's specification asks of a tour's values, and which of its fields it does not have."""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from enum import Enum
from typing import Any, Final

import attrs

from fryte_client.models import ConnectorPos, ConnectorType, PlannerRequest, POIInfo, SectionRequest, TruckApproved
from jobwait.errors import InvalidInput
from jobwait.service import within

# Both are shares of the battery's capacity.
_LEVELS: Final = {"battery_level_start": (0.1, 1.0), "battery_level_end": (0.1, 0.8)}
_POSITIONS: Final = ("start_pos", "stop_pos")
_DEGREES: Final = (-180.0, 180.0)
_START: Final = re.compile(
    r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]|[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(T.*)?"
)
_WORDS: Final[Mapping[str, type[Enum]]] = {
    "truck_approved": TruckApproved,
    "connector_type": ConnectorType,
    "connector_pos": ConnectorPos,
}


def outside(tour: PlannerRequest) -> Iterator[str]:
    """A sentence for each value of *tour* that its specification refuses, with its path."""
    for name, limits in _LEVELS.items():
        yield from _beyond(name, getattr(tour, name), limits)
    start = tour.start_time_tour
    if isinstance(start, str) and not _START.fullmatch(start):
        yield f"start_time_tour must be HH:MM:SS or ISO 8601, not {start!r:.60}."
    for name, kind in _WORDS.items():
        found = getattr(tour.poi_info, name)
        for path, value in _items(f"poi_info.{name}", found):
            if isinstance(value, str) and str(value) not in kind.__members__:
                yield f"{path} must be {' or '.join(kind.__members__)}, not {str(value)!r:.60}."
    for number, section in enumerate(tour.section_list):
        for name in _POSITIONS:
            yield from _no_position(f"section_list[{number}].{name}", getattr(section, name))


def unknown_fields(tour: PlannerRequest) -> Iterator[str]:
    """A sentence for each field of *tour* that the specification does not have; FRYTE ignores such fields."""
    models: list[tuple[str, Any]] = [("", tour), ("poi_info.", tour.poi_info)]
    models += [(f"section_list[{number}].", section) for number, section in enumerate(tour.section_list)]
    for place, model in models:
        known = _names(type(model))
        for name in model.additional_properties:
            near = get_close_matches(name, known, 1)
            meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}."
            yield f"{place}{_visible_name(name)} is no field of FRYTE's; {meant}"


def _visible_name(name: str) -> str:
    """The *name* of a field, of at most 60 characters."""
    return name if name.isidentifier() and len(name) <= 60 else f"{name!r:.60}"


def _names(model: type[PlannerRequest | SectionRequest | POIInfo]) -> list[str]:
    """The fields of *model* as they are sent: kW is the only one whose Python name is another."""
    fields: list[str] = [one.name for one in attrs.fields(model)]
    return [name.replace("_k_w", "_kW") for name in fields if name != "additional_properties"]


def _beyond(path: str, value: Any, limits: tuple[float, float]) -> Iterator[str]:
    if isinstance(value, int | float):
        try:
            within(path, value, *limits)
        except InvalidInput as error:
            yield error.message


def _no_position(path: str, value: Any) -> Iterator[str]:
    if isinstance(value, list):
        if len(value) < 2:
            yield f"{path} must have a latitude and a longitude, and has {len(value)} of them."
        for place, one in _items(path, value):
            yield from _beyond(place, one, _DEGREES)


def _items(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """The items of a list with their paths, or *value* itself."""
    if isinstance(value, list):
        yield from ((f"{path}[{number}]", one) for number, one in enumerate(value))
    else:
        yield path, value
