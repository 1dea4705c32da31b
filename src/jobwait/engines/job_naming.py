"""What names a job besides its id, as its service's page says it."""

from __future__ import annotations

from inspect import Parameter, signature

from jobwait._jobs.registry import SERVICES, page_named
from jobwait.engines.payloads import Batch
from jobwait.errors import InvalidInput


def complete(batch: Batch) -> None:
    """
    Refuse a *batch* whose `common` does not fit its service; of services that are not jobwait's own nothing is known.

    Raises:
        InvalidInput: something that names the jobs is missing, or something else is there.

    """
    if batch.service not in SERVICES:
        return
    page = page_named(batch.service)
    asked = [one for one in signature(page.job).parameters.values() if one.name not in {"client", page.SERVICE.id}]
    missing = [one.name for one in asked if one.default is Parameter.empty and not batch.common.get(one.name)]
    if missing:
        raise InvalidInput(f"A {batch.service} job is named by its {missing[0]}, too: common={{{missing[0]!r}: …}}.")
    strange = sorted(batch.common.keys() - {one.name for one in asked})
    if strange:
        known = ", ".join(one.name for one in asked) or "its id alone"
        raise InvalidInput(f"No {strange[0]!r} names a {batch.service} job, but {known}. Leave it out of common.")
