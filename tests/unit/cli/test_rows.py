"""Tables of jobs: what fits into which width, and the lines of a pipe."""

from datetime import UTC, datetime

import pytest

from jobwait.cli.rows import table as tables
from jobwait.cli.rows.listed import Listed, iso_text
from jobwait.cli.rows.table import table
from jobwait.testing import virtual_time
from support.shell import Shell, environment

UUID = "5a4c1c1e-7d5e-4a6e-9d2e-0d7b7b8f1c11"
NAMES = (f"fryte:{UUID}", f"freeplay:{UUID}/{UUID}")
WHY = "the service responded with 404: no such job. Check the id."


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_never_cut_and_nothing_else_is_wider_than_the_screen(name, width):
    """A name longer than a line wraps; what stands beside or below it is shortened at its end."""
    lines = table(["job", "state", "since", "why"], [[name, "not found", "3 min ago", WHY]], width)
    assert any(line.startswith(name) for line in lines)
    assert all(len(line) <= width for line in lines if line != name)
    shown = "  not found  3 min ago  the service" if width > 40 else "  not found  3 min ago  the ser"
    assert shown in lines[-1]


def test_a_wide_screen_has_a_line_for_each_job_under_titles():
    """Columns begin below their titles; those without a value are left out."""
    lines = table(["job", "state", "key", "why"], [["a:1", "waiting", "", ""], ["a:22", "failed", "", "no model"]], 80)
    assert ["job   state    why", "a:1   waiting", "a:22  failed   no model"] == lines


def test_no_rows_are_no_lines():
    """Titles over nothing say nothing."""
    assert [] == table(["job"], [], 80)


def test_ages_are_for_people_and_times_without_a_zone_stay_as_they_are():
    """What the service does not date exactly is not made an age."""
    with virtual_time():
        assert "1 h 40 min ago" == Listed("a:1", "x", "2025-12-31T22:20:00Z").age
        assert "just now" == Listed("a:1", "x", "2026-01-01T00:00:00+00:00").age
        assert "2025-12-31T22:20:00" == Listed("a:1", "x", "2025-12-31T22:20:00").age
        assert "yesterday" == Listed("a:1", "x", "yesterday").age
        assert "" == tables.age(None)


def test_times_of_lists_have_one_form():
    """ISO 8601 in UTC and whole seconds, whatever the service writes; a time without a zone stays as it is."""
    for given in ("2026-01-01T02:00:00.5+02:00", "2026-01-01T00:00:00Z", datetime(2026, 1, 1, tzinfo=UTC)):
        assert "2026-01-01T00:00:00+00:00" == iso_text(given)
    assert ("2026-01-01T00:00:00", "yesterday", "") == tuple(map(iso_text, ("2026-01-01T00:00:00", "yesterday", None)))


@pytest.mark.parametrize("columns", [40, 60, 80, 120, 200])
def test_a_tracked_job_on_a_terminal(box, tmp_path, columns):
    """Its whole name is on the screen at each width, with its state and its age."""
    shell = Shell(tmp_path, environment(box))
    shell("track", "add", *NAMES)
    with shell.terminal("track", "list", columns=columns) as terminal:
        assert 0 == terminal.ended()
    shown = terminal.text.replace("\n", "")
    assert all(name in shown for name in NAMES)
    assert 2 == shown.count("waiting")


def test_a_run_on_a_terminal_shows_progress_then_what_ended_and_what_is_open(box, ended, tmp_path):
    """The live display is gone at the end; then there is a row for each job, and the command that goes on."""
    shell = Shell(tmp_path, environment(box))
    shell("track", "add", ended["fryte", "succeeded"], "fryte:nobody")
    with shell.terminal("track", "run", columns=120) as terminal:
        assert 5 == terminal.ended()
    assert b"\x1b[?25l" in terminal.raw  # the cursor was hidden: the live table
    lines = terminal.text.splitlines()
    assert any(line.startswith(ended["fryte", "succeeded"]) and "succeeded" in line for line in lines)
    assert any(line.startswith("fryte:nobody") and "not found" in line for line in lines)
    assert 1 == terminal.text.count("first known")  # one table
    fact = "jobwait: 1 not found: correct the key or the address and run again, or give up with"
    assert f"{fact}: jobwait track drop fryte:nobody --file jobwait.db" == "".join(lines[-2:])
