"""The report in headless Chromium: what it shows, to whom, by which keys; `make test-browser` runs this."""

import pytest

from integration.browser.conftest import PICTURES
from jobwait import Outcomes, promptforge, report
from support.reports import BEGAN, CLIENT, add, end, many, poll, record

WIDTHS = {"wide": 1280, "narrow": 400}
PAPER = {"light": "rgb(255, 255, 255)", "dark": "rgb(15, 20, 26)"}  # the colour of the page by what is preferred
OPEN_ALL = "document.querySelectorAll('details').forEach(one => one.open = true)"
SHOWN = "[...document.querySelectorAll('.name')].filter(one => one.checkVisibility()).length"
# Where the labels of the axis are, and where the lines in the first lane, in pixels from the left.
LABELS = """
[...document.querySelector('.head .axis').children].filter(one => one.getClientRects().length).map(one => {
  const box = one.getBoundingClientRect();
  return one.className == 'from' ? box.left : one.className == 'to' ? box.right : (box.left + box.right) / 2 })
"""
LINES = """
(() => { const box = document.querySelector('.lane svg').getBoundingClientRect();
  return document.querySelector('#g .grid').getAttribute('d').match(/M\\d+/g)
    .map(one => box.left + Number(one.slice(1)) * box.width / 1000) })()
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The reports of 1, 4, 60 and 1000 jobs, by their number."""
    folder = tmp_path_factory.mktemp("pages")
    return {count: many(count, folder / f"{count}.html") for count in (1, 4, 60, 1000)}


@pytest.fixture(scope="module")
def every_state(tmp_path_factory):
    """The report of a job in each state that a record can have."""
    made = record(6)
    for state in ("queued", "running", "unknown", "needs_input"):
        poll(add(made, state), BEGAN + 10, state)
        poll(made.traces[-1].job_state, BEGAN + 20, state)
    end(made.traces[-1].job_state, "needs_input", BEGAN + 20, "It waits for your answer.")
    for at in (10, 20, 30):
        poll(made.traces[-4].job_state, BEGAN + at, "queued")
        poll(made.traces[-3].job_state, BEGAN + at, "running", error=OSError("no route"))
    silent = add(made, "silent")
    for at in (5, 10, 20, 40):
        poll(silent, BEGAN + at, None, error=OSError("no route"))
    add(made, "new")
    return report(made, tmp_path_factory.mktemp("states") / "report.html", title="Each state")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing(opened, violations, every_state, width, scheme):
    """In each state, details open, wide and narrow: contrast, names, roles, order; dark exactly where preferred."""
    page = opened(every_state, WIDTHS[width], scheme)
    assert PAPER[scheme] == page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert "" == violations(page)
    page.evaluate(OPEN_ALL)
    assert "" == violations(page)
    page.screenshot(path=PICTURES / f"states-{width}-{scheme}.png", full_page=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("count", [1, 4, 60, 1000])
def test_nothing_is_wider_than_the_window(opened, pages, count, width, scheme):
    """However many jobs there are; a picture is kept of each."""
    page = opened(pages[count], WIDTHS[width], scheme)
    page.screenshot(path=PICTURES / f"report-{count}-{width}-{scheme}.png")
    page.evaluate(OPEN_ALL)
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width]


@pytest.mark.parametrize("width", WIDTHS)
def test_the_labels_of_the_axis_are_at_its_lines(opened, pages, width):
    """The axis above the lanes is theirs: its labels stand over the lines that the lanes have."""
    page = opened(pages[4], WIDTHS[width])
    labels, lines = page.evaluate(LABELS), page.evaluate(LINES)
    assert len(labels) >= 2
    for label in labels:
        assert min(abs(label - line) for line in lines) <= 2, (labels, lines)


def test_the_page_shows_every_job(opened, pages):
    """A lane for each of a thousand; those after the fiftieth of a state once they are asked for, by a key."""
    page = opened(pages[1000])
    assert 1000 == page.evaluate("document.querySelectorAll('.lane svg:first-child').length")
    assert 5 * 50 == page.evaluate(SHOWN)
    page.focus(".is-succeeded .more > summary")
    page.keyboard.press("Enter")
    assert 4 * 50 + 334 == page.evaluate(SHOWN)


def test_the_page_requests_nothing_and_has_no_script(browser, pages):
    """Nothing but the file itself is requested, and the browser logs no error."""
    page = browser.new_page()
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(pages[60].as_uri())
    page.wait_for_load_state("networkidle")
    assert [pages[60].as_uri()] == asked
    assert [] == said
    assert 0 == page.evaluate("document.scripts.length")
    page.close()


def test_the_filter_and_the_details_work_by_keyboard(opened, pages):
    """Tab reaches the filter, arrows choose, only those jobs stay; Tab goes on to a job, Enter opens its details."""
    page = opened(pages[60])
    page.focus("#show-all")
    page.keyboard.press("ArrowRight")
    assert "show-failed" == page.evaluate("document.activeElement.id")
    assert 10 == page.evaluate(SHOWN)
    page.keyboard.press("Tab")
    focused = "document.activeElement.querySelector('.name').textContent"
    assert "job-2" == page.evaluate(focused)
    assert "solid" == page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    arrow = "getComputedStyle(document.activeElement.querySelector('.name'), '::before').content"
    assert '"▸"' == page.evaluate(arrow)
    page.keyboard.press("Enter")
    assert page.is_visible("figure figcaption")
    assert '"▾"' == page.evaluate(arrow)
    page.focus("#show-failed")
    page.keyboard.press("ArrowLeft")
    assert 60 == page.evaluate(SHOWN)


def test_a_screen_reader_hears_a_line_as_words(opened, pages):
    """The name of a line has the facts of all its columns, and the state is the name of the region around it."""
    tree = opened(pages[60]).locator(".is-failed").aria_snapshot()
    assert "Failed 10 jobs" in tree.splitlines()[0]
    assert "job-2 , took 60 s , polls: 6 , end seen: at most 10 s late It did not go well." in " ".join(tree.split())


def test_paper_is_white_and_has_no_buttons(opened, pages):
    """Also for somebody who prefers dark; colours stay, and the lanes have room on A4."""
    page = opened(pages[60], 1280, "dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert "rgb(255, 255, 255)" == page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert not page.is_visible(".filters")
    page.set_viewport_size({"width": 688, "height": 1000})  # A4 within its margins
    assert page.evaluate("document.querySelector('.lane').getBoundingClientRect().width") > 180
    page.pdf(path=PICTURES / "report-60.pdf", format="A4")
    assert (PICTURES / "report-60.pdf").stat().st_size > 10_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_views_in_a_notebook_change_nothing_around_them(opened, violations, tmp_path, scheme):
    """A record, outcomes, one outcome and a handle, in a page of somebody else's, whose styles stay as they were."""
    made = record(12)
    outcomes = [trace.outcome for trace in made.traces]
    views = [made, Outcomes(outcomes), outcomes[2], promptforge.job(CLIENT, "a")]
    host = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Notebook</title><style>'
        "body{font:16px serif;background:#fff;color:#222}h1{color:teal}table{border:1px solid}</style></head>"
        '<body><main><h1>Notes</h1><p class="lead">Text</p><ul><li>one</li></ul>{}</main></body></html>'
    )
    styles = """['body', 'h1', 'p.lead', 'li', 'main'].map(name => {
      const style = getComputedStyle(document.querySelector(name));
      return [...style].filter(one => !/size|height|width|origin|inset/.test(one)).map(one => style[one]) })"""
    (tmp_path / "without.html").write_text(host.replace("{}", ""))
    (tmp_path / "with.html").write_text(host.replace("{}", "".join(view._repr_html_() for view in views)))
    before = opened(tmp_path / "without.html", scheme=scheme).evaluate(styles)
    page = opened(tmp_path / "with.html", scheme=scheme)
    assert before == page.evaluate(styles)
    frame = page.frames[1]
    assert 12 == frame.evaluate("document.querySelectorAll('.lane').length")
    frame.click("label[for=show-failed]")
    assert 2 == frame.evaluate(SHOWN)
    assert "" == violations(page)
    page.screenshot(path=PICTURES / f"notebook-{scheme}.png", full_page=True)
