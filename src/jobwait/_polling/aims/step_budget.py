"""How the polls that are left are spent on a job with steps: few before the last step, which alone can be the end."""

from typing import Final

from jobwait._polling.progress_estimate import ProgressHistory

UNTIL_LAST: Final = 0.3  # of the time until the last step is expected, until the next poll
POLLS_BEFORE: Final = 3.0  # before the last step an interval is at least a step times this, by the polls left
LAST_STEP: Final = 0.8  # of the rest of a usual step, divided among the polls left
OVERRUN: Final = 0.7  # of the time that the last step has taken, if that is more
DELAY: Final = 1.2  # a usual step by the polls left; most of the delay is that of last steps which take longer


def gap_by_step(history: ProgressHistory, left: int) -> float:
    """Seconds until the next poll of a job with steps, of which *left* are left."""
    steps, usual = history.steps, _usual_step(history)
    following = 0 if steps is None else (steps.total or 0) - 1 - steps.done
    rest = max(usual - history.still, 0.0)
    if following > 0:
        until_last = (following - 1) * usual + rest
        return max(UNTIL_LAST * until_last, usual * POLLS_BEFORE / max(left, POLLS_BEFORE))
    if left < 1:
        return max(history.still, usual / 2)
    return max(LAST_STEP * rest, OVERRUN * history.still) / left


def delay_by_step(history: ProgressHistory, left: int) -> str:
    """How late its end is expected to be seen; empty in the first step, as nothing says how long one takes."""
    if history.steps is None or history.steps.done == 0:
        return ""
    return in_seconds(DELAY * _usual_step(history) / max(left, 1))


def in_seconds(delay: float) -> str:
    """*delay* in words, with two digits that count."""
    return f"{float(f'{delay:.2g}'):g} s"


def _usual_step(history: ProgressHistory) -> float:
    """The mean of the steps before, or the time in this one if that is more; for the first, twice its time so far."""
    done = 0 if history.steps is None else history.steps.done
    return max((history.run - history.still) / done, history.still) if done > 0 else 2 * history.run
