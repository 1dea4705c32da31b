"""YAML 1.2 as JSON: only true, false, null and numbers are no text, whatever else YAML 1.1 took for one."""

from __future__ import annotations

import re
from typing import Any, Final

from jobwait.errors import InvalidInput

_MOST_ALIASES: Final = 10_000
_DEEPEST: Final = 400


def read_yaml(text: str, name: str) -> Any:
    """The document in *text*; raises InvalidInput if it is none, or if the extra that reads it is not installed."""
    try:
        import yaml  # noqa: PLC0415 - an extra
    except ModuleNotFoundError:
        fact = f"{name} is YAML, which needs an extra: pip install 'jobwait[spec]', or write it as JSON."
        raise InvalidInput(fact) from None

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loader: Any = type("Loader", (base,), {"yaml_implicit_resolvers": {}})
    for tag, pattern, first in _SCALARS:
        loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", pattern, list(first))
    try:
        _check_size(yaml.parse(text, loader), name)  # libyaml itself does not survive a deep document
        return yaml.load(text, loader)  # nosec B506  # noqa: S506 - a subclass of the safe loader
    except RecursionError:
        raise InvalidInput(f"{name} is nested too deep.") from None
    except (yaml.YAMLError, ValueError) as error:
        raise InvalidInput(f"{name} is not YAML: {' '.join(str(error).split()):.300}.") from None


def _check_size(events: Any, name: str) -> None:
    """Refuse a document that is nested deeper, or has more aliases, than any real one."""
    depth = aliases = 0
    for event in events:
        kind = type(event).__name__
        depth += kind.endswith("StartEvent") - kind.endswith("EndEvent")
        aliases += kind == "AliasEvent"
        if depth > _DEEPEST:
            raise InvalidInput(f"{name} is nested too deep: more than {_DEEPEST} levels.")
        if aliases > _MOST_ALIASES:
            raise InvalidInput(f"{name} has more than {_MOST_ALIASES} aliases.")


_SCALARS: Final = (
    ("bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), "tTfF"),
    ("null", re.compile(r"^(?:~|null|Null|NULL|)$"), ("~", "n", "N", "")),
    ("int", re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), "-+0123456789"),
    (
        "float",
        re.compile(r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?$"),
        "-+0123456789.",
    ),
    ("merge", re.compile(r"^<<$"), "<"),
)
