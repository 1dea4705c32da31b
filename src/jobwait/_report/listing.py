"""The jobs: a group for each state, problems first, a line for each job."""

from collections.abc import Iterator, Sequence
from typing import Final

from attrs import frozen

from jobwait._display.lines import duration_text
from jobwait._model.html import shown
from jobwait._report import axis
from jobwait._report.curve import curve
from jobwait._report.drawing import symbol
from jobwait._report.facts import Facts, only_service, span_of_all
from jobwait._report.lane import lane
from jobwait._report.states import STATES
from jobwait._report.summary import counted, late_text, moment

FOLD: Final = 50  # lines of a group that are shown; the others are folded
_FEW: Final = 4  # jobs whose details are open at once
_MANY: Final = 500  # with more jobs, lanes have fewer points, and the lines that are folded no details
LONGEST: Final = 50  # characters of a name that there is room for
_NOTHING: Final = "\N{EN DASH}"
_ERRORS: Final = 20  # failed polls that are listed for a job


@frozen
class Frame:
    """What all lines share: the axis from *first* to *last*, the *service* if all jobs have one, how many they are."""

    first: float
    last: float
    ticks: Sequence[axis.Tick]
    service: str | None
    jobs: int

    @classmethod
    def of(cls, jobs: Sequence[Facts]) -> "Frame":
        """The frame of *jobs*."""
        span = span_of_all(jobs)
        ticks = [] if span is None else axis.clock(*span)
        return cls(*(span or (0.0, 0.0)), ticks, only_service(jobs), len(jobs))


def groups(jobs: Sequence[Facts], frame: Frame, *, whole: bool) -> Iterator[str]:
    """A section for each state that occurs; without the jobs that are folded if it is not to be *whole*."""
    for state, look in STATES.items():
        ours = [job for job in jobs if job.state == state]
        if not ours:
            continue
        yield f'<section class="group is-{state}" aria-labelledby="of-{state}">'
        title = f"{symbol(state)}{look.word.capitalize()} <small>{counted(len(ours), 'job')}</small>"
        yield f'<h3 id="of-{state}">{title}</h3>'
        yield _head(frame)
        yield "<ul>"
        yield from (_line(job, frame, details=True) for job in ours[:FOLD])
        yield "</ul>"
        if len(ours) > FOLD and not whole:
            yield f'<p class="note">{len(ours) - FOLD:,} more are in the file that jobwait.report() writes.</p>'
        elif len(ours) > FOLD:
            yield f'<details class="more"><summary>{len(ours) - FOLD:,} more</summary><ul>'
            yield from (_line(job, frame, details=frame.jobs <= _MANY) for job in ours[FOLD:])
            yield "</ul></details>"
        yield "</section>"


def _head(frame: Frame) -> str:
    """The names of the columns, and the axis of all lanes: a screen reader hears the names in each line instead."""
    names = "".join(f'<span class="n">{name}</span>' for name in ("took", "polls", "end seen"))
    ticks = axis.labels(frame.ticks)
    of = "" if frame.service is None else f"{shown(frame.service)} "
    first = f'<span>{of}job; times in UTC</span><span class="axis">{ticks}</span>'
    return f'<div class="line head" aria-hidden="true">{first}{names}</div>'


def _line(job: Facts, frame: Frame, *, details: bool) -> str:
    name = shown(name_of(job, frame))
    title = f' title="{name}"' if len(name) > LONGEST else ""
    took = _NOTHING if job.span is None else duration_text(job.seconds)
    late = _NOTHING if job.late is None else late_text(job.late)
    why = "" if job.problem is None else f'<span class="why">{shown(_reason(job, job.problem))}</span>'
    drawn = lane(job, frame.first, frame.last, coarse=frame.jobs > _MANY)
    cells = (
        f'<span class="name"{title}>{name}</span><span class="lane">{drawn}</span>'
        f'<span class="n"><i>, took </i>{took}</span><span class="n"><i>, polls: </i>{job.polls:,}</span>'
        f'<span class="n"><i>, end seen: </i>{late}</span>{why}'
    )
    body = _details(job) if details else ""
    if not body:
        return f'<li><div class="line">{cells}</div></li>'
    opened = " open" if frame.jobs <= _FEW else ""
    return f'<li><details{opened}><summary class="line">{cells}</summary><div class="body">{body}</div></details></li>'


def name_of(job: Facts, frame: Frame) -> str:
    """The name of *job* on the page, without the service if all jobs have one: the head names that."""
    return job.job_id if frame.service is not None else f"{job.service} {job.job_id}"


def _reason(job: Facts, problem: str) -> str:
    """The *problem* without the name of the job, which is above it."""
    rest = problem.removeprefix(f"{job.service} job {job.job_id} ")
    return rest if rest == problem else rest[:1].upper() + rest[1:]


def _details(job: Facts) -> str:
    """When it was polled, its curve and the polls that failed; empty if its polls were not recorded."""
    if not job.recorded or job.span is None:
        return ""
    failed = f", {job.errors:,} failed" if job.errors else ""
    seen = "" if job.late is None else f"; its end was seen {late_text(job.late)}"
    thinned = " Not all of its polls were kept." if job.thinned else ""
    fact = f"{moment(job.span[0])} to {moment(job.span[1])} UTC: {counted(job.polls, 'poll')}{failed}{seen}.{thinned}"
    return f"<p>{fact}</p>{curve(job)}{''.join(_failed(job))}"


def _failed(job: Facts) -> Iterator[str]:
    failed = [poll for poll in job.recorded if poll.error is not None]
    if failed:
        last = f"The last {_ERRORS} of {len(failed)} polls" if len(failed) > _ERRORS else "Polls"
        yield f"<p>{last} that failed:</p><ul>"
        yield from (f"<li>{moment(poll.at)} {shown(poll.error)}</li>" for poll in failed[-_ERRORS:])
        yield "</ul>"
