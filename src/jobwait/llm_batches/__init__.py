"""
Batches of prompts at OpenAI, Anthropic and Mistral: one code for all, which is also PromptForge's.

    from jobwait.llm_batches import openai                          # or anthropic, mistral

    with openai.connect() as client:                                # OPENAI_API_KEY
        job = openai.submit(client, "prompts.jsonl", model="gpt-4o-mini")
        job.wait()
        for line in job.results():
            print(line.prompt_id, line.response)

Each page has what is its own: the address, the body of a submission, where the results are.
"""

from jobwait._jsonl.result_line import FailedPrompt, ResultLine
from jobwait.llm_batches.handle import BatchJob

__all__ = ["BatchJob", "FailedPrompt", "ResultLine"]
