"""What the display draws at each width, read by a terminal emulator; its clock is the test's."""

import io
import re

import attrs
import pyte
import pytest
from rich.console import Console
from rich.live import Live

from jobwait import Estimate, Progress, Update
from jobwait._display.board import Board
from jobwait._display.table import Table

ID = "8e3b8895-1d2f-4c07-ab52-7df7ba94024a"
COUNTS = Update(
    "running",
    "PROCESSING",
    None,
    Progress(420, 1000),
    eta=Estimate(38, 30, 50),
    next_poll=8.0,
    why="its counts say so",
    service="promptforge",
    job_id=ID,
)
STEP = attrs.evolve(COUNTS, progress=Progress(1, 4, "testing"), eta=None, service="freeplay")
OUTAGE = Update(
    "unknown",
    None,
    None,
    next_poll=8.0,
    why="the poll failed",
    service="promptforge",
    job_id=ID,
    failures=3,
    failure="no answer (connection refused)",
)
QUEUED = Update("queued", "QUEUED", None, next_poll=5.0, service="promptforge")
FAILED = Update(
    "failed", "FAILED", None, Progress(420, 1000), why="s job j ended as FAILED: no credit.", terminal=True, service="s"
)
LEFT = "~38 s left (30 s to 50 s) · next poll in 8 s"
WIDTHS = (30, 40, 60, 80, 120, 200)


class Screen:
    """A screen on which a board of *jobs* is drawn; *now* is the time of its clock."""

    def __init__(self, columns, lines=24, jobs=()):
        self.columns, self.lines, self.now = columns, lines, 100.0
        self.board = Board(jobs, clock=lambda: self.now)

    def show(self, *updates, after=0.0):
        """The lines on the screen once *updates* have been shown, and *after* so many seconds more."""
        for update in updates:
            self.board.show(update)
        self.now += after
        written = io.StringIO()
        size = {"width": self.columns, "height": self.lines}
        console = Console(file=written, force_terminal=True, legacy_windows=False, **size)
        with Live(Table(self.board), console=console, auto_refresh=False) as live:
            live.refresh()
        emulator = pyte.Screen(self.columns, self.lines)
        pyte.Stream(emulator).feed(written.getvalue().replace("\n", "\r\n"))
        return [line.rstrip() for line in emulator.display if line.strip()]


def one(update, columns, after=0.0):
    """The only line of a job whose wait has lasted 31 seconds."""
    screen = Screen(columns)
    screen.now += 31
    [line] = screen.show(update, after=after)
    return line


@pytest.mark.parametrize(
    ("columns", "line"),
    [
        (30, "8e3b8895  42% · ~38 s left"),
        (40, "8e3b8895  42% ━━──── · ~38 s left"),
        (60, "promptforge 8e3b8895  running  42% ━━━────── · ~38 s left"),
        (80, "promptforge 8e3b8895  running  42% ━━━━━─────── 420/1000 · 0:31 · ~38 s left"),
        (120, f"promptforge {ID}  running  42% {'━' * 7}{'─' * 12} 420/1000 · 0:31 · ~38 s left"),
        (
            200,
            f"promptforge {ID}  running  42% {'━' * 13}{'─' * 19} 420/1000 · 0:31 · {LEFT} · its counts say so",
        ),
    ],
)
def test_a_job_with_counts(columns, line):
    """Bar, per cent, count, elapsed, time left with its range, next poll: as much as a width has room for."""
    assert line == one(COUNTS, columns)


@pytest.mark.parametrize(
    ("columns", "line"),
    [
        (30, "freeplay 8e3b8895  running"),
        (40, "8e3b8895  running  step 2 of 4 · 0:31"),
        (60, "freeplay 8e3b8895  running  step 2 of 4 (testing) · 0:31"),
        (80, "freeplay 8e3b8895  running  step 2 of 4 (testing) · 0:31 · next poll in 8 s"),
        (120, f"freeplay {ID}  running  step 2 of 4 (testing) · 0:31 · next poll in 8 s"),
    ],
)
def test_a_job_with_steps_has_no_bar(columns, line):
    """Steps do not take equally long, so no share of them is drawn."""
    assert line == one(STEP, columns)


@pytest.mark.parametrize(
    ("columns", "line"),
    [
        (30, "8e3b8895  no answer · 0:31"),
        (40, "8e3b8895  connection refused, 3rd try"),
        (60, "8e3b8895  connection refused, 3rd try, next in 8 s · 0:31"),
        (80, "promptforge 8e3b8895  no answer (connection refused), 3rd try, next in 8 s"),
        (120, f"promptforge {ID}  no answer (connection refused), 3rd try, next in 8 s · 0:31"),
    ],
)
def test_an_outage_shows_while_it_lasts(columns, line):
    """In place of the state: a job that never answered neither is queued nor runs."""
    assert line == one(OUTAGE, columns)


def test_the_first_answer_ends_an_outage():
    """The line is that of before."""
    screen = Screen(80)
    assert "no answer" in screen.show(OUTAGE)[0]
    assert ["promptforge 8e3b8895  running  42% ━━━━━─────── 420/1000 · 0:00 · ~38 s left"] == screen.show(COUNTS)


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize(
    "update",
    [
        COUNTS,
        STEP,
        OUTAGE,
        attrs.evolve(FAILED, job_id=ID),
        attrs.evolve(COUNTS, from_list=True, eta=None),
        attrs.evolve(STEP, progress=Progress(1, 4, "語" * 60 + "\x1b[2J")),
        attrs.evolve(STEP, state="unknown", raw_status="a\nstatus" * 30),
        attrs.evolve(COUNTS, service="my-renders", job_id="x" * 300),
        attrs.evolve(COUNTS, progress=Progress(-5, -1), eta=Estimate(9e9, 0, 1e12), next_poll=9e9),
    ],
)
def test_no_line_is_wider_than_the_screen(update, columns):
    """Whatever a service says: three columns stay free, and one line stays one."""
    assert len(one(update, columns)) <= columns - 3


def test_times_go_on_between_polls():
    """Elapsed, left and next poll are right at every moment; a poll whose time has come is due."""
    assert one(COUNTS, 140, after=5).endswith("0:36 · ~33 s left · next poll in 3 s")
    assert one(COUNTS, 140, after=8).endswith("0:39 · ~30 s left · next poll due")
    assert "left" not in one(COUNTS, 120, after=40)


def test_a_poll_that_is_moved_has_its_new_time():
    """A list or a queue makes a poll needless: the row says when the next one is sent."""
    screen = Screen(120)
    screen.show(STEP, after=9)
    screen.board.moved("freeplay", ID, 20.0)
    assert "next poll in 18 s" in screen.show(after=2)[0]
    assert screen.show(STEP)[0].count("next poll in 8 s")


def test_a_job_of_a_list_says_so_and_shows_no_old_step():
    """A list tells the state alone; the step of an earlier poll may be over."""
    assert f"freeplay {ID}  running  from the list · 0:31 · next poll in 8 s" == one(
        attrs.evolve(STEP, from_list=True), 120
    )


def test_a_job_that_was_not_polled_yet_says_so():
    """Before its first poll nothing is known of it."""
    assert [f"promptforge {ID}  not polled yet · 0:00"] == Screen(80, jobs=[("promptforge", ID)]).show()


def many(count=60):
    """So many jobs: 8 succeeded, 3 failed, 5 run, one does not answer, and the others are queued."""
    made = []
    for number in range(count):
        job_id = f"{number:08}-1d2f-4c07-ab52-7df7ba94024a"
        if number < 8:
            update = attrs.evolve(COUNTS, state="succeeded", terminal=True, eta=None, next_poll=None)
        elif number < 11:
            update = attrs.evolve(
                FAILED, service="promptforge", why=f"promptforge job {job_id} ended as FAILED: no credit."
            )
        else:
            update = COUNTS if number < 16 else OUTAGE if number == 16 else QUEUED
        made.append(attrs.evolve(update, job_id=job_id))
    return made


@pytest.mark.parametrize(
    ("columns", "overall", "running", "failed"),
    [
        (40, "11/60 jobs  21% · 8 succeeded, 3 not", "running  42%", "failed"),
        (
            60,
            "11/60 jobs  21% ━━──────── · 0:00 · 8 succeeded, 3 failed",
            "running  42% ━━━────── · ~38 s left",
            "failed   420/1000 · no credit.",
        ),
        (
            80,
            "11/60 jobs  21% ━━━━━━──────────────────────── · 0:00 · 8 succeeded, 3 failed",
            "running  42% ━━━━━─────── 420/1000 · ~38 s left",
            "failed   420/1000 · no credit.",
        ),
        (
            120,
            "11/60 jobs  21% ━━━━━━━━──────────────────────────────── · 0:00 · 8 succeeded, 3 failed",
            "running  42% ━━━━━━━──────────── 420/1000 · ~38 s left (30 s to 50 s) · next poll in 8 s",
            "failed   420/1000 · no credit.",
        ),
        (
            200,
            "11/60 jobs  21% ━━━━━━━━──────────────────────────────── · 0:00 · 8 succeeded, 3 failed",
            f"running  42% {'━' * 13}{'─' * 19} 420/1000 · {LEFT}",
            "failed   420/1000 · no credit.",
        ),
    ],
)
def test_many_jobs(columns, overall, running, failed):
    """All jobs together first, then those that run, then failures, and how many others; columns are aligned."""
    first, *rows, folded = Screen(columns, lines=20).show(*many())
    assert overall == first
    assert [f"promptforge 000000{number}  {running}" for number in range(11, 16)] == rows[:5]
    assert re.match("promptforge 00000016  (no answer|connection refused)", rows[5])
    assert ["promptforge 00000008", "promptforge 00000009", "promptforge 00000010"] == [row[:20] for row in rows[6:]]
    assert failed in rows[6]
    assert "… 43 more queued" == folded
    assert all(len(row) <= columns - 3 for row in (first, *rows))


@pytest.mark.parametrize("lines", [1, 2, 3, 6, 10])
def test_a_low_screen_shows_as_many_rows_as_it_has(lines):
    """Never more lines than the screen has; failures have their part of them, and the rest is counted."""
    shown = Screen(80, lines=lines).show(*many())
    assert len(shown) <= max(1, lines - 1)
    if lines == 10:
        assert "… 43 more queued, 1 more running, 1 more without an answer" == shown[-1]


def test_the_bar_does_not_shrink_as_the_screen_widens():
    """Nor does a wider screen lose one of the other facts that a reader looks for first."""
    bars = [sum(map(one(COUNTS, columns).count, "━─")) for columns in range(36, 220)]
    assert sorted(bars) == bars
    assert all(bar >= 10 for bar in bars[100 - 36 :])


def test_a_time_that_is_counted_down_is_not_told_twice():
    """The reason of the next poll has the time that was left when it was planned; the rest of the reason stays."""
    said = attrs.evolve(COUNTS, why="its counts say that 14.2 s are left; the interval forbids more")
    assert one(said, 200).endswith("next poll in 8 s · the interval forbids more")
    assert "14.2" not in one(said, 200)


@pytest.mark.parametrize("count", [1, 2])
def test_the_first_poll_is_announced(count):
    """Of a job that waits for it, alone or in a row; it is due once its time has come."""
    screen = Screen(80, jobs=[("promptforge", f"{number}-{ID}") for number in range(count)])
    screen.board.moved("promptforge", f"0-{ID}", 4.0)
    assert "not polled yet · first poll in 3 s" in screen.show(after=1)[count > 1]
    assert "first poll due" in screen.show(after=4)[count > 1]


def test_the_time_left_of_all_is_not_taken_from_jobs_that_had_ended_before():
    """Most jobs are queued and no end was seen: nothing is said. Ends that were seen tell how often they come."""
    screen = Screen(120)
    first, *_ = screen.show(*many(), after=30)
    assert "left" not in first
    ending = [attrs.evolve(COUNTS, job_id=update.job_id, state="succeeded", terminal=True) for update in many()[11:17]]
    first, *_ = screen.show(*ending[:2])
    assert "left" not in first
    first, *_ = screen.show(*ending[2:])
    assert "0:30 · ~4 min left" in first  # six ends in 30 s, and 43 jobs are open
    assert 43 * 30 / 6 == screen.board.left().value


def test_the_time_left_of_all_has_the_range_of_the_jobs():
    """Where the jobs say it themselves, and the screen has room: until the last of them has ended."""
    jobs = [attrs.evolve(COUNTS, job_id=f"{n}", eta=Estimate(30.0 + n, 20.0 + n, 50.0 + n)) for n in range(3)]
    assert "~32 s left (22 s to 52 s)" in Screen(120).show(*jobs)[0]


@pytest.mark.parametrize("columns", range(40, 120, 10))
def test_the_counts_do_not_vanish_before_the_bar(columns):
    """A narrow screen has them in short, and a bar only beside them."""
    line = Screen(columns).show(*many())[0]
    assert "8 succeeded, 3" in line
    assert not 0 < sum(map(line.count, "━─")) < 10
