"""
PromptForge: a job sends a batch of prompts to a model and reports how many are done.

    with promptforge.connect() as client:                           # PROMPTFORGE_API_KEY
        job = promptforge.submit(client, "prompts.jsonl", provider="openai", model="gpt-4o-mini")
        job.wait()
        for line in job.results():
            print(line.prompt_id, line.response)

`service` has the call that reports a job and the meaning of each status.
"""

from typing import TYPE_CHECKING

from jobwait._lazy import public_names

if TYPE_CHECKING:
    from jobwait._jsonl.result_line import FailedPrompt, ResultLine
    from jobwait.promptforge.handle import PromptForgeJob
    from jobwait.promptforge.merging import MergeSummary, merge
    from jobwait.promptforge.service import SERVICE, connect, job
    from jobwait.promptforge.submission import submit, submit_all, submit_all_async, submit_async

__all__ = [
    "SERVICE",
    "FailedPrompt",
    "MergeSummary",
    "PromptForgeJob",
    "ResultLine",
    "connect",
    "job",
    "merge",
    "submit",
    "submit_all",
    "submit_all_async",
    "submit_async",
]

if not TYPE_CHECKING:  # a type checker must miss what is not there
    __getattr__, __dir__ = public_names(
        __name__,
        {
            ".._jsonl.result_line": ("FailedPrompt", "ResultLine"),
            ".handle": ("PromptForgeJob",),
            ".merging": ("MergeSummary", "merge"),
            ".service": ("SERVICE", "connect", "job"),
            ".submission": ("submit", "submit_all", "submit_all_async", "submit_async"),
        },
    )
