"""
A command made with Click: it sends prompts to a model, with a progress bar of its own, and saves the answers.

    python click_command.py prompts.jsonl --model gpt-4o-mini --to answers

Ctrl-C ends the command, not the job: `jobwait run` and `jobwait wait` collect its answers later. Without
PROMPTFORGE_API_KEY it talks to a sandbox, whose PromptForge behaves as documented: the published one counts no prompts
before the end. Without arguments it sends the prompts of the examples.
"""

import sys
import tempfile
from pathlib import Path

import click

from jobwait import JobWaitError, Update, promptforge
from jobwait.sandbox import sandbox_without_key
from promptforge_client.models import JobStatus


@click.command()
@click.argument("prompts", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--model", default="gpt-4o-mini", show_default=True)
@click.option("--to", "folder", default="answers", show_default=True, type=click.Path(file_okay=False, path_type=Path))
@click.option("--timeout", default=7200.0, show_default=True, help="Seconds to wait for the job.")
def ask(prompts: Path, model: str, folder: Path, timeout: float) -> None:
    """Send PROMPTS, a file of JSON lines, and save the answers."""
    try:
        with promptforge.connect() as client:
            job = promptforge.submit(client, prompts, provider="openai", model=model)
            click.echo(f"promptforge:{job.id}", err=True)
            with click.progressbar(length=1000, label="submitted", show_percent=True) as bar:

                def show(update: Update[JobStatus]) -> None:
                    bar.label = update.state.ljust(len("succeeded"))
                    progress = update.progress
                    share = progress.done / progress.total if progress and progress.total else 0
                    bar.update(round(1000 * share) - bar.pos)
                    bar.render_progress()  # the label may have changed alone

                done = job.wait(timeout=timeout, on_update=show)
            files = job.download(folder)
    except JobWaitError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{done.completed_count} answers, {done.failed_count} failed; {len(files)} files in {folder}")


if __name__ == "__main__":
    sandbox_without_key("promptforge", promptforge_mode="docs")
    ask(sys.argv[1:] or [str(Path(__file__).with_name("prompts.jsonl")), "--to", tempfile.mkdtemp()])
