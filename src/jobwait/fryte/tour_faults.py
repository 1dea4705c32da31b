"""All the faults of a tour at once: the generated decoder stops at the first one."""

import re
from collections.abc import Mapping
from typing import Any, Final

from fryte_client.errors import DecodeError
from fryte_client.models import PlannerRequest
from jobwait._model.checks import MOST_FAULTS

_ITEMS: Final = {"a number": 0.0, "a ConnectorType": "CCS"}  # sound items of lists, by what is expected; others: text
_SOUND: Final = {"vehicle_id": "", "battery_level_start": 1.0, "section_list": [], "poi_info": {}}


def decoded(tour: Mapping[str, Any], *, may_change: bool) -> tuple[PlannerRequest | None, dict[str, Exception]]:
    """
    The model of *tour* and its faults, each with the error that told it; the model is None if one cannot be mended.

    A fault is mended in *tour*, where that *may_change*, so that the next one is found.
    """
    faults: dict[str, Exception] = {}
    while True:
        try:
            return PlannerRequest.from_dict(tour), faults
        except DecodeError as error:
            faults[f"{error.path}: expected {error.expected}, got {error.got}"[:300]] = error.with_traceback(None)
            if not may_change or len(faults) == MOST_FAULTS or not _mend(tour, error):
                return None, faults
        except Exception as error:  # noqa: BLE001 - whatever it is, this is no tour
            faults[f"{error!r:.300}"] = error.with_traceback(None)
            return None, faults


def _mend(tour: Any, error: DecodeError) -> bool:
    """
    Give *tour* a sound value in place of the one that *error* is about; whether that was possible.

    A field that is not required is left out; an item of a list gets another value, so that the next item is read.
    """
    keys = [int(key) if key.isdigit() else key for key in re.findall(r"[^.\[\]]+", error.path)]
    if len(keys) == 1 and keys[0] in _SOUND:
        tour[keys[0]] = _SOUND[keys[0]]
        return True
    if len(keys) == 2 and keys[0] == "section_list":
        tour["section_list"][keys[1]] = {}
        return True
    try:
        around = tour
        for key in keys[:-1]:
            around = around[key]
        if isinstance(keys[-1], int):
            around[keys[-1]] = _ITEMS.get(error.expected, "")
        else:
            del around[keys[-1]]
    except (LookupError, TypeError):
        return False
    return True
