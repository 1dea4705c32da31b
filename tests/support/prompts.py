"""The file of prompts that a submission uploads, outside a submission."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from jobwait._jobs.drivers import run
from jobwait._jsonl.input_file import Prompts
from jobwait.promptforge import prompts
from jobwait.promptforge.prompts import PromptsFile


@contextmanager
def prompts_file(given: Prompts) -> Iterator[PromptsFile]:
    """The checked file of the prompts *given*; InvalidInput if one of them is bad."""
    with ExitStack() as files:
        yield run(prompts.prompts_file(given, files))
