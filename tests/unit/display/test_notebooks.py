"""Progress and views in a notebook: a bar in the cell, a line for a handle, a table for an outcome."""

import os
import re
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from jobwait import Outcome, Progress, Update, errors, promptforge
from jobwait._display.board import Board
from jobwait._display.notebook import Cell, CellRows
from jobwait._model.html import bar

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.fixture
def played(server_box, tmp_path, monkeypatch):
    """Runs a notebook against the sandbox; all that its cells show, by kind of output."""
    for service in ("freeplay", "fryte", "promptforge"):
        monkeypatch.setenv(f"{service.upper()}_API_KEY", getattr(server_box, service).key)
        monkeypatch.setenv(f"{service.upper()}_BASE_URL", getattr(server_box, service).url)
    for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.setenv("PYDEVD_DISABLE_FILE_VALIDATION", "1")

    def run(name, *, bare=False):
        if bare:
            for variable in server_box.environment():
                monkeypatch.delenv(variable)
        notebook = nbformat.read(EXAMPLES / name, 4)
        assert not any(cell.get("outputs") for cell in notebook.cells), "notebooks are kept without their outputs"
        NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(tmp_path)}}).execute()
        outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
        html = [output["data"]["text/html"] for output in outputs if "text/html" in output.get("data", {})]
        text = [output["text"] for output in outputs if output["output_type"] == "stream"]
        return "\n".join(html), "\n".join(text)

    return run


@pytest.mark.filterwarnings("ignore")  # the kernel's libraries have deprecations of their own
@pytest.mark.parametrize(
    ("name", "shows", "prints"),
    [
        (
            "promptforge.ipynb",
            [r"<b>promptforge</b> job <code>", r"<progress max=\"1\" value=\"1.0000\">", "<table"],
            "",
        ),
        ("fryte.ipynb", [r"2 of 2 jobs: 2 succeeded", r"✓ succeeded", r"<h1>Tours</h1>"], r"Driveable 53% left"),
        ("freeplay.ipynb", [r"<b>freeplay</b> job", r"<progress", r"✗ failed"], r"3c90c3cc\S+ became \S+"),
    ],
)
def test_the_example_notebooks_run(played, name, shows, prints):
    """Each runs from top to bottom, its waits show one bar that ends full, its objects show themselves."""
    html, text = played(name)
    for pattern in shows:
        assert re.search(pattern, html), pattern
    assert re.search(prints, text)


@pytest.mark.filterwarnings("ignore")
def test_the_notebook_with_several_jobs_runs_without_a_key(played):
    """At a sandbox of its own; each job has a row while it runs, and what was not submitted says why."""
    html, text = played("several_jobs.ipynb", bare=True)
    for pattern in (
        r"<p>1 submitted, 1 InvalidInput</p>",
        r"3 of 3 jobs: 3 succeeded<table>(<tr><td[^>]*>\w+ [^<]+</td><td[^>]*>✓ succeeded</td><td>.+?</td></tr>){3}<",
        r"<p>3 succeeded</p><table>",
        r"<p>2 succeeded</p><table>",
    ):
        assert re.search(pattern, html), pattern
    assert re.search(r"(?m)^1000 answers; \w", text)
    assert text.startswith("FREEPLAY_API_KEY and FRYTE_API_KEY and PROMPTFORGE_API_KEY not set: a sandbox")


def test_many_jobs_in_a_cell_have_rows_as_far_as_there_is_place():
    """The first of them; a row has the latest update, and text of the service is text."""
    rows, evil = CellRows(), "<b>&"
    taken = [rows.take(Update("running", "R", None, service="fryte", job_id=f"{evil}{number}")) for number in range(21)]
    assert [True] * 20 + [False] == taken
    assert rows.take(Update("queued", "Q", None, Progress(1, 4), service="fryte", job_id=f"{evil}7"))
    html = str(rows)
    assert (20, 1, 0) == (html.count("<tr>"), html.count("queued"), html.count(evil))
    assert re.search(r'queued</td><td><progress max="1" value="0.2500"></progress> 1 of 4</td>', html)


def test_a_row_in_a_cell_says_what_is_not_known():
    """While polls fail how they do, in place of a state; of a job from a list no progress of before."""
    rows, failure = CellRows(), "no answer (timeout)"
    rows.take(Update("running", "R", None, service="fryte", job_id="a", failures=2, failure=failure))
    rows.take(Update("running", "R", None, Progress(1, 4, "test"), service="fryte", job_id="b", from_list=True))
    assert re.search(r"no answer \(timeout\)</td>.*>running</td><td> from the list</td>", str(rows))


@pytest.mark.parametrize("progress", [Progress(1, 4), Progress(1, 4, "test")])
def test_a_list_shows_no_progress_of_before(progress):
    """Neither as text nor as a bar, in a row, in the only line of a cell and in a log."""
    update = Update("running", "R", None, progress, service="fryte", job_id="a", from_list=True)
    rows, shown = CellRows(), []
    rows.take(update)
    cell = Cell(Board([("fryte", "a")]))
    cell._put = lambda drawn, line, below: shown.append((drawn, line))
    cell.show(update)
    assert "<td> from the list</td>" in str(rows)
    assert [(bar(None), "fryte a  running  from the list")] == shown
    assert "running (R) (from the list)" == str(update)


def test_the_line_in_a_cell_has_the_time_of_the_next_poll():
    """It stands still until then, so that is a time of the day, and no bar is drawn twice."""
    shown = []
    cell = Cell(Board([("fryte", "a")]))
    cell._put = lambda drawn, line, below: shown.append((drawn, line))
    cell.show(Update("running", "R", None, Progress(1, 4), next_poll=5.0, service="fryte", job_id="a"))
    assert '<progress max="1" value="0.2500"></progress>' == shown[0][0]
    assert re.fullmatch(r"fryte a  running  25% 1/4 · next poll at \d\d:\d\d:\d\d", shown[0][1])


def test_views_obey_nothing_that_a_server_says():
    """Markup and control characters in ids and messages are shown as text."""
    evil = "<img src=x onerror=alert(1)>\x1b[2J"
    moment = datetime.now(UTC)
    error = errors.JobFailed(evil)
    html = Outcome("fryte", evil, "failed", None, error, 1, 0, moment, moment)._repr_html_()
    with promptforge.connect("k", base_url="http://127.0.0.1") as client:
        html += promptforge.job(client, "a<b>")._repr_html_()
    assert "<img" not in html
    assert "<b>a" not in html.replace("<b>promptforge", "")
    assert "\x1b" not in html


def test_a_bar_is_full_at_most():
    """Shares beyond their limits do not break the page."""
    assert 'value="1.0000"' in bar(7)
    assert "value" not in bar(None)
    assert os.linesep not in bar(0.5)
