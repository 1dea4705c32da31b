"""
Shortens operationIds that a framework made of other parts of the document, as they become names of functions.

The rules, in this order; an operation keeps its operationId where another one has, or would get, the same name:

- `x-operation-name` is the name. An overlay sets it to choose one, or to keep an operationId as it is.
- FastAPI adds path and method: `get_job_planner_jobs__job_id__get` of `GET /planner/jobs/{job_id}` is `get_job`.
- NestJS begins with the class: `JobsController_getJob` is `getJob`.
- A method that stands there twice: `get_get_projects` of a GET is `get_projects`.
"""

import re
from collections import Counter

from generator.errors import Finding
from generator.python_names import module_name
from generator.spec.operations import DOCUMENTED_ID, operations
from generator.spec.pointers import Document

CHOSEN_NAME = "x-operation-name"
CONTROLLER = "Controller_"


def shorten_operation_ids(document: Document) -> list[Finding]:
    """Shorten operationIds of *document* in place. Nothing is lost by that, so there is nothing to report."""
    found = [(one, _name(method, path, one)) for _, method, path, one in operations(document)]
    wanted = Counter(module_name(name) for _, name in found)
    taken = {module_name(str(one.get("operationId"))) for one, _ in found}
    for operation, name in found:
        given = operation.get("operationId")
        same = module_name(name) == module_name(str(given))
        if given != name and (same or (wanted[module_name(name)] == 1 and module_name(name) not in taken)):
            operation[DOCUMENTED_ID], operation["operationId"] = given, name
    return []


def _name(method: str, path: str, operation: Document) -> str:
    given = str(operation.get("operationId"))
    chosen = operation.get(CHOSEN_NAME)
    if isinstance(chosen, str) and chosen.strip():
        return chosen.strip()
    name = _without_path(given, method, path)
    before, _, after = name.partition(CONTROLLER)
    name = after if after[:1].isalpha() and (before.isalnum() or not before) else name
    first, rest = name[: len(method)], name[len(method) :].lstrip("_-")
    then = rest[len(method) : len(method) + 1]
    doubled = first.lower() == method and rest.lower().startswith(method) and (then in {"_", "-"} or then.isupper())
    return rest if doubled else name


def _without_path(name: str, method: str, path: str) -> str:
    """*name* without the path and the method at its end, as FastAPI's generate_unique_id() adds them."""
    ending = re.sub(r"\W", "_", path) + f"_{method}"
    if name.endswith(ending) and name != ending:
        return name.removesuffix(ending)
    added, words = ([word for word in text.split("_") if word] for text in (ending, name))
    folded = len(words) > len(added) > 1 and words[-len(added) :] == added  # some tools fold the underscores
    return "_".join(words[: -len(added)]) if folded else name
