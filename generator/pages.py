"""Pages: which operations and models a page of jobwait uses, as its imports say."""

import ast
from dataclasses import dataclass

from generator.names import class_name, module_name
from generator.places import SOURCES


@dataclass(frozen=True)
class Page:
    """A page by its place in the repository, the operations and models that it imports, and the attributes it reads."""

    place: str
    imported: frozenset[str]
    attributes: frozenset[str]

    def touched_by(self, operations: tuple[str, ...], place: str) -> bool:
        """Whether a change of *operations* at *place* concerns what the page uses."""
        if any(module_name(name) in self.imported for name in operations):
            return True
        return class_name(place.partition(".")[0]) in self.imported

    def reads(self, place: str) -> bool:
        """Whether the page reads the field that *place* ends with."""
        return module_name(place.rpartition(".")[2].removesuffix("[]")) in self.attributes


def page(service: str) -> Page | None:
    """The page of *service*, if jobwait has one."""
    path = SOURCES / "jobwait" / f"{service}.py"
    if not path.is_file():
        return None
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    named = {
        alias.name for one in imports if (one.module or "").startswith(f"{service}_client.") for alias in one.names
    }
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return Page(f"src/jobwait/{path.name}", frozenset(named), frozenset(attributes))
