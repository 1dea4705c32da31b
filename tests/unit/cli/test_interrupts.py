"""Ctrl-C at each moment: the command ends at once, with 130 and a sentence that says how to go on."""

import json
import os
import signal
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import typer

from jobwait import errors
from jobwait.cli.exits import if_interrupted
from support.services import PROMPTS, TEMPLATE, TOUR
from support.shell import PATIENCE, Shell, command

WHEN = "2026-06-11T16:47:49Z"
COMPLETED = {
    "job_id": "done", "status": "COMPLETED", "provider": "openai", "model": "m", "prompt_count": 1,
    "completed_count": 1, "failed_count": 0, "created_at": WHEN, "started_processing_at": WHEN, "completed_at": WHEN,
}  # fmt: skip


class Silent(ThreadingHTTPServer):
    """Takes every request and answers none, but for those of a finished job whose file stops in the middle."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked, self.over = threading.Semaphore(0), threading.Event()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        """Nothing."""

    def do_GET(self):
        if self.path.endswith("/done/status"):
            return self.answer(json.dumps(COMPLETED).encode())
        if self.path.endswith("/done/results"):
            file = {"filename": "results_final.jsonl", "url": f"{self.server.url}/file", "expires_at": WHEN}
            return self.answer(json.dumps({"job_id": "done", "status": "COMPLETED", "files": [file]}).encode())
        if self.path == "/file":
            self.answer(b'{"prompt_id": 1,', length=1000)
            self.wfile.flush()
        return self.do_POST()

    def do_POST(self):
        self.server.asked.release()
        self.server.over.wait()

    def answer(self, body, length=None):
        self.send_response(200)
        self.send_header("content-length", str(length or len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def silent():
    with Silent() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.over.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def shell(silent, tmp_path):
    """Commands that ask it, with files to submit."""
    (tmp_path / "prompts.jsonl").write_text("".join(json.dumps(prompt) + "\n" for prompt in PROMPTS))
    (tmp_path / "tour.json").write_text(json.dumps(TOUR))
    services = ("FREEPLAY", "FRYTE", "PROMPTFORGE")
    keys = {f"{name}_API_KEY": "k" for name in services} | {f"{name}_BASE_URL": silent.url for name in services}
    return Shell(tmp_path, {**os.environ, **keys, "COLUMNS": "80"})


@contextmanager
def unanswered(shell, silent, *arguments, requests=1):
    """A process on a terminal, so many of whose requests hang."""
    with shell.terminal(*arguments, columns=250) as terminal:
        for _ in range(requests):
            assert silent.asked.acquire(timeout=PATIENCE), terminal.text
        yield terminal


AGAIN = "interrupted. The job runs on; take it up again with: jobwait wait"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["wait", "fryte:x", "--tenant", "3"], f"{AGAIN} fryte:x --tenant 3"),
        (["wait", "promptforge:it's"], f"{AGAIN} 'promptforge:it'\"'\"'s'"),
        (["wait", "fryte:x", "--timeout", "1h30m", "--strict", "--request-timeout", "2h", "--status-means", "A=queued"],
         f"{AGAIN} fryte:x --request-timeout 2h --status-means A=queued --timeout 1h30m --strict"),
        (["status", "fryte:x"], "interrupted."),
        (["submit", "fryte", "tour.json"], "The tour may have been submitted; see: jobwait list fryte --user USER"),
        (["run", "promptforge", "prompts.jsonl", "--provider", "openai", "--model", "m"], "may have been submitted"),
        (["run", "freeplay", "--project", "p", "--version", TEMPLATE, "--dataset", TEMPLATE],
         "see: jobwait list freeplay --project PROJECT"),
        (["track", "submit", "fryte", "tour.json"], "see: jobwait track report --file jobwait.db"),
        (["result", "promptforge:done"], "interrupted."),
        (["download", "promptforge:done", "--out", "my results", "--format", "csv"],
         "What has arrived is kept; go on with: jobwait download promptforge:done --out 'my results' --format csv"),
        (["list", "fryte", "--user", "1"], "interrupted."),
        (["cancel", "freeplay:p/x"], "interrupted."),
        (["doctor", "fryte"], "interrupted."),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)  # fmt: skip
def test_ctrl_c_while_a_request_hangs_ends_at_once(shell, silent, arguments, says):
    """No answer is waited for: exit status 130 while the server still holds the request, and the way to go on."""
    with unanswered(shell, silent, *arguments) as terminal:
        terminal.interrupt()
        assert 130 == terminal.ended()
        assert not silent.over.is_set()
    assert says in terminal.text
    assert "Traceback" not in terminal.text


def test_ctrl_c_while_many_requests_hang(shell, silent):
    """Two services, two requests that hang: both are named in the one command that goes on."""
    with unanswered(shell, silent, "wait", "fryte:x", "promptforge:y", requests=2) as terminal:
        terminal.interrupt()
        assert 130 == terminal.ended()
    assert "interrupted. 2 jobs run on; take them up again with: jobwait wait fryte:x promptforge:y" in terminal.text


def test_a_second_ctrl_c_ends_a_cancellation_that_hangs(shell, silent):
    """The first asks the service to cancel; the second gives that up and says what runs on."""
    with unanswered(shell, silent, "wait", "freeplay:p/x", "--cancel-on-interrupt") as terminal:
        terminal.interrupt()
        terminal.until(lambda text: "asking for the cancellation" in text)
        assert silent.asked.acquire(timeout=PATIENCE)
        terminal.interrupt()
        assert 130 == terminal.ended()
    assert f"{AGAIN} freeplay:p/x" in terminal.text


def test_what_an_interrupted_download_has_is_kept(shell, silent):
    """The part is there for the next run."""
    with unanswered(shell, silent, "download", "promptforge:done", "--out", "here") as terminal:
        part = shell.folder / "here" / "parts" / ".results-done-001.jsonl.part"
        terminal.until(lambda _: part.exists() and part.stat().st_size)
        terminal.interrupt()
        assert 130 == terminal.ended()
    assert b'{"prompt_id": 1,' == part.read_bytes()


def test_an_interrupt_without_a_terminal_is_a_sentence_too(shell, silent):
    """SIGINT without a terminal: 130, nothing on stdout, the command that goes on, on stderr."""
    written = [shell.folder / name for name in ("stdout", "stderr")]
    for path in written:
        path.touch()
    process = shell.start("wait", "fryte:x", streams=[os.devnull, *written])
    assert silent.asked.acquire(timeout=PATIENCE)
    process.send_signal(signal.SIGINT)
    assert 130 == process.wait()
    assert ["", f"jobwait: {AGAIN} fryte:x\n"] == [path.read_text("utf-8") for path in written]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["wait", "fryte:x"], f"{AGAIN} fryte:x"),
        (["run", "promptforge", "prompts.jsonl", "--provider", "openai", "--model", "m"], "may have been submitted"),
        (["result", "promptforge:done"], "ask again with: jobwait result promptforge:done"),
        (["download", "promptforge:done"], "go on with: jobwait download promptforge:done"),
        (
            ["track", "run", "--request-timeout", "2m"],
            "go on with: jobwait track run --file jobwait.db --request-timeout 2m",
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_sigterm_says_how_to_go_on_as_ctrl_c_does(shell, silent, arguments, says):
    """Exit status 143 while the server still holds the request, and the sentence that Ctrl-C prints."""
    shell("track", "add", "fryte", "x")
    written = [shell.folder / name for name in ("stdout", "stderr")]
    for path in written:
        path.touch()
    process = shell.start(*arguments, streams=[os.devnull, *written])
    assert silent.asked.acquire(timeout=PATIENCE)
    process.send_signal(signal.SIGTERM)
    assert 143 == process.wait()
    assert says in written[1].read_text("utf-8")


def test_an_interrupt_before_the_command_has_begun_is_no_traceback(tmp_path):
    """Ctrl-C while the parts of the program are being loaded: 130, and nothing on stderr."""
    (tmp_path / "typer.py").write_text("raise KeyboardInterrupt\n")
    done = subprocess.run(
        command("--help"), env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True, check=False
    )
    assert (130, b"", b"") == (done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize(("ids", "expected"), [({"job_id": "j-1"}, "may have taken it"), ({}, "See the list.")])
def test_ctrl_c_after_the_response_names_the_job(capsys, ids, expected):
    """What the interrupted submission knows is more than the sentence for any submission."""
    interrupt = KeyboardInterrupt()
    interrupt.__cause__ = errors.SubmitUnconfirmed("the service may have taken it (job_id j-1).", ids=ids)
    with pytest.raises(typer.Exit), if_interrupted("See the list."):
        raise interrupt
    assert expected in capsys.readouterr().err
