"""
A batch of prompts within a budget of tokens: as many prompts as it is likely to pay for, and what they really cost.

    python prompts_with_budget.py prompts.jsonl 20000

Without PROMPTFORGE_API_KEY it talks to a sandbox, which behaves as PromptForge's published server does.
"""

import json
import sys
from pathlib import Path

from jobwait import promptforge
from jobwait.sandbox import sandbox_without_key

PROMPTS = Path(__file__).with_name("prompts.jsonl")
ANSWER = 40  # tokens of a typical answer; a guess


def affordable(path: Path, budget: int) -> list[dict[str, object]]:
    """The first prompts of *path* that *budget* tokens are likely to pay for; a token is about four characters."""
    chosen: list[dict[str, object]] = []
    for line in path.read_text("utf-8").splitlines():
        prompt = json.loads(line)
        budget -= len(prompt["prompt"]) // 4 + ANSWER
        if budget < 0:
            break
        chosen.append(prompt)
    return chosen


def main(path: str = str(PROMPTS), budget: str = "2000") -> None:
    """Submit, wait and count the tokens."""
    prompts = affordable(Path(path), int(budget))
    with promptforge.connect() as client:
        job = promptforge.submit(client, prompts, provider="openai", model="gpt-4o-mini", tpm=int(budget))
        done = job.wait(progress=True)
        spent = sum(line.total_tokens or 0 for line in job.results())
    print(f"{len(prompts)} prompts submitted, {done.completed_count} answered, {done.failed_count} failed")
    print(f"{spent} of {budget} tokens spent")


if __name__ == "__main__":
    sandbox_without_key("promptforge")
    main(*sys.argv[1:])
