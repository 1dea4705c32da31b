"""Finds the function of a watch again: by name, among those that the caller gives, and nowhere else."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from jobwait._jobs.handle import Job, state_of
from jobwait._model.client import CallingClient
from jobwait._polling.job_state import JobState
from jobwait.errors import InvalidInput

Watched: TypeAlias = Mapping[str, Callable[[str], Job[Any]]]
"""By the name of each watch, the function that its ref names: it makes the watch of an id."""


def checked_watched(watched: Watched | None) -> Watched:
    """*watched*, or nothing; InvalidInput unless it is a mapping of names to functions."""
    found: Any = {} if watched is None else watched
    if not isinstance(found, Mapping):
        raise InvalidInput(f'watched must be a mapping such as {{"openai-batch": function}}, not {found!r:.60}.')
    for name, function in found.items():
        if not callable(function) or inspect.iscoroutinefunction(function):
            raise InvalidInput(
                f"watched[{name!r}] must be a plain function that makes the watch of an id, not {function!r:.60}."
            )
    return found


def watched_state(watched: Watched, name: str, ref: str, job_id: str) -> JobState[Any]:
    """
    The state of the watch *name* of *job_id*, made by the function that *watched* has for it.

    Raises:
        InvalidInput: there is no such function, or it made something else.

    """
    if name not in watched:
        raise InvalidInput(missing(name, ref))
    made: Any = watched[name](job_id)
    if not isinstance(made, Job) or not isinstance(state_of(made).client, CallingClient):
        fact = f"watched[{name!r}] returned {type(made).__name__} for the id {job_id}"
        raise InvalidInput(f"{fact}; it must return the watch of that id, which jobwait.watch() makes.")
    state = state_of(made)
    if (state.service.name, state.host, state.job_id) != (name, ref, job_id):
        fact = f"watched[{name!r}] made the watch {state.service.name} of {state.job_id} with ref={state.host!r}"
        raise InvalidInput(f"{fact}, and {name} of {job_id} with ref={ref!r} was asked for. Give the function of that.")
    return state


def missing(name: str, ref: str) -> str:
    """The sentence for a watch of which no function was given."""
    return (
        f"No function was given for the watch {name}: pass watched={{{name!r}: function}}, where its ref names {ref}."
    )
