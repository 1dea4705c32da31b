"""What a screen shows of a board: of one job a line; of several an overall line, those that run, and failures."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from attrs import evolve

from jobwait._display.board import Board, JobKey, Latest, counted_states
from jobwait._display.facts import SHORT, Row, left_of, state_of
from jobwait._display.job_line import Line, cut, line_of
from jobwait._display.lines import bar, cells, counted, elapsed_text, percent, within
from jobwait._text import visible

MARGIN: Final = 3  # columns that are left free: where a terminal writes the ^C of an interrupt, no new line may begin
_FOR_FAILURES: Final = 0.5  # of the rows of a screen, where there are more of both kinds than fit
_BAR, _LONGEST_BAR = 10, 40  # columns, at least and at most
_WIDEST_STATE: Final = 12  # columns by which the states of several rows are aligned


def frame(board: Board, width: int, height: int) -> list[Line]:
    """What *board* shows now on at most *height* lines of at most *width* columns."""
    if board.total == 1:
        return [only_line(board, width)]
    return [overall_line(board, width), *(_rows(board, width, height - 1) if height > 1 else ())]


def only_line(board: Board, width: int) -> Line:
    """The line of the only job."""
    if board.last is not None and board.last.terminal:
        key, shown = (board.last.service, board.last.job_id), Latest(board.last, 0.0)
        return line_of(_row(names_of(key), shown, board.elapsed), width)
    jobs = board.open_jobs()
    if not jobs:
        return []
    row = _row(names_of(jobs[0][0]), jobs[0][1], board.elapsed)
    return line_of(evolve(row, first_poll=board.first_poll(jobs[0][0])), width)


def overall_line(board: Board, width: int) -> Line:
    """How much of all jobs is done: "12/60 jobs  20% ━━━━──── · 0:31 · ~2 min left · 10 succeeded, 2 failed"."""
    head = f"{board.ended.total()}/{board.total} jobs  {percent(board.share)}"
    elapsed, counts, left = elapsed_text(board.elapsed), counted_states(board.ended), board.left()
    times = left_of(left) if left is not None else []
    time, ranged = (times[0], times[-1]) if times else ("", "")
    done, not_done = board.ended["succeeded"], board.ended.total() - board.ended["succeeded"]
    few = f"{done} succeeded, {not_done} not" if not_done else counts
    tails = [(elapsed, ranged, counts), (elapsed, time, counts), (elapsed, time, few), (time, few)]
    for with_bar, facts in [*((True, tail) for tail in tails), *((False, tail) for tail in (*tails[1:], (few,)))]:
        tail = "".join(f" · {fact}" for fact in facts if fact)
        room = width - cells(head + tail) - 1
        if with_bar and room >= _BAR:
            full, empty = bar(board.share, min(room, _LONGEST_BAR))
            return [(f"{head} ", ""), (full, "good"), (empty, "dim"), (tail, "")]
        if not with_bar and room >= -1:
            return [(head, ""), (tail, "")]
    return cut([(head, "")], width)


def names_of(key: JobKey) -> tuple[str, ...]:
    """The names of a job, from the shortest to the longest."""
    service, job_id = key
    names = (job_id[:SHORT], f"{service} {job_id[:SHORT]}", f"{service} {job_id}")
    return tuple(dict.fromkeys(map(visible, names)))


def _rows(board: Board, width: int, height: int) -> list[Line]:
    """The jobs that run, the last failures, and in the last line how many others there are, if not all have a row."""
    jobs, failures = board.open_jobs(), board.failures()
    running = [(key, one) for key, one in jobs if one is not None and one.update.state != "queued"]
    idle = [pair for pair in jobs if pair not in running] if len(jobs) + len(failures) < height else []
    few = _last(failures, max(int((height - 1) * _FOR_FAILURES), height - 1 - len(running)))
    shown: list[tuple[JobKey, Latest | None]] = [*running, *idle][: height - 1 - len(few)]
    rows = _aligned([*shown, *few])
    rows = [evolve(row, first_poll=board.first_poll(key)) for row, (key, _) in zip(rows, [*shown, *few], strict=True)]
    lines = [line_of(row, width) for row in rows]
    rest = _folded(board, [one for key, one in jobs if key not in dict(shown)], len(failures) - len(few))
    return [*lines, [(within(f"… {rest}", width), "dim")]] if rest else lines


def _last(failures: Sequence[tuple[JobKey, Latest]], most: int) -> Sequence[tuple[JobKey, Latest]]:
    return failures[-most:] if most > 0 else ()


def _aligned(jobs: Sequence[tuple[JobKey, Latest | None]]) -> list[Row]:
    """A row for each of *jobs*, with names and states of one width."""
    names = _short_names(key for key, _ in jobs)
    states = [state_of(one.update) for _, one in jobs if one is not None and not one.update.failures]
    widest = max((cells(name) for name in names.values()), default=0)
    state_width = max((cells(state) for state in states if cells(state) <= _WIDEST_STATE), default=0)
    rows = [_row((names[key],), one) for key, one in jobs]
    return [evolve(row, name_width=widest, state_width=state_width) for row in rows]


def _row(names: tuple[str, ...], shown: Latest | None, elapsed: float | None = None) -> Row:
    return Row(names, elapsed=elapsed) if shown is None else Row(names, shown.update, shown.ago, elapsed)


def _folded(board: Board, others: Sequence[Latest | None], failures: int) -> str:
    """How many jobs have no row, by what they do: "43 more queued"."""
    states = Counter(_doing(one) for one in others)
    states["not polled yet"] += board.total - board.ended.total() - len(board.open_jobs())
    text = counted({f"more {state}": states[state] for state in sorted(states)})
    earlier = f"{failures} more did not succeed" if failures > 0 else ""
    return ", ".join(filter(None, (text, earlier)))


def _doing(one: Latest | None) -> str:
    if one is None:
        return "not polled yet"
    return "without an answer" if one.update.failures else one.update.state


def _short_names(keys: Iterable[JobKey]) -> dict[JobKey, str]:
    """Names as short as they can be told apart: the service and the start of the id, else the service and the id."""
    names = {key: names_of(key) for key in keys}
    short = {key: visible(f"{key[0]} {key[1][:SHORT]}") for key in names}
    count = Counter(short.values())
    return {key: short[key] if count[short[key]] == 1 else names[key][-1] for key in names}
