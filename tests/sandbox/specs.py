"""The specs after their overlays, as plain documents."""

import copy
from pathlib import Path
from typing import Any

from jsonpath_rfc9535 import find
from ruamel.yaml import YAML

SPECS = Path(__file__).parents[2] / "specs"


def load(service: str) -> dict[str, Any]:
    """The spec of *service* with its overlay, if it has one, applied."""
    spec = _read(SPECS / service / "openapi.yaml")
    overlay = SPECS / service / "overlay.yaml"
    for action in _read(overlay)["actions"] if overlay.exists() else ():
        nodes = find(action["target"], spec)
        assert nodes, f"{action['target']} matches nothing in {service}"
        for node in nodes:
            if action.get("remove"):
                del node.parent.value[node.location[-1]]
            else:
                _merge(node.value, copy.deepcopy(action["update"]))
    return spec


def _read(path: Path) -> Any:
    return YAML(typ="safe", pure=True).load(path)


def _merge(into: dict[str, Any], update: dict[str, Any]) -> None:
    for name, value in update.items():
        if isinstance(into.get(name), dict) and isinstance(value, dict):
            _merge(into[name], value)
        elif isinstance(into.get(name), list) and isinstance(value, list):
            into[name].extend(value)
        else:
            into[name] = value
