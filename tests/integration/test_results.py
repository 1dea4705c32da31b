"""The page of measurements: made of what the benchmarks keep, short, and honest about what is missed."""

import json

import pytest
from benchmarks import summary
from benchmarks.summary import Figure, from_table, page, parts, put, worst


def test_the_page_is_made_of_the_parts_that_benchmarks_keep():
    """No figure of RESULTS.md is typed by hand: the page is what its kept parts give."""
    assert page(parts()) == summary.PAGE.read_text("utf-8")


def test_a_stranger_reads_the_page_to_its_end():
    """The page has at most 120 lines; long tables are behind it."""
    assert len(summary.PAGE.read_text("utf-8").splitlines()) <= 120


def test_a_benchmark_writes_its_own_part_alone(tmp_path, monkeypatch):
    """put() leaves the other parts as they are, and says of which commit and how many runs its own is."""
    monkeypatch.setattr(summary, "KEPT", tmp_path / "kept")
    monkeypatch.setattr(summary, "PAGE", tmp_path / "RESULTS.md")
    put("file", [Figure("rows", 1.5, 3)], "once")
    before = (tmp_path / "kept" / "file.json").read_text("utf-8")
    put("cpu", [Figure("a poll", 2.5, 2, "a peer 9.00")], "median of 5")
    text = (tmp_path / "RESULTS.md").read_text("utf-8")
    assert before == (tmp_path / "kept" / "file.json").read_text("utf-8")
    assert "| Tracker | rows | 1.50 | ≤ 3.00 |  |" in text
    assert "| a poll | 2.50 | ≤ 2.00 **missed** | a peer 9.00 |" in text
    made = json.loads((tmp_path / "kept" / "cpu.json").read_text("utf-8"))
    assert f"| {made['date']} | CPU a poll: median of 5, load {made['load']}, {made['commit']}; " in text


def test_rows_of_a_table_that_end_with_a_goal_become_figures():
    """A benchmark that has a table with goals needs no second list of them; rows without a goal stay behind."""
    text = "| what | ms | ratio | goal |\n|---|---|---|---|\n| a page | 120 | 1.46 | 1.15 |\n| httpx | 80 | 1.00 |  |"
    assert [Figure("a page", 1.46, 1.15)] == from_table(text)
    assert [Figure("a page", 120, 1.15, form=".0f")] == from_table(text, measured=1, form=".0f")


def test_of_each_section_the_row_nearest_to_its_goal_is_shown():
    """A page with many rows of one kind gives the worst of each section to the page of all measurements."""
    text = "## One\n| a | 2 | 4 |\n| b | 3 | 4 |\n## Two\n| c | 9 | 1 |\n## Three\nnothing"
    assert [Figure("b", 3, 4), Figure("c", 9, 1)] == worst(text)


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        (Figure("a", 2.004, 2), False),
        (Figure("a", 2.006, 2), True),
        (Figure("a", 0.95, 0.96, at_least=True), True),
        (Figure("a", 2049, 2048, form=",.0f"), True),
        (Figure("a", 0.11, 0.1, form=".0%"), True),
        (Figure("a", 99), False),
        (Figure("a", (0.5, 1.2), (1, 1)), True),
    ],
)
def test_a_figure_misses_its_goal_as_both_are_written(figure, expected):
    """What a reader sees decides: 2.004 is written 2.00 and reaches 2.00."""
    assert expected == figure.missed
