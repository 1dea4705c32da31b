"""
Checks each operation of a generated client against the original document.

    PYTHONPATH=tests:. python -m corpus.operations_check DOCUMENT CLIENT

Requests are built from made arguments: with those that are required, and with all. openapi-core must accept them, and
what was given must be in them. For each documented success answers are made that openapi-core accepts; they must
decode, and be the same when they are encoded again. Only a notice in the client's README at the operation or one of its
components excuses a mismatch.
"""

import json
import sys
from pathlib import Path

from .operations_answers import check_answers
from .operations_arguments import defaults_in
from .operations_case import Case
from .operations_document import endpoint_modules, module_of, notice_about, notices_of, operations
from .operations_judge import Source
from .operations_requests import check_requests
from .operations_result import Mismatch, Result
from .operations_schemas import Document


def check(document: Document, package: Path, seed: int = 0) -> Result:
    """The figures of the client in the folder *package*, made of *document*; its parent must be on sys.path."""
    result = Result()
    notices, modules, defaults = notices_of(package), endpoint_modules(package.name), defaults_in(document)
    source = Source.of(document)
    for operation in operations(document):
        module = module_of(modules, operation)
        if module is None:
            found = Result(mismatches=[Mismatch(str(operation), "operation", "is not in the client")])
        else:
            case = Case(document, operation, module, defaults, source, seed)
            check_answers(case, check_requests(case))
            found = case.result
        result.add(found, notice_about(notices, operation, document) if found.mismatches else "")
    return result


def main(document: str, package: str) -> int:
    """Print the figures and each mismatch; 1 if one is silent."""
    folder = Path(package)
    sys.path.insert(0, str(folder.parent))
    result = check(json.loads(Path(document).read_text(encoding="utf-8")), folder)
    lines = [f"{folder.name}: {result}", *map(str, result.mismatches)]
    lines += [f"{count} not judged: {reason}" for reason, count in result.unjudged.most_common()]
    sys.stdout.write("\n  ".join(lines) + "\n")
    return 1 if result.silent else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
