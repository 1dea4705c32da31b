"""The tour of a FRYTE job, checked against the documented limits before anything is sent."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TypeAlias

from fryte_client.errors import DecodeError
from fryte_client.models import PlannerRequest
from fryte_client.types import UNSET
from jobwait.errors import InvalidInput
from jobwait.service import plain_number, within

Tour: TypeAlias = PlannerRequest | Mapping[str, Any] | str | os.PathLike[str]

# From FRYTE's documentation; both are shares of the battery's capacity.
_LIMITS: Final = {"battery_level_start": (0.1, 1.0), "battery_level_end": (0.1, 0.8)}


def planner_request(tour: Tour) -> PlannerRequest:
    """*tour* as the client's request model; raises InvalidInput if it is none, or has a value outside its limits."""
    place = "This"
    if isinstance(tour, str | os.PathLike):
        place = Path(tour).name
        tour = _read(Path(tour))
    if isinstance(tour, Mapping):
        try:
            tour = PlannerRequest.from_dict(_plain(tour))
        except Exception as error:
            fault = repr(error)
            if isinstance(error, DecodeError):
                fault = f"{error.path}: expected {error.expected}, got {error.got}"
            raise InvalidInput(f"{place} is not a tour: {fault:.300}.", service="fryte") from error
    if not isinstance(tour, PlannerRequest):
        kind = type(tour).__name__
        raise InvalidInput(f"{place} is not a tour: a PlannerRequest, an object or a path is needed, not {kind}.")
    for name, (least, most) in _LIMITS.items():
        value = getattr(tour, name)
        if value is not None and value is not UNSET:
            within(name, value, least, most)
    return tour


def _plain(tour: Mapping[str, Any]) -> Mapping[str, Any]:
    """*tour* with numpy's numbers as those of JSON; as it is if that cannot be, so that the error names the field."""
    with suppress(TypeError, ValueError, RecursionError):
        found: dict[str, Any] = json.loads(json.dumps(dict(tour), default=plain_number))
        return found
    return tour


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8-sig"))  # Windows puts a byte order mark first
    except OSError as error:
        raise InvalidInput(f"{path}: cannot be read ({error.strerror}). Name a JSON file.") from error
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{path}: not JSON ({error}).") from error
