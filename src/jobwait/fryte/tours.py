"""The tour of a FRYTE job, checked against the documented limits before anything is sent."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TypeAlias, cast

from fryte_client.models import PlannerRequest
from fryte_client.types import UNSET
from jobwait.errors import InvalidInput
from jobwait.fryte.tour_faults import decoded
from jobwait.service import plain_number, within

Tour: TypeAlias = PlannerRequest | Mapping[str, Any] | str | os.PathLike[str]

# From FRYTE's documentation; both are shares of the battery's capacity.
_LIMITS: Final = {"battery_level_start": (0.1, 1.0), "battery_level_end": (0.1, 0.8)}


def planner_request(tour: Tour) -> PlannerRequest:
    """*tour* as the client's request model; raises InvalidInput, which names each fault, if it is not a valid tour."""
    place = "This"
    if isinstance(tour, str | os.PathLike):
        place = Path(tour).name
        tour = _read(Path(tour))
    found: Any = tour
    faults: dict[str, Exception] = {}
    where = "The tour" if place == "This" else place
    if isinstance(tour, Mapping):
        plain = _plain(tour)
        found, faults = decoded(plain, may_change=plain is not tour)
    elif not isinstance(tour, PlannerRequest):
        kind = type(tour).__name__
        raise InvalidInput(f"{place} is not a tour: a PlannerRequest, an object or a path is needed, not {kind}.")
    outside = list(_outside(found)) if found is not None else []
    if faults:
        every = [*faults, *(sentence.rstrip(".") for sentence in outside)]
        fact, cause = f"{place} is not a tour: {'; '.join(every)}.", next(iter(faults.values()))
        raise InvalidInput(fact, service="fryte", faults=[f"{where}, {one}." for one in every]) from cause
    if outside:
        raise InvalidInput(" ".join(outside), service="fryte", faults=[f"{where}, {one}" for one in outside])
    return cast("PlannerRequest", found)


def _outside(tour: PlannerRequest) -> Iterator[str]:
    """A sentence for each value of *tour* that is outside its limits."""
    for name, (least, most) in _LIMITS.items():
        value = getattr(tour, name)
        if value is not None and value is not UNSET:
            try:
                within(name, value, least, most)
            except InvalidInput as error:
                yield error.message


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
