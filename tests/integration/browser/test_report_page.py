"""The report in headless Chromium: what it shows, to whom, by which keys; `make test-browser` runs this."""

import os
from pathlib import Path

import pytest

from integration.browser.chromium import PROGRAM, Page
from support.reports import many

pytestmark = pytest.mark.skipif(not os.environ.get("JOBWAIT_BROWSER"), reason="make test-browser runs it")
PICTURES = Path(__file__).parents[3] / "build" / "browser"

CONTRAST = """
(() => {
  const light = colour => { const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b };
  const paper = light(getComputedStyle(document.body).backgroundColor);
  return Math.min(...[...document.querySelectorAll('h1,h2,p,th,td,a,label,summary')].map(element => {
    const ink = light(getComputedStyle(element).color);
    return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05) }));
})()
"""
SHOWN = "[...document.querySelectorAll('tbody .job')].filter(row => row.getClientRects().length).length"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The report of three hundred jobs, opened."""
    assert PROGRAM, "there is no Chromium on this machine"
    folder = tmp_path_factory.mktemp("browser")
    path = many(300, folder / "report.html")
    with Page(folder / "profile") as page:
        page.open(path.as_uri())
        yield page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_contrast_in_light_and_dark(page, scheme):
    """The contrast of text is at least 4.5 to 1; a picture is kept."""
    page.scheme(scheme)
    assert page.value(CONTRAST) >= 4.5
    dark = page.value("getComputedStyle(document.body).backgroundColor") == "rgb(13, 17, 23)"
    assert dark == (scheme == "dark")
    page.screenshot(PICTURES / f"report-{scheme}.png")
    assert (PICTURES / f"report-{scheme}.png").stat().st_size > 20_000


def test_the_page_shows_every_job(page):
    """A bar, a row and a section for each of the three hundred, and marks where they belong."""
    assert [300, 300, 300] == [
        page.value(f"document.querySelectorAll('{what}').length") for what in (".timeline li", "tbody tr", "details")
    ]
    assert page.value("document.querySelectorAll('.timeline svg')[0].getBoundingClientRect().width") > 300
    assert page.value("document.querySelectorAll('line.poll.failed-poll').length") > 0


def test_the_page_requests_nothing_and_has_no_script(page):
    """Nothing but the file itself is requested, and the browser logs no error."""
    asked = [
        event["params"]["request"]["url"] for event in page.events if event["method"] == "Network.requestWillBeSent"
    ]
    assert 1 == len(asked)
    assert asked[0].startswith("file://")
    assert not any(event["method"] in {"Log.entryAdded", "Runtime.exceptionThrown"} for event in page.events)
    assert 0 == page.value("document.scripts.length")


def test_the_filter_works_by_keyboard(page):
    """Tab reaches the filter, arrows choose, the rest of the page follows; Enter on a job goes to its section."""
    page.value("document.activeElement.blur(); scrollTo(0, 0)")
    page.press("Tab", 9)
    assert "show-all" == page.value("document.activeElement.id")
    page.press("ArrowRight", 39)
    assert "show-succeeded" == page.value("document.activeElement.id")
    assert 0 < page.value(SHOWN) < 300
    page.press("ArrowLeft", 37)
    assert 300 == page.value(SHOWN)
    page.press("Tab", 9)
    assert "#job-0" == page.value("document.activeElement.getAttribute('href')")
    assert page.value("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_in_a_narrow_window_only_the_table_scrolls(page):
    """On a telephone the page is as wide as the screen; the table scrolls in its own place."""
    page.call("Emulation.setDeviceMetricsOverride", width=390, height=800, deviceScaleFactor=1, mobile=True)
    try:
        assert page.value("document.documentElement.scrollWidth") <= 390
    finally:
        page.call("Emulation.clearDeviceMetricsOverride")
