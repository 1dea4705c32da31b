"""
Optimize a prompt with and without customer feedback, and compare the results.

    python optimize_and_compare.py PROJECT TEMPLATE_VERSION DATASET
"""

import sys

from jobwait import freeplay, wait_all


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
    main(*sys.argv[1:])
