"""
Send one prompt for each row of a table, and add the answers as a column.

    python with_pandas.py reviews.csv answered.csv

PROMPTFORGE_API_KEY and PROMPTFORGE_BASE_URL say whom it talks to: PromptForge itself, unless the address is that of
`jobwait sandbox`, which behaves as the published server does.
"""

import sys

import attrs
import pandas as pd

from jobwait import promptforge


def ask(column: "pd.Series[str]") -> "pd.Series[str]":
    """The answer to each prompt in *column*, with the same index; a missing value if there is none."""
    prompts = ({"prompt_id": place, "prompt": text} for place, text in enumerate(column))
    with promptforge.connect() as client:
        job = promptforge.submit(client, prompts, provider="openai", model="gpt-4o-mini")
        job.wait(progress=True)
        answers = pd.DataFrame([attrs.asdict(line) for line in job.results()]).set_index("prompt_id")
    return answers["response"].reindex(range(len(column))).set_axis(column.index)


def main(source: str, target: str) -> None:
    """Read the table, ask, write it."""
    table = pd.read_csv(source)
    table["sentiment"] = ask("Is this review kind or harsh? " + table["review"])
    table.to_csv(target, index=False)
    print(f"{table['sentiment'].notna().sum()} of {len(table)} rows answered")


if __name__ == "__main__":
    main(*sys.argv[1:])
