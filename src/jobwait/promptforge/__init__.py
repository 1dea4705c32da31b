"""
PromptForge: a job sends a batch of prompts to a model and reports how many are done.

    with promptforge.connect() as client:                           # PROMPTFORGE_API_KEY
        job = promptforge.submit(client, "prompts.jsonl", provider="openai", model="gpt-4o-mini")
        job.wait()
        for line in job.results():
            print(line.prompt_id, line.response)

`service` has the call that reports a job and the meaning of each status.
"""

from jobwait._jsonl.result_line import FailedPrompt, ResultLine
from jobwait.promptforge.handle import PromptForgeJob
from jobwait.promptforge.merge import MergeSummary, merge
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
