"""
Freeplay: a job optimizes a version of a prompt template against a dataset, in steps.

    with freeplay.connect() as client:                              # FREEPLAY_API_KEY
        job = freeplay.submit(client, PROJECT, prompt_template_version_id=VERSION, dataset_id=DATASET)
        print(job.wait().changes_summary)
"""

from typing import TYPE_CHECKING

from jobwait._lazy import public_names

if TYPE_CHECKING:
    from jobwait.freeplay.service import (
        SERVICE,
        FreeplayJob,
        connect,
        job,
        list_jobs,
        list_jobs_async,
        submit,
        submit_all,
        submit_all_async,
        submit_async,
    )

__all__ = [
    "SERVICE",
    "FreeplayJob",
    "connect",
    "job",
    "list_jobs",
    "list_jobs_async",
    "submit",
    "submit_all",
    "submit_all_async",
    "submit_async",
]

if not TYPE_CHECKING:  # a type checker must miss what is not there
    __getattr__, __dir__ = public_names(__name__, {".service": __all__})
