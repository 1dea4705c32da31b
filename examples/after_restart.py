"""
A job that outlives the script that submitted it: started again, the script goes on with the wait.

    python after_restart.py prompts.jsonl job.token results/
"""

import sys
from pathlib import Path

from jobwait import promptforge, resume


def main(prompts: str, token: str, folder: str) -> None:
    """Submit, unless that was done; wait; collect; and forget the token."""
    saved = Path(token)
    with promptforge.connect() as client:
        if saved.exists():
            job = resume(saved.read_text("utf-8"), client)
            print("taken up again")
        else:
            job = promptforge.submit(client, prompts, provider="openai", model="gpt-4o-mini")
            saved.write_text(job.token(), "utf-8")
            print("submitted")
        try:
            job.wait(progress=True)
        finally:
            saved.write_text(job.token(), "utf-8")
        assert isinstance(job, promptforge.PromptForgeJob)
        paths = job.download(folder)
    saved.unlink()
    print(f"{len(paths)} files in {folder}")


if __name__ == "__main__":
    main(*sys.argv[1:])
