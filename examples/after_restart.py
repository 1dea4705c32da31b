"""
A job that outlives the script that submitted it: run again, the script continues the wait.

    python after_restart.py prompts.jsonl job.token results/

Without PROMPTFORGE_API_KEY it talks to a sandbox. Without arguments it plays two runs, the first of which is too short.
"""

import sys
import tempfile
from pathlib import Path

from jobwait import JobWaitError, promptforge, resume
from jobwait.errors import JobFailed
from jobwait.sandbox import sandbox_without_key


def save(token: str, path: Path) -> None:
    """Write the token whole: a kill leaves the old file or the new one."""
    temporary = path.with_suffix(".new")
    temporary.write_text(token, "utf-8")
    temporary.replace(path)


def main(prompts: str, token: str, folder: str, timeout: float = 7200) -> None:
    """Submit the job unless an earlier run did; wait; download the results; delete the token, also of a failed job."""
    saved = Path(token)
    with promptforge.connect() as client:
        if saved.exists():
            job = resume(saved.read_text("utf-8"), client, service=promptforge)
            print("resumed")
        else:
            job = promptforge.submit(client, prompts, provider="openai", model="gpt-4o-mini")
            save(job.token(), saved)
            print("submitted")
        try:
            job.wait(timeout=timeout, progress=True)
        except JobFailed:  # or canceled: it has ended, and the next run submits again
            saved.unlink()
            raise
        except BaseException:  # the job runs on; the token has what this wait has learned
            save(job.token(), saved)
            raise
        paths = job.download(folder)
    saved.unlink()
    print(f"{len(paths)} files in {folder}")


def two_runs() -> None:
    """A run that gives up after a second, and one that goes on with its job."""
    prompts = str(Path(__file__).with_name("prompts.jsonl"))
    with tempfile.TemporaryDirectory() as folder:
        try:
            main(prompts, f"{folder}/job.token", f"{folder}/results", timeout=1)
        except JobWaitError as error:
            print(error)
        main(prompts, f"{folder}/job.token", f"{folder}/results")


if __name__ == "__main__":
    sandbox_without_key("promptforge")
    if sys.argv[1:]:
        prompts, token, folder = sys.argv[1:]
        main(prompts, token, folder)
    else:
        two_runs()
