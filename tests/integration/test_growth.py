"""The benchmark of growth: its jobs, its simulation, and the table that it writes into the documentation."""

import re
import xml.etree.ElementTree as ET

import pytest
from benchmarks.growth import jobs
from benchmarks.growth.chart import SERIES, draw
from benchmarks.growth.jobs import Jobs, ends, ids
from benchmarks.growth.rows import Row, with_memory
from benchmarks.growth.simulated import simulated
from benchmarks.growth.ways import Took


def row(way, count, **more):
    return Row(way, count, 1, 300.0, 400.0, 50.0, 2.5, 4.5, 4.0, 100.0, **more)


def test_jobs_end_evenly_and_no_more_than_so_many_a_second():
    """With few jobs all end within the span, with many a thousand a second; each run has moments of its own."""
    assert [15.0] == ends(1, 0, 1)
    assert ends(10, 0, 5) != ends(10, 1, 5)
    many = ends(100_000, 0, 1)
    assert 105 == pytest.approx(max(many), abs=0.01)
    assert 1000 == sum(60 <= end < 61 for end in many)


def test_a_job_is_late_from_its_end_to_the_first_answer_that_tells_of_it(monkeypatch):
    """The clock starts at the first poll at any job; a later answer about the same job counts as a poll alone."""
    now = [100.0]
    monkeypatch.setattr(jobs.time, "monotonic", lambda: now[0])
    served, (name,) = Jobs(), ids(1, 0, 1)
    assert {"completed_count": 0} == served.told(name)
    now[0] += 7.5
    assert {"completed_count": 250} == served.told(name)
    now[0] += 10.0
    assert "COMPLETED" == served.told(name)["status"] == served.told(name)["status"]
    assert {"polls": 4, "late": [2.5]} == served.told("found")


def test_a_simulated_fleet_learns_of_every_end():
    """In virtual time each job is polled until it has ended, and none is told of before."""
    took = simulated(40, 1000)
    assert 40 == len(took.late)
    assert 0 <= min(took.late)
    assert max(took.late) <= 6
    assert 40 < took.polls < 400


def test_memory_of_a_job_is_what_goes_beyond_that_of_one():
    """The peak with one job of the same way is no memory of a job; with few jobs there is none to tell."""
    took = Took(10.0, 1.0, 1.0, 60_000_000, 100, [1.0])
    rows = [row("fleet", 1), row("fleet", 10), Row.of("fleet", 10_000, [took])]
    assert [None, None, 1000.0] == [one.each for one in with_memory(rows)]


def test_the_picture_shows_each_way_with_a_mark_of_its_own(tmp_path):
    """Every figure is a mark with a title, the ways differ in shape, and simulated ones are hollow."""
    path = tmp_path / "growth.svg"
    draw(path, [*(row(way, 10) for way in SERIES), row("fleet, simulated", 1_000_000)])
    whole = ET.fromstring(path.read_text("utf-8"))  # noqa: S314 - our own file
    marks = [one for one in whole.iter() if one.find("{*}title") is not None]
    assert 4 * 5 == len(marks)
    assert len(SERIES) == len({(one.tag, re.sub(r"^M[\d. ]+", "", one.get("d", ""))) for one in marks})
    assert 4 == sum("hollow" in one.get("class") for one in marks)
    assert "prefers-color-scheme:dark" in path.read_text("utf-8")
