"""Packages whose public names are loaded when they are first used: importing such a package costs next to nothing."""

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any


def public_names(
    package: str, homes: Mapping[str, Sequence[str]]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """
    `__getattr__` and `__dir__` of *package*: *homes* has its modules, as in ".handle", and the public names of each.

    No module may be called as a public name is: importing it would put the module in that name's place.
    """
    modules = {name: module for module, names in homes.items() for name in names}

    def load(name: str) -> Any:
        """The public name, or the module, called *name*, which is loaded now."""
        if name in modules:
            found = getattr(import_module(modules[name], package), name)
            setattr(sys.modules[package], name, found)
            return found
        if f".{name}" in homes:
            return import_module(f".{name}", package)
        raise AttributeError(f"module {package!r} has no attribute {name!r}", name=name, obj=sys.modules[package])

    def names() -> list[str]:
        """What is public, and the modules that are loaded."""
        own = (name for name in vars(sys.modules[package]) if name[:2] == "__" or f"{package}.{name}" in sys.modules)
        return sorted({*modules, *own})

    return load, names
