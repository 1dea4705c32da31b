"""Jobs that a file declares, and jobs of the atlas, in each command, against a server on loopback."""

import io
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from jobwait.cli import app

KEY = "k" * 24
STATES = {"r1": "done", "r2": "error", "r3": "cancelled", "r4": "requires_action", "r5": "rendering", "r6": "burnt"}


class Renders(BaseHTTPRequestHandler):
    """Renders of teams, reports with status URLs, and batches as OpenAI's; each job's id says its state."""

    def log_message(self, *_):
        """Nothing."""

    def do_GET(self):
        path, _, query = self.path.partition("?")
        last = path.rpartition("/")[2]
        self.server.asked.append((self.command, self.path, self.headers.get("x-api-key")))
        if last == "renders":
            items = [{"id": name, "status": state} for name, state in STATES.items()]
            self.answer({"items": items if "/full/" in path else []})
        elif path.startswith("/reports"):
            self.answer({"status": "done" if query == "sig=s3cret" else "error"})
        elif path.startswith("/files"):
            self.answer(b'{"n": 1}\n{"n": 2}\n')
        elif path.startswith("/batches"):
            self.answer({"status": "completed", "output_file_id": "f-1"})
        else:
            self.answer({"status": STATES[last], "output": {"frames": 3}, "why": "no light"})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.server.asked.append((self.command, self.path, json.loads(body or b"null")))
        self.answer({"id": "r1"}, **{"Operation-Location": "/reports/p1?sig=s3cret"})

    def answer(self, value, **headers):
        is_file = isinstance(value, bytes)
        content = value if is_file else json.dumps(value).encode()
        self.send_response(200)
        kind = "application/octet-stream" if is_file else "application/json"
        for name, text in {"Content-Type": kind, "Content-Length": len(content), **headers}.items():
            self.send_header(name, str(text))
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture(scope="module")
def server():
    """The server, on a thread."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Renders) as listening:
        listening.asked = []
        threading.Thread(target=listening.serve_forever, args=(0.05,), daemon=True).start()
        yield listening
        listening.shutdown()


@pytest.fixture
def shell(server, tmp_path, monkeypatch, capsys):
    """Commands in a folder with declarations: of renders, of reports, of both, and a document without one."""
    url = f"http://127.0.0.1:{server.server_port}"
    server.asked.clear()
    state = {"path": "status", "running": ["rendering"], "succeeded": ["done"], "failed": ["error"],
             "canceled": ["cancelled"], "needs_input": ["requires_action"]}  # fmt: skip
    renders = {
        "name": "renders", "server": url, "key": {"header": "x-api-key"}, "reason": "why", "interval": 0.05,
        "poll": {"path": "/teams/{team}/renders/{id}"}, "state": state, "result": {"path": "output"},
        "submit": {"path": "/teams/{team}/renders", "id": "id"},
        "cancel": {"path": "/teams/{team}/renders/{id}/cancel"},
        "list": {"path": "/teams/{team}/renders", "items": "items"},
    }  # fmt: skip
    reports = {"name": "reports", "server": url, "poll": {"url": "status_url"}, "state": state,
               "submit": {"path": "/reports", "status_url": "header:Operation-Location"}}  # fmt: skip
    get = {
        "responses": {
            "200": {"content": {"application/json": {"schema": {"properties": {"state": {"enum": ["done"]}}}}}}
        }
    }
    for name, value in {
        "renders": renders, "reports": reports, "both": {"x-job": [renders, reports]},
        "named": {**renders, "name": "fryte"},
        "bad": {**renders, "name": "bad", "state": {"path": "status"}}, "body": {"scene": 1},
        "document": {"openapi": "3.1.0", "paths": {"/jobs/{id}": {"get": get}}},
    }.items():  # fmt: skip
        (tmp_path / f"{name}.json").write_text(json.dumps(value))
    (tmp_path / "key").touch(0o600)
    (tmp_path / "key").write_text(KEY)
    monkeypatch.chdir(tmp_path)
    keys = {"RENDERS_API_KEY": KEY, "OPENAI_BATCHES_API_KEY": KEY, "OPENAI_BATCHES_BASE_URL": url}
    for name, value in {**keys, "COLUMNS": "80"}.items():
        monkeypatch.setenv(name, value)

    def run(*words, stdin="", env=None):
        """A command in this process: no test here needs one of its own."""
        for name, value in (env or {}).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr("sys.argv", ["jobwait", *words])
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        try:
            code = app.run()
        except SystemExit as end:  # of a completion
            code = end.code
        out, err = capsys.readouterr()
        return SimpleNamespace(returncode=code, stdout=out, stderr=err)

    return run


R, B = ("--spec", "renders.json"), ("--spec", "both.json")


@pytest.mark.filterwarnings("ignore::jobwait.errors.UnknownStatusWarning")
@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["wait", *R, "a/r1"], 0, "renders:a/r1 succeeded ("),
        (["wait", *R, "renders:a/r1", "a/r2", "--json"], 1, '"state": "failed"'),
        (["wait", *R, "a/r3"], 3, "renders:a/r3 was canceled ("),
        (["wait", *R, "a/r4"], 6, "renders:a/r4 waits for your answer ("),
        (["wait", *R, "a/r5", "--timeout", "1"], 4, "is still running as far as we know"),
        (["wait", *R, "a/r5", "--timeout", "0"], 4, "renders:a/r5 was not polled ("),
        (["wait", *R, "a/r6", "--timeout", "1"], 4, "may have ended: what its status burnt means is not known"),
        (["wait", *R, "--key-file", "key", "a%2Fb/r1"], 0, "renders:a%2Fb/r1 succeeded ("),
        (["wait", *B, "renders:a/r1", "reports:/reports/p1?sig=s3cret"], 0, "/reports/p1?… succeeded ("),
        (["wait", *B, "--job", "reports", "/reports/p1"], 1, "reports:http://127.0.0.1:"),
        (["status", *R, "a/r1", "a/r4"], 0, "renders:a/r4 needs_input (requires_action)"),
        (["cancel", *R, "a/r1"], 0, "`jobwait wait renders:a/r1 --spec renders.json` shows how it ends"),
        (["list", *R, "--in", "full"], 0, "renders:full/r5\trendering\t\n"),
        (["list", *R, "--in", "none"], 0, "there are no jobs"),
        (["submit", *R, "--in", "a", "body.json"], 0, "renders:a/r1\n"),
        (["submit", *B, "reports", "body.json"], 0, "/reports/p1?sig=s3cret\n"),
        (["run", *R, "--in", "a", "body.json"], 0, "written to results-r1/results.json"),
        (["result", *R, "a/r1"], 0, '{\n  "frames": 3\n}\n'),
        (["result", *R, "a/r1", "--json"], 0, '"result": {"frames": 3}'),
        (["wait", "openai-batches:b-1"], 0, "openai-batches:b-1 succeeded ("),
        (["result", "openai-batches", "b-1"], 0, '{"n": 1}\n{"n": 2}\n'),
        (["download", "openai-batches:b-1"], 0, "written to results-b-1/results\n"),
        (["track", "add", *B, "renders:a/r1", "reports:/reports/p1?sig=s3cret"], 0, "2 added"),
        (["jobs", *B], 0, "renders  a job is named TEAM/ID; at http://127.0.0.1:"),
        (["jobs", *B, "--json"], 0, '"can": ["submit"], "odd": []'),
        (["jobs", "--spec", "document.json"], 0, "guess: GET /jobs/{id}: state is done\n"),
        (["atlas"], 0, "openai-batches "),
        (["atlas", "openai-batches", "--json"], 0, '"declaration": {"name": "openai-batches"'),
        (["atlas", "openai-batches"], 0, "not known: the rate limit of status requests"),
    ],
)  # fmt: skip
def test_what_commands_do_with_declared_jobs(shell, words, code, says):
    """As with the three services: exit status and text; no warning, no key, and no query of a status URL on stderr."""
    done = shell(*words)
    assert (code, True) == (
        done.returncode,
        says in done.stdout + done.stderr,
    ), done
    assert not any(secret in done.stderr for secret in (KEY, "s3cret", "Warning"))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["wait", *R, "r1"], "'renders:r1' lacks its team; write renders:TEAM/r1."),
        (["wait", *B, "r1"], "'r1' names no job; write SERVICE:ID, where SERVICE is renders, reports."),
        (["wait", *B, "--job", "rendrs", "r1"], "both.json declares no job 'rendrs'; it declares renders, reports."),
        (["wait", "--job", "renders", "r1"], "name that file with --spec"),
        (["wait", *R, *R, "r1"], "renders.json declares 'renders', and there is another service of that name"),
        (["wait", "--spec", "named.json", "r1"], "named.json declares 'fryte', and there is another service"),
        (["wait", "--spec", "document.json", "r1"], "it seems to have with: jobwait jobs --spec document.json"),
        (["wait", "--spec", "none.json", "r1"], "none.json cannot be read"),
        (["wait", "openai-batch:x"], "There is no service 'openai-batch'; did you mean openai-batches?"),
        (["submit", "nobody", "body.json"], "There is no service 'nobody'; there are freeplay, fryte, promptforge,"),
        (["submit", *R, "body.json"], "renders takes a submission for TEAM; add --in TEAM."),
        (["submit", *R, "--in", "a", "key"], "key: not JSON"),
        (["submit", *R, "--in", "a", "none"], "none: cannot be read"),
        (["run", *B, "body.json"], "'body.json' is not what --spec declares, which is renders, reports"),
        (["run", *R, "--in", "a", "body.json", "other.json"], "One file with a body is needed, and there are 2"),
        (["cancel", "--spec", "reports.json", "/reports/p1"], "reports cannot cancel a job"),
        (["list", "--spec", "reports.json"], "'reports' lists no jobs"),
        (["list"], "Name a service, or --spec FILE."),
        (["jobs", "--spec", "bad.json"], "names no way to succeed"),
        (["atlas", "openai"], "did you mean 'openai-"),
    ],
)  # fmt: skip
def test_bad_usage_of_declared_jobs(shell, server, words, says):
    """Exit status 2 and one sentence that names place, fact and next step; nothing is sent."""
    done = shell(*words)
    assert (2, True, []) == (done.returncode, says in done.stderr, server.asked), done
    assert 1 == done.stderr.count("\n")


def test_a_body_from_stdin_to_a_tracker(shell, server):
    """`submit -` sends stdin, `track add -` takes what it prints, and `track run` needs the declaration."""
    name = shell("submit", *R, "--in", "a", "-", stdin='{"scene": 2}').stdout
    assert ("POST", "/teams/a/renders", {"scene": 2}) in server.asked
    assert "1 added" in shell("track", "add", *R, "-", stdin=name).stdout
    refused = shell("track", "run")
    assert (2, True) == (refused.returncode, "The account 'renders' is one at renders, " in refused.stderr)
    assert "Add --spec FILE" in refused.stderr
    assert shell("track", "run", *R).stdout.startswith("renders:a/r1\tsucceeded\t")


def test_the_status_of_a_job_shows_what_to_add_for_an_unknown_word(shell):
    """Before anybody waits for it; with the meaning given there is nothing to say."""
    done = shell("status", *R, "a/r6")
    assert (0, "renders:a/r6 unknown (burnt) no light\n") == (done.returncode, done.stdout)
    assert "renders:a/r6 reports 'burnt', which is in no set of `state` in renders.json; if it means" in done.stderr
    assert "--status-means burnt=failed" in done.stderr
    done = shell("result", *R, "a/r6")
    assert (2, "") == (done.returncode, done.stdout)
    assert "renders job r6: its status is 'burnt', which is in no set of `state` in renders.json; if" in done.stderr
    done = shell("status", *R, "a/r6", "--status-means", "burnt=failed")
    assert ("renders:a/r6 failed (burnt) no light\n", "") == (done.stdout, done.stderr)


def test_a_tracked_job_that_needs_input_stays_open(shell):
    """Exit status 6, what to do next, and the command for it; a second run asks again."""
    assert 0 == shell("track", "add", *R, "a/r4").returncode
    for _ in range(2):
        done = shell("track", "run", *R)
        assert (6, True) == (done.returncode, "Answer the service, then wait again" in done.stdout), done
        assert "go on with: jobwait track run --file jobwait.db --spec renders.json\n" in done.stderr
        assert 1 == done.stdout.count("renders:a/r4\tneeds_input\t")
    assert "renders:a/r4\tneeds_input\t" in shell("track", "list").stdout


def test_a_declared_job_is_submitted_through_the_tracker(shell, server):
    """`track submit` takes what `submit` takes, and `track run` follows what it noted."""
    done = shell("track", "submit", *R, "--in", "a", "--once", "first", "body.json")
    assert (0, "renders:a/r1\n") == (done.returncode, done.stdout), done
    assert "renders:a/r1\tsucceeded\t" in shell("track", "run", *R).stdout


def test_names_are_completed(shell):
    """Of services, of entries of the atlas, and of the jobs of a file."""
    for words, names in (
        ("wait openai-", ["openai-batches", "openai-fine-tuning", "openai-videos"]),
        ("run open", ["openai", "openai-batches", "openai-fine-tuning", "openai-videos"]),
        ("run pro", ["promptforge"]),
        ("atlas openai-b", ["openai-batches"]),
        ("wait --spec both.json --job re", ["renders", "reports"]),
    ):
        line = f"jobwait {words}"
        env = {"_JOBWAIT_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
        assert names == shell(env=env).stdout.split()


@pytest.mark.parametrize(
    "words",
    [[*R, "a/r5"], [*B, "--job", "renders", "a/r5"], [*B, "renders", "a/r5"], [*B, "renders:a/r5"], ["a/r5", *R]],
)
def test_a_wait_with_spec_takes_the_settings_of_the_declared_service(shell, profile, words):
    """However the job is named: the timeout of its table leaves no time for a poll, that of the profile would."""
    done = shell("wait", *words, env=profile)
    assert (4, True) == (done.returncode, "renders:a/r5 was not polled (" in done.stdout), done.stderr


def test_with_spec_a_name_of_another_service_takes_the_settings_of_that_one(shell, profile, tmp_path):
    """The table of the declared service is for its own jobs alone."""
    (tmp_path / "config.toml").write_text("[profiles.default]\ntimeout = 1\n[profiles.default.fryte]\ntimeout = 0\n")
    account = {"FRYTE_API_KEY": KEY, "FRYTE_BASE_URL": "http://127.0.0.1:9"}
    done = shell("wait", *R, "fryte:x", env=profile | account)
    assert (4, True) == (done.returncode, "fryte:x was not polled (" in done.stdout), done.stderr


def test_a_file_with_a_body_is_not_taken_for_a_service(shell, profile, tmp_path):
    """`run --spec` writes where the table of the declared service says, not where that of a service of its name."""
    done = shell("run", *R, "--in", "a", "fryte", "--timeout", "1m", env=profile)
    assert (0, True) == (done.returncode, (tmp_path / "of renders" / "results.json").is_file()), done.stderr


@pytest.fixture
def profile(tmp_path):
    """Variables that name a profile with a table for renders, one for FRYTE, and a body in a file called fryte."""
    (tmp_path / "fryte").write_text("{}")
    file = tmp_path / "config.toml"
    file.write_text(
        "[profiles.default]\ntimeout = 2\nout = 'of all'\n[profiles.default.fryte]\nout = 'of fryte'\n"
        "[profiles.default.renders]\ndeclared = true\ntimeout = 0\nout = 'of renders'\n"
    )
    return {"JOBWAIT_CONFIG": str(file)}
