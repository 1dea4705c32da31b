"""Which operations, models and fields of its client a service module of jobwait uses, read from its source."""

import ast
import json
from dataclasses import dataclass

from generator import paths
from generator.emit.package_files import DECLARATION
from generator.python_names import class_name, module_name
from generator.spec.declared_jobs import fields_read


@dataclass(frozen=True)
class ServiceUsage:
    """A service module by its path in the repository, the names that it imports, and the attributes that it reads."""

    place: str
    imported: frozenset[str]
    attributes: frozenset[str]

    def uses(self, operations: tuple[str, ...], place: str) -> bool:
        """Whether the module imports one of *operations* or the model that *place* begins with."""
        if any(module_name(name) in self.imported for name in operations):
            return True
        return class_name(place.partition(".")[0]) in self.imported

    def reads(self, place: str) -> bool:
        """Whether the module reads the field that *place* ends with."""
        return module_name(place.rpartition(".")[2].removesuffix("[]")) in self.attributes


def service_usage(service: str) -> ServiceUsage | None:
    """What the module (or package) jobwait.SERVICE uses of its client; None if there is no such module."""
    module = paths.service_module(service)
    if module is None:
        return None
    files = sorted(module.rglob("*.py")) if module.is_dir() else [module]
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))]
    imports = [node for node in nodes if isinstance(node, ast.ImportFrom)]
    named = {
        alias.name for one in imports if (one.module or "").startswith(f"{service}_client.") for alias in one.names
    }
    attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute)} | _declared(service)
    return ServiceUsage(module.relative_to(paths.ROOT).as_posix(), frozenset(named), frozenset(attributes))


def _declared(service: str) -> set[str]:
    """The fields that the declaration in the package of *service* reads."""
    try:
        job = json.loads((paths.GENERATED / f"{service}_client" / DECLARATION).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return set()
    return {module_name(name) for path in fields_read(job) for name in path.split(".")}
