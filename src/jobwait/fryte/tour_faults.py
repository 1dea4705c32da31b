"""All the faults of a tour at once: the generated decoder stops at the first one."""

import re
from collections.abc import Mapping
from typing import Any, Final

from fryte_client.errors import DecodeError
from fryte_client.models import PlannerRequest

_MOST: Final = 100  # faults that are named
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
            if not may_change or len(faults) == _MOST or not _mend(tour, error.path):
                return None, faults
        except Exception as error:  # noqa: BLE001 - whatever it is, this is no tour
            faults[f"{error!r:.300}"] = error.with_traceback(None)
            return None, faults


def _mend(tour: Any, path: str) -> bool:
    """Give *tour* a sound value where the field at *path* is required, or leave that out; whether that was possible."""
    keys = [int(key) if key.isdigit() else key for key in re.findall(r"[^.\[\]]+", path)]
    if len(keys) == 1 and keys[0] in _SOUND:
        tour[keys[0]] = _SOUND[keys[0]]
        return True
    if len(keys) == 2 and keys[0] == "section_list":
        tour["section_list"][keys[1]] = {}
        return True
    while keys and isinstance(keys[-1], int):  # an element of a list: the list as a whole is left out
        keys.pop()
    try:
        around = tour
        for key in keys[:-1]:
            around = around[key]
        del around[keys[-1]]
    except (LookupError, TypeError):
        return False
    return True
