"""
A job that outlives the script that submitted it: run again, the script continues the wait.

    python after_restart.py prompts.jsonl job.token results/

PROMPTFORGE_API_KEY and PROMPTFORGE_BASE_URL say whom it talks to: PromptForge itself, unless the address is that of
`jobwait sandbox`, which behaves as the published server does.
"""

import sys
from pathlib import Path

from jobwait import promptforge, resume


def main(prompts: str, token: str, folder: str) -> None:
    """Submit the job unless an earlier run did; wait; download the results; delete the token."""
    saved = Path(token)
    with promptforge.connect() as client:
        if saved.exists():
            job = resume(saved.read_text("utf-8"), client, service=promptforge)
            print("resumed")
        else:
            job = promptforge.submit(client, prompts, provider="openai", model="gpt-4o-mini")
            saved.write_text(job.token(), "utf-8")
            print("submitted")
        try:
            job.wait(progress=True)
        finally:
            saved.write_text(job.token(), "utf-8")
        paths = job.download(folder)
    saved.unlink()
    print(f"{len(paths)} files in {folder}")


if __name__ == "__main__":
    main(*sys.argv[1:])
