"""The words that complete a command line; each begins as what was typed."""

from collections.abc import Sequence
from typing import Any

from jobwait._jobs.registry import service_names
from jobwait.cli.completion.recent_jobs import recent_jobs


def complete_name(ctx: Any, incomplete: str) -> list[str]:
    """After a service the ids of its recent jobs; before that services, and the whole names of recent jobs."""
    before = ctx.params.get("names") or ()
    words: Sequence[str] = [word for word in before if word != ":"]  # bash breaks words at colons
    names = recent_jobs()
    if words and ":" not in words[0]:
        ids = [name.removeprefix(f"{words[0]}:") for name in names if name.startswith(f"{words[0]}:")]
        return [one for one in ids if one.startswith(incomplete) and one not in words]
    services = [] if words else service_names()
    return [one for one in [*services, *names] if one.startswith(incomplete) and one not in words]
