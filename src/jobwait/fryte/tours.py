"""The tour of a FRYTE job, checked against the documented limits before anything is sent."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias, cast

from fryte_client.models import PlannerRequest
from jobwait._model.checks import MOST_FAULTS
from jobwait.errors import InvalidInput
from jobwait.fryte.tour_faults import decoded
from jobwait.fryte.tour_limits import outside, unknown_fields
from jobwait.service import plain_number

Tour: TypeAlias = PlannerRequest | Mapping[str, Any] | str | os.PathLike[str]


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
        fact = f"{place} is not a tour: a PlannerRequest, an object or a path is needed, not {kind}."
        raise InvalidInput(fact, service="fryte", faults=[fact])
    beyond = [] if found is None else list(outside(found))
    if found is not None and (faults or beyond):  # what is probably misspelt is a reason for a field that is missing
        beyond += unknown_fields(found)
    beyond = beyond[:MOST_FAULTS]
    if faults:
        every = [*(f"{one}." for one in faults), *beyond][:MOST_FAULTS]
        fact, cause = f"{place} is not a tour: {' '.join(every)}", next(iter(faults.values()))
        raise InvalidInput(fact, service="fryte", faults=[f"{where}, {one}" for one in every]) from cause
    if beyond:
        raise InvalidInput(" ".join(beyond), service="fryte", faults=[f"{where}, {one}" for one in beyond])
    return cast("PlannerRequest", found)


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
        fact = f"{path}: cannot be read ({error.strerror}). Name a JSON file."
        raise InvalidInput(fact, service="fryte", faults=[fact]) from error
    except (ValueError, RecursionError) as error:
        fact = f"{path}: not JSON ({error})."
        raise InvalidInput(fact, service="fryte", faults=[fact]) from error
