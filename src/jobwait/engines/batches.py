"""Makes batches of job ids, and checks them before anything starts."""

from collections.abc import Iterable, Mapping
from inspect import Parameter, signature
from typing import Final

from jobwait._jobs.registry import is_service, service_module
from jobwait._model.checks import identifier
from jobwait._model.policy import Policy
from jobwait.engines.payloads import VERSION, Batch
from jobwait.engines.policy_json import policy_from_dict, policy_to_dict
from jobwait.engines.truncate import json_length
from jobwait.errors import InvalidInput

DEFAULT_SIZE: Final = 500  # jobs in a batch
MAX_JOBS: Final = 1000  # more come near the 2 MiB that Temporal accepts
MAX_ID_LENGTH: Final = 250  # characters in JSON: a thousand Ended values of the maximum size stay below 2 MiB
MAX_HEARTBEAT: Final = 24 * 3600.0
MAX_CONTINUE_AFTER: Final = 365 * 24 * 3600.0
LATEST: Final = 253402300799.0  # the last second of the year 9999


def batches(
    service: str,
    account: str,
    job_ids: Iterable[str],
    *,
    size: int = DEFAULT_SIZE,
    timeout: float | None = None,
    policy: Policy | None = None,
    common: Mapping[str, str] | None = None,
    cancel_at_service: bool = False,
    heartbeat: float = 30.0,
    continue_after: float = 6 * 3600.0,
) -> list[Batch]:
    """
    *job_ids*, each once, in batches of *size*; the other arguments are the fields of each Batch.

    Raises:
        InvalidInput: an argument is invalid.

    """
    if not 1 <= size <= MAX_JOBS:
        raise InvalidInput(f"A batch holds 1 to {MAX_JOBS} jobs, not {size}.")
    if isinstance(job_ids, str):
        raise InvalidInput(f"job_ids is a list of ids, not the text {job_ids!r:.60}. Put a single id into a list.")
    unique = list(dict.fromkeys(identifier("an id of a job", one) for one in job_ids))
    made = [
        Batch(
            service=service,
            account=account,
            job_ids=unique[start : start + size],
            common=dict(common or {}),
            timeout=timeout,
            policy=policy_to_dict(policy),
            cancel_at_service=cancel_at_service,
            heartbeat=heartbeat,
            stint=continue_after,
        )
        for start in range(0, len(unique), size)
    ]
    for batch in made:
        check(batch)
    return made


def check(batch: Batch) -> None:
    """Raise InvalidInput for a *batch* that no worker can wait for."""
    if batch.version > VERSION:
        raise InvalidInput(f"This batch has version {batch.version}, this jobwait reads {VERSION}. Update its workers.")
    if not 1 <= len(batch.job_ids) <= MAX_JOBS:
        raise InvalidInput(
            f"A batch holds 1 to {MAX_JOBS} jobs, not {len(batch.job_ids)}. Split them: batches() does that."
        )
    if len(set(batch.job_ids)) != len(batch.job_ids) or not all(batch.job_ids):
        raise InvalidInput("A batch has an id twice, or an empty one. Leave it out: batches() removes duplicates.")
    for job_id in batch.job_ids:
        if json_length(job_id) > MAX_ID_LENGTH:
            raise InvalidInput(f"An id of a job has at most {MAX_ID_LENGTH} characters; {job_id!r:.60}… is longer.")
    if not (1 <= batch.heartbeat <= MAX_HEARTBEAT and 0 < batch.continue_after <= MAX_CONTINUE_AFTER):
        raise InvalidInput(
            f"heartbeat is a second to a day and continue_after at most a year, not {batch.heartbeat} s and "
            f"{batch.continue_after} s."
        )
    until = batch.until
    if until is not None and (type(until) not in {int, float} or not 0 <= until <= LATEST):  # NaN too
        raise InvalidInput(f"until is a time in seconds since the epoch, before the year 10000, not {until!r:.60}.")
    policy_from_dict(batch.policy, batch.timeout)


def check_common(batch: Batch) -> None:
    """Raise InvalidInput if the ids in `common` do not fit the service; a service of the user's own is not checked."""
    if not is_service(batch.service):
        return
    module = service_module(batch.service)
    ids = [one for one in signature(module.job).parameters.values() if one.name not in {"client", module.SERVICE.id}]
    missing = [one.name for one in ids if one.default is Parameter.empty and not batch.common.get(one.name)]
    if missing:
        raise InvalidInput(f"A {batch.service} job also needs its {missing[0]}: common={{{missing[0]!r}: …}}.")
    unknown = sorted(batch.common.keys() - {one.name for one in ids})
    if unknown:
        known = ", ".join(one.name for one in ids) or "nothing besides its id"
        raise InvalidInput(f"A {batch.service} job has no {unknown[0]!r}, but {known}. Remove it from common.")
