"""Text from a server where a failed script prints it: in tracebacks, messages and warnings."""

import json
import traceback
import warnings

import pytest

from faults.operations import ENGINES, FLEETS, OTHERS, POLLS, SUBMITS, good, run
from faults.server import Hostile, response
from faults.test_faults import error_of
from jobwait import Progress, Update

ESCAPES = "\x1b]0;title\x07\x1b[2J\u202e\x9b31m\r\nTraceback: \x00"


def refusing(connection, _):
    """The service's own words are a terminal's commands."""
    connection.sendall(response(json.dumps({"message": ESCAPES, "detail": ESCAPES}).encode(), 400))


def page(connection, _):
    """A page of them instead of JSON, and a content type of them."""
    connection.sendall(response(ESCAPES.encode(), kind="text/html\x1b[2J\x9b"))


def wrong(connection, _):
    """JSON whose names and values are them."""
    connection.sendall(response(json.dumps({ESCAPES: ESCAPES, "status": [ESCAPES], "job_id": {ESCAPES: 1}}).encode()))


def text(connection, _):
    """An error's body that is plain text, and a reason of them."""
    body = ESCAPES.encode()
    connection.sendall(b"HTTP/1.1 422 \x1b[2J\x9b\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))


@pytest.mark.parametrize("play", [refusing, page, wrong, text], ids=lambda play: play.__name__)
@pytest.mark.parametrize("engine", ENGINES)
def test_a_traceback_has_no_control_characters(engine, play, tmp_path):
    """Whatever a server sends, in the whole traceback of an uncaught error, causes included."""
    for operation in POLLS if engine in FLEETS else [*POLLS, *OTHERS, *SUBMITS]:
        with Hostile(good, play, operation.where) as server, warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            client = operation.connect(server.url)
            found, _ = run(engine, operation.operation(client, tmp_path), client)
        error = error_of(found)
        if error is None and operation.verb in ("cancel", "plan") and play is wrong:
            continue  # any object is a response there: nothing in it is read
        assert error is not None, f"{operation}"
        said = "".join(traceback.format_exception(error)) + "".join(f"{one.message}" for one in warned)
        assert [] == [char for char in said if not char.isprintable() and char != "\n"], f"{operation}: {said!r}"
        assert "\nTraceback: " not in said


def test_a_printed_update_has_no_control_characters():
    """`on_update=print` shows a status and a stage with terminal commands, on one line."""
    line = str(Update(state="unknown", raw_status=ESCAPES, snapshot=None, progress=Progress(1, 2, ESCAPES)))
    assert line.isprintable()
    assert "\\x1b[2J" in line
