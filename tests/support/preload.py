"""What a process of jobwait loads in its life; `support.forks` loads it once, and forks it for each test."""

import gc
import importlib

for name in (
    "certifi",
    "encodings.idna",
    "freeplay_client",
    "fryte_client",
    "httpcore",
    "httpx",
    "jobwait.cli.line.start",
    "jobwait.fleet",
    "jobwait.freeplay",
    "jobwait.fryte",
    "jobwait.promptforge",
    "jobwait.testing",
    "jobwait.tracker",
    "promptforge_client",
    "rich.live",
    "rich.markdown",
    "rich.progress",
    "trio",
    "typer.rich_utils",
):
    importlib.import_module(name)
importlib.import_module("jobwait.cli.app").app  # noqa: B018 - which loads all commands
gc.freeze()  # a collection in a child would copy every page of memory that it shares
