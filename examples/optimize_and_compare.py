"""
Optimize a prompt with and without customer feedback, and compare the results.

    python optimize_and_compare.py PROJECT TEMPLATE_VERSION DATASET

Without FREEPLAY_API_KEY it talks to a sandbox, which knows any ids; without arguments it has some of its own.
"""

import sys

from jobwait import freeplay, wait_all
from jobwait.sandbox import sandbox_without_key

IDS = ("my-project", "3c90c3cc-0d44-4b50-8888-8dd25736052a", "9f1d6a52-4b0e-4c7f-a1d3-6e5b8c2f7a90")


def main(project: str, version: str, dataset: str) -> None:
    """Run two optimizations at once."""
    with freeplay.connect() as client:
        jobs = {
            name: freeplay.submit(
                client, project, prompt_template_version_id=version, dataset_id=dataset, use_customer_feedback=feedback
            )
            for name, feedback in (("with feedback", True), ("without feedback", False))
        }
        for name, outcome in zip(jobs, wait_all(jobs.values(), progress=True), strict=True):
            result = outcome.unwrap()
            print(f"{name}: {result.original_version_id} became {result.optimized_version_id}")
            print(f"  compare at {result.comparison_id}: {result.changes_summary}")


if __name__ == "__main__":
    sandbox_without_key("freeplay")
    main(*(sys.argv[1:] or IDS))
