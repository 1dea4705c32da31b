"""The page: totals, a timeline, a table of outcomes, and details of each job."""

import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from typing import Final

from jobwait._model.types import brief
from jobwait._report.drawing import curve, escaped, timeline
from jobwait._report.facts import Facts

STATES: Final = (
    "succeeded",
    "failed",
    "canceled",
    "needs_input",
    "timed_out",
    "unreachable",
    "running",
    "queued",
    "unknown",
)


def page(jobs: Sequence[Facts], title: str) -> str:
    """The whole document."""
    style = files("jobwait._report").joinpath("style.css").read_text("utf-8")
    shown = [state for state in STATES if any(job.state == state for job in jobs)]
    return "\n".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
            '<meta name="viewport" content="width=device-width,initial-scale=1">',
            f"<title>{escaped(title)}</title><style>{style}{''.join(map(_filter_rule, shown))}</style></head><body>",
            f"<header><h1>{escaped(title)}</h1><p>{escaped(_totals(jobs))}</p></header>",
            *_filters(shown, jobs),
            "<main>",
            *_timelines(jobs),
            *_table(jobs),
            *_details(jobs),
            "</main></body></html>\n",
        ]
    )


def _totals(jobs: Sequence[Facts]) -> str:
    late = [job.late[1] for job in jobs if job.late is not None]
    polls, errors = sum(job.polls for job in jobs), sum(job.errors for job in jobs)
    parts = [f"{len(jobs)} jobs", f"{polls} polls", f"{errors} errors"]
    if late:
        median, worst = brief(statistics.median(late)), brief(max(late))
        parts.append(f"ends seen at most {median} s late (median), {worst} s (worst)")
    return ", ".join(parts)


def _filters(shown: Sequence[str], jobs: Sequence[Facts]) -> Iterator[str]:
    """Radio buttons that the style sheet alone acts on: there is no script, and the keyboard works."""
    counts = Counter(job.state for job in jobs)
    yield f'<input type="radio" name="show" id="show-all" checked><label for="show-all">all {len(jobs)}</label>'
    for state in shown:
        yield f'<input type="radio" name="show" id="show-{state}">'
        yield f'<label for="show-{state}"><i class="{state}"></i>{state.replace("_", " ")} {counts[state]}</label>'


def _filter_rule(state: str) -> str:
    return f"#show-{state}:checked~main .job:not(.is-{state}){{display:none}}"


def _timelines(jobs: Sequence[Facts]) -> Iterator[str]:
    if not jobs:
        return
    first, last = min(job.began for job in jobs), max(job.seen_at for job in jobs)
    yield f"<h2>When</h2><p>From {_clock(first)} to {_clock(last)} UTC. "
    yield "Each line is a poll; a dotted box is the time from a job's end until it was seen.</p>"
    yield '<ol class="timeline">'
    for number, job in enumerate(jobs):
        label = escaped(f"{job.name}, {job.state}, {_took(job)}, {job.polls} polls")
        yield f'<li class="job is-{job.state}"><a href="#job-{number}" aria-label="{label}">'
        yield f"<span>{escaped(job.name)}</span>{timeline(job, first, last)}</a></li>"
    yield "</ol>"


def _table(jobs: Sequence[Facts]) -> Iterator[str]:
    yield "<h2>How they ended</h2>"
    yield '<div class="scroll" tabindex="0" role="region" aria-label="Outcomes"><table><thead><tr>'
    yield "".join(f'<th scope="col">{name}</th>' for name in ("job", "state", "took", "polls", "errors", "seen late"))
    yield "</tr></thead><tbody>"
    for number, job in enumerate(jobs):
        cells = (job.state.replace("_", " "), _took(job), str(job.polls), str(job.errors), _late(job))
        name = f'<th scope="row"><a href="#job-{number}">{escaped(job.name)}</a></th>'
        mark = f'<i class="{job.state}"></i>'
        yield f'<tr class="job is-{job.state}">{name}<td>{mark}{escaped(cells[0])}</td>'
        yield "".join(f"<td>{escaped(cell)}</td>" for cell in cells[1:]) + "</tr>"
    yield "</tbody></table></div>"


def _details(jobs: Sequence[Facts]) -> Iterator[str]:
    yield "<h2>Each job</h2>"
    for number, job in enumerate(jobs):
        opened = " open" if len(jobs) == 1 or job.problem else ""
        yield f'<details class="job is-{job.state}" id="job-{number}"{opened}><summary>{escaped(job.name)}</summary>'
        if job.problem:
            yield f"<p>{escaped(job.problem)}</p>"
        yield curve(job)
        failed = [poll for poll in job.recorded if poll.error]
        if failed:
            yield "<p>Polls that failed and were repeated:</p><ul>"
            yield from (f"<li>{_clock(poll.at)} {escaped(poll.error)}</li>" for poll in failed[-50:])
            yield "</ul>"
        seen = "" if job.late is None else f"; the end was seen {_late(job)}"
        thinned = " Not all of them are drawn." if job.thinned else ""
        yield f"<p>{job.polls} polls in {_took(job)}{seen}.{thinned}</p></details>"


def _took(job: Facts) -> str:
    return f"{brief(job.seen_at - job.began)} s"


def _late(job: Facts) -> str:
    if job.late is None:
        return "not known"
    low, high = job.late
    return f"{brief(low)} s late" if low == high else f"at most {brief(high)} s late"


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")
