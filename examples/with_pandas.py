"""
Send one prompt for each row of a table, and add the answers as a column.

    python with_pandas.py reviews.csv answered.csv

Without PROMPTFORGE_API_KEY it talks to a sandbox; without arguments it asks about three reviews of its own.
"""

import sys

import attrs
import pandas as pd

from jobwait import promptforge
from jobwait.sandbox import sandbox_without_key

REVIEWS = ["Lovely, we will come back.", "Never again.", "The soup was cold, the staff kind."]


def ask(column: "pd.Series[str]") -> "pd.Series[str]":
    """The answer to each prompt in *column*, with the same index; a missing value if there is none."""
    prompts = ({"prompt_id": place, "prompt": text} for place, text in enumerate(column))
    with promptforge.connect() as client:
        job = promptforge.submit(client, prompts, provider="openai", model="gpt-4o-mini")
        job.wait(progress=True)
        answers = pd.DataFrame([attrs.asdict(line) for line in job.results()]).set_index("prompt_id")
    return answers["response"].reindex(range(len(column))).set_axis(column.index)


def main(source: str | None = None, target: str | None = None) -> None:
    """Read the table, ask, and write it or show it."""
    table = pd.read_csv(source) if source else pd.DataFrame({"review": REVIEWS})
    table["sentiment"] = ask("Is this review kind or harsh? " + table["review"])
    print(table.to_string()) if target is None else table.to_csv(target, index=False)
    print(f"{table['sentiment'].notna().sum()} of {len(table)} rows answered")


if __name__ == "__main__":
    sandbox_without_key("promptforge")
    main(*sys.argv[1:])
