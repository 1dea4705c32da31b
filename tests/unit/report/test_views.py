"""The view of a record in a notebook: the page in a frame, which leaves the notebook as it is."""

from jobwait._report.listing import FOLD
from support.outline import Outline
from support.reports import record


def test_a_record_is_one_frame_in_a_notebook():
    """Without any style or script outside it; the frame has the page, may run no script, and has a title."""
    ((tag, attrs),) = Outline(record(7)._repr_html_()).seen
    assert ("iframe", "", "Jobs") == (tag, attrs["sandbox"] or "", attrs["title"])
    assert 7 == len(Outline(attrs["srcdoc"]).named("span", "lane"))
    assert "default-src 'none'" in attrs["srcdoc"]


def test_a_record_of_many_jobs_is_a_small_view_that_counts_all():
    """Its figures are of all jobs; of each state the first ones are shown, and where the others are is said."""
    view = record(6 * 400)._repr_html_()
    page = Outline(view).seen[0][1]["srcdoc"]
    assert "2,400 promptforge jobs: 400 failed, 400 unreachable, 400 timed out, 400 canceled, 800 succeeded." in page
    assert 5 * FOLD == len(Outline(page).named("span", "lane"))
    assert "350 more are in the file that jobwait.report() writes." in page
    assert 750_000 > len(view)


def test_a_record_as_text_counts_its_jobs_and_polls():
    """Where no page can be shown."""
    assert "<Record of 7 jobs, 42 polls>" == repr(record(7))


def test_markup_in_ids_does_not_leave_the_frame():
    """Text of a server cannot end the attribute that has the page, nor add to it."""
    evil = "{}'\"></iframe><script>alert(1)</script>"
    ((tag, attrs),) = Outline(record(6, name=evil, why=evil)._repr_html_()).seen
    assert "iframe" == tag
    assert "script" not in {tag for tag, _ in Outline(attrs["srcdoc"]).seen}
