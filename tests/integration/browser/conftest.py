"""Headless Chromium for the tests of pages: the one of this machine, as playwright's own is not fetched."""

import os
import shutil
from pathlib import Path

import pytest

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
PICTURES = Path(__file__).parents[3] / "build" / "browser"


@pytest.fixture(autouse=True, scope="session")
def _asked_for():
    if not os.environ.get("JOBWAIT_BROWSER"):
        pytest.skip("make test-browser runs it")


@pytest.fixture(scope="session")
def browser(_asked_for):
    """The browser; each test opens pages of its own."""
    from playwright.sync_api import sync_playwright

    assert PROGRAM, "there is no Chromium on this machine"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=list(OPTIONS))
        yield browser
        browser.close()


@pytest.fixture
def opened(browser):
    """A function that opens the file at a path, so wide and in that scheme; the pages are closed at the end."""
    pages = []

    def open_page(path, width=1280, scheme="light", **options):
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme, **options)
        pages.append(page)
        page.goto(path.as_uri())
        return page

    yield open_page
    for page in pages:
        page.close()


@pytest.fixture(scope="session")
def violations():
    """A function that looks for what keeps people out of a page: what axe-core finds, as text; empty if nothing."""
    from axe_playwright_python.sync_playwright import Axe

    def found(page):
        results = Axe().run(page)
        return results.generate_report() if results.violations_count else ""

    return found
