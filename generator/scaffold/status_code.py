"""The source that reads status, progress and reason of a snapshot in a new service module."""

from generator.python_names import module_name
from generator.scaffold.detect.progress import Progress
from generator.scaffold.detect.response_fields import ITEM, PATH
from generator.scaffold.detect.result import Reason
from generator.scaffold.detect.state_words import FINAL, VOCABULARY
from generator.scaffold.detect.status import StatusOperation

GUESS = "# GUESS:"
RESERVED_FIELDS = frozenset({"additional_properties", "to_dict", "from_dict", "cls"})


def chain(path: PATH, start: str = "snapshot") -> str:
    """The expression of a field, through objects that may be absent."""
    names = [f"{name}_" if name in RESERVED_FIELDS else name for name in map(module_name, path)]
    return " and ".join(".".join([start, *names[: index + 1]]) for index in range(len(names)))


def status_argument(found: StatusOperation) -> str:
    """The argument `status` of Service."""
    if found.end.kind != "status":
        return "_status"
    return f"lambda snapshot: str({chain(found.status.path)})"


def status_path(found: StatusOperation) -> str:
    """The path of the status in an answer that does not decode: what stands there is final only if it decides alone."""
    path = found.end.second if found.end.kind in {"conclusion", "checked"} else found.status.path
    return ".".join(path[: path.index(ITEM)] if ITEM in path else path)


def status_function(found: StatusOperation, model: str) -> str:
    """The function `_status`; empty if one field is the status."""
    end, head = found.end, f"def _status(snapshot: {model}) -> str:\n"
    match end.kind:
        case "conclusion":
            return (
                f'{head}    """The conclusion of a job that has ended, else its status."""\n'
                f"    status: object = {chain(found.status.path)}\n    conclusion: object = {chain(end.second)}\n"
                f"    ended = str(status) in {{{', '.join(map(repr, end.ended))}}}\n"
                f"    return str(conclusion) if ended and conclusion else {_undecided(found)}\n\n\n"
            )
        case "checked":
            failed = "second" if end.second_is_error else "second is not True"
            return (
                f'{head}    """The status; a job that has ended has failed if `{end.second[-1]}` says so."""\n'
                f"    status: object = {chain(found.status.path)}\n    second: object = {chain(end.second)}\n"
                f"    ended = str(status) in {{{', '.join(map(repr, end.ended))}}}\n"
                f'    return "failed" if ended and {failed} else str(status)\n\n\n'
            )
        case "boolean":
            return f"{head}{_boolean_body(found)}\n\n\n"
        case "items":
            at = found.status.path.index(ITEM)
            items = chain(found.status.path[:at])
            before = next(iter([*found.statuses.of("queued"), *found.statuses.of("running")]), "")
            return (
                f'{head}    """The status of the entry furthest from success: the job ends with its last entry."""\n'
                f"    found = [str({chain(found.status.path[at + 1 :], 'one')}) for one in {items} or ()]\n"
                '    order = ("unknown", "queued", "running", "failed", "canceled", "succeeded")\n'
                f"    return min(found, key=lambda raw: order.index(STATUSES.of(raw)), default={before!r})\n\n\n"
            )
        case _:
            return ""


def _undecided(found: StatusOperation) -> str:
    """The expression of the status while there is no conclusion; the conclusion may use the same words for an end."""
    finals = {raw.casefold() for state in FINAL for raw in found.statuses.of(state)}
    both = [raw for raw in found.end.ended if raw.casefold() in finals]
    return f'"running" if str(status) in {{{", ".join(map(repr, both))}}} else str(status)' if both else "str(status)"


def _boolean_body(found: StatusOperation) -> str:
    end, name = found.end, found.status.path[-1]
    says = f'"""The response has no status: `{name}` says whether the job has ended."""'
    lines = [
        f"    {says}",
        f"    flag: object = {chain(found.status.path)}",
        f"    if flag is not {end.value}:",
        '        return "running"',
    ]
    if not end.second:
        return "\n".join([*lines, '    return "ended"'])
    second = f"    second: object = {chain(end.second)}"
    succeeded = "not second" if end.second_is_error else "second is True"
    return "\n".join([*lines, second, f'    return "succeeded" if {succeeded} else "failed"'])


def reason_function(reason: Reason | None, model: str) -> str:
    """The function `_reason`; empty if no field says why a job failed."""
    if reason is None:
        return ""
    text = "str(found) if found else None"
    if reason.free:
        text = 'str(getattr(found, "additional_properties", None) or found) if found else None'
    if reason.many:
        each = f'getattr(one, "{chain((reason.item,), "").strip(".")}", None) or one' if reason.item else "one"
        text = f'"; ".join(str({each}) for one in found) if isinstance(found, list) and found else None'
    return (
        f"def _reason(snapshot: {model}) -> str | None:\n    {GUESS} why a job failed.\n"
        f"    found: object = {chain(reason.path)}\n    return {text}\n\n\n"
    )


def reads_progress(progress: Progress) -> bool:
    """Whether progress is read: a field reports it, and the specification says what its end is."""
    return progress.kind not in {"none", "unclear"}


def progress_function(progress: Progress, model: str) -> str:
    """The function `_progress`; empty if none is read."""
    if not reads_progress(progress):
        return ""
    done = chain(progress.done)
    head = f"def _progress(snapshot: {model}) -> Progress | None:\n    {GUESS} {progress.kind}.\n"
    if progress.kind in {"percent", "fraction"}:
        scale = "100 * " if progress.kind == "fraction" else ""
        return (
            f"{head}    done: object = {done}\n"
            f"    return Progress(round({scale}done), 100) if isinstance(done, int | float) else None\n\n\n"
        )
    finished = 'max(done - 1, 0), total if isinstance(total, int) else None, f"step {done}"'
    counted = "done, total if isinstance(total, int) else None"
    arguments = finished if progress.kind == "steps" else counted
    return (
        f"{head}    done: object = {done}\n    total: object = {chain(progress.total)}\n"
        f"    return Progress({arguments}) if isinstance(done, int) else None\n\n\n"
    )


def status_map(found: StatusOperation) -> str:
    """The status map, with a comment on where its words are from."""
    return f"StatusMap(  {GUESS} {_states_comment(found)}\n{_statuses(found)}    )"


def items_statuses(found: StatusOperation) -> str:
    """The status map as a constant, for a status function that compares several statuses."""
    return f"STATUSES = {status_map(found)}\n\n\n" if found.end.kind == "items" else ""


def _states_comment(found: StatusOperation) -> str:
    if not found.statuses.states:
        return "the specification names no states; put each into one of these sets."
    unknown = f"; their meaning is unknown: {', '.join(found.statuses.unknown)}" if found.statuses.unknown else ""
    return f"from the {found.statuses.source} of {'.'.join(found.status.path)}{unknown}."


def _statuses(found: StatusOperation) -> str:
    sets = [(meaning, found.statuses.of(meaning)) for meaning in VOCABULARY]
    return "".join(f"        {meaning}={{{', '.join(map(repr, states))}}},\n" for meaning, states in sets if states)
