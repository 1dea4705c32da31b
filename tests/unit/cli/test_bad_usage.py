"""What a command says to bad input: one sentence that names what and where, exit status 2, no traceback."""

import json
import os

import pytest

from jobwait import freeplay
from jobwait._display.lines import duration_text
from jobwait.cli.inputs.samples import SAMPLES
from jobwait.cli.job_names import Name, parse
from jobwait.cli.options import duration
from jobwait.errors import InvalidInput
from support.services import PROJECT, TEMPLATE
from support.shell import Shell, environment

PF = ("--provider", "openai", "--model", "m")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["wait", "nobody"], "'nobody' names no job; write SERVICE:ID"),
        (["wait", "fryte"], "No job of fryte is named"),
        (["wait", "freeplay:x"], "lacks its project; write freeplay:PROJECT/x or use --project"),
        (["wait", "fryte:x", "--timeout", "soon"], "'--timeout': 'soon' is no duration; write one like 90"),
        (["wait", "fryte:x", "--request-timeout", "0"], "request_timeout must be"),
        (["wait", "fryte:x", "--nonsense"], "No such option"),
        (["nonsense"], "No such command"),
        (["result", "fryte", "x", "y"], "One job is needed here, and 2 are named"),
        (["run", "promptforge", "none.jsonl", *PF], "none.jsonl: cannot be read (No such file or directory)"),
        (["run", "promptforge", "bad.jsonl", *PF], "bad.jsonl, line 2: prompt_id must be an integer, not 'x'"),
        (["run", "fryte", "bad.jsonl"], "bad.jsonl: not JSON"),
        (["run", "freeplay", "--project", "p", "--version", "v", "--dataset", TEMPLATE], "version_id must be a UUID"),
        (["run", "promptforge", "good.jsonl", "--provider", "opnai", "--model", "m"], "did you mean openai?"),
        (["submit", "promptforge", "bad.jsonl", "--provider", "openai"], "Missing option '--model'"),
        (["wait", "fryte:x", "--key-file", "open.key"], "open.key: others can read this key; run `chmod 600 open.key`"),
        (["wait", "fryte:x", "--key-file", "empty.key"], "empty.key: there is no key in it"),
        (["wait", "fryte:x", "--key-file", "none.key"], "none.key: cannot be read"),
        (["wait", "fryte:x", "promptforge:y", "--key-file", "k"], "--key-file must say for which service"),
        (["wait", "fryte:x", "promptforge:y", "--key-stdin"], "--key-stdin gives one key, and there are 2 services"),
        (["wait", "fryte:x", "--base-url", "http://example.com"], "A key is not sent over plain http"),
        (["run", "fryte", "tour.json", "--out", "file"], "file"),
        (["run", "promptforge", "good.jsonl", *PF, "--out", "done"], "done/results.jsonl is there already"),
        (["wait", "fryte:x", "--report", "/dev/null"], "/dev/null is a device and is not replaced"),
        (["wait", "-"], "No job is named on stdin"),
        (["submit", "fryte", "tour.json"], "tour.json is not a tour: vehicle_id: expected this field, got nothing"),
        (["submit", "fryte", "tour.json"], "`jobwait example fryte` prints input that is valid."),
        (["doctor", "nobody"], "There is no service 'nobody'"),
        (["doctor", "fryt"], "did you mean fryte?"),
        (["wait", "promtforge:x"], "did you mean promptforge?"),
        (["run", "fryt", "tour.json"], "did you mean fryte?"),
        (["statu", "fryte:x"], "Did you mean 'status'?"),
        (["example", "frite"], "did you mean fryte?"),
        (["sandbox", "--env"], "--env needs the port"),
        (["sandbox", "--json", "--", "true"], "exclude one another"),
    ],
)  # fmt: skip
def test_bad_usage_is_one_sentence(shell, arguments, says):
    """Exit status 2, the sentence on stderr, nothing on stdout, and nothing sent."""
    (shell.folder / "bad.jsonl").write_text('{"prompt_id": 1, "prompt": "?"}\n{"prompt_id": "x", "prompt": "?"}\n')
    (shell.folder / "good.jsonl").write_text('{"prompt_id": 1, "prompt": "?"}\n')
    sound = json.loads(SAMPLES["fryte"].text())
    del sound["vehicle_id"]
    (shell.folder / "tour.json").write_text(json.dumps(sound))
    (shell.folder / "file").write_text("")
    (shell.folder / "done").mkdir()
    (shell.folder / "done" / "results.jsonl").write_text("mine")
    for name, mode in (("open.key", 0o644), ("empty.key", 0o600)):
        os.close(os.open(shell.folder / name, os.O_WRONLY | os.O_CREAT, mode))
    done = shell(*arguments)
    assert (2, "", 1) == (done.returncode, done.stdout, done.stderr.count("\n"))
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "faults"),
    [
        (
            ["submit", "promptforge", "bad.jsonl", *PF],
            [
                "bad.jsonl, line 1: prompt must be a string.",
                "bad.jsonl, line 3: prompt_id must be an integer, not 'x'.",
                "bad.jsonl, line 4: not JSON. Each line is one object with prompt_id and prompt.",
                "bad.jsonl, line 5: prompt_id 2 is that of line 2; their results could not be distinguished.",
            ],
        ),
        (
            ["submit", "fryte", "bad.json"],
            [
                "bad.json, vehicle_id: expected this field, got nothing: it is missing.",
                "bad.json, section_list[0]: expected an object, got a number.",
                "bad.json, section_list[1].start_pos[1]: expected a number, got a string.",
                "bad.json, section_list[1].stop_pos: expected an array or null, got a number.",
                "bad.json, poi_info.min_kW: expected a number or null, got a string.",
                "bad.json, battery_level_start must be from 0.1 to 1, not 3.",
            ],
        ),
        (
            ["submit", "freeplay", "bad.json", "--version", "v"],
            [
                "bad.json: 'battery_level_start' is no field of an optimization.",
                "bad.json: 'section_list' is no field of an optimization.",
                "bad.json: 'poi_info' is no field of an optimization.",
                "bad.json: project_id is missing; it can be given by --project too.",
                "bad.json: dataset_id is missing; it can be given by --dataset too.",
                "bad.json: prompt_template_version_id must be a UUID, not 'v'.",
            ],
        ),
    ],
    ids=["prompts", "tour", "optimization"],
)
def test_all_faults_of_an_input_are_listed_at_once(shell, arguments, faults):
    """Each has a line with its place; the sentence before them names the command that prints a valid input."""
    (shell.folder / "bad.jsonl").write_text(
        '{"prompt_id": 1}\n{"prompt_id": 2, "prompt": "?"}\n{"prompt_id": "x", "prompt": "?"}\nno\n'
        '{"prompt_id": 2, "prompt": "?"}\n'
    )
    sections = [3, {"start_pos": [1, "x"], "stop_pos": 3}]
    bad = {"battery_level_start": 3, "section_list": sections, "poi_info": {"min_kW": "x"}}
    (shell.folder / "bad.json").write_text(json.dumps(bad))
    done = shell(*arguments)
    first, *rest = done.stderr.splitlines()
    hint = f"`jobwait example {arguments[1]}` prints input that is valid."
    assert f"jobwait: the input has {len(faults)} faults, and nothing was sent. {hint}" == first
    assert (2, "", [f"  {fault}" for fault in faults]) == (done.returncode, done.stdout, rest)


def test_debug_shows_where_and_no_key(shell, box):
    """--debug puts the traceback before the sentence; the key is in neither."""
    done = shell("wait", "fryte:nobody", "--debug", env={"FRYTE_API_KEY": "sk-CANARY-123"})
    assert 5 == done.returncode
    assert "CANARY" not in done.stdout + done.stderr
    bad = shell("run", "fryte", "none.json", "--debug")
    assert "Traceback" in bad.stderr
    assert box.fryte.key not in bad.stderr


def test_a_key_from_a_file_and_from_stdin(box, ended, tmp_path):
    """Both stand in for the environment, and the file only if nobody else can read it."""
    bare = Shell(tmp_path, {name: value for name, value in environment(box).items() if not name.endswith("_API_KEY")})
    (tmp_path / "key").touch(0o600)
    (tmp_path / "key").write_text(box.fryte.key + "\n")
    job = ended["fryte", "succeeded"]
    assert 0 == bare("wait", job, "--key-file", "key").returncode
    assert 0 == bare("wait", job, "--key-file", "fryte=key").returncode
    assert 0 == bare("wait", job, "--key-stdin", stdin=box.fryte.key + "\n").returncode
    assert "set FRYTE_API_KEY" in bare("wait", job).stderr


def test_text_from_a_server_cannot_move_the_cursor(tmp_path, box):
    """Control characters are shown as escapes, on stdout and on stderr; a line cannot be forged."""
    evil = "\x1b[2J\rjobwait: all is well\nand more\u202e\x9b31m"
    with freeplay.connect(box.freeplay.key, base_url=box.freeplay.url) as client:
        made = freeplay.submit(
            client,
            PROJECT,
            prompt_template_version_id=TEMPLATE,
            dataset_id=TEMPLATE,
            user_instructions="sandbox-fail",
            run_test_after_optimization=False,
        )
    done = Shell(tmp_path, environment(box))(
        "wait", f"fryte:{evil}", f"freeplay:{PROJECT}/{made.id}", "--interval", "0.05"
    )
    for text in (done.stdout, done.stderr):
        assert all(char.isprintable() for line in text.splitlines() for char in line)
        assert not any(line.startswith("jobwait: all is well") for line in text.splitlines())
    assert 5 == done.returncode


def test_a_folder_that_cannot_be_written_is_found_before_anything_is_sent(shell, box, monkeypatch):
    """A job costs money: it is not submitted for a folder that would refuse its results."""
    (shell.folder / "good.jsonl").write_text('{"prompt_id": 1, "prompt": "?"}\n')
    before = box.stats()["promptforge"]["submits"]
    done = shell("run", "promptforge", "good.jsonl", *PF, "--out", "good.jsonl/results")
    assert (2, before) == (done.returncode, box.stats()["promptforge"]["submits"])
    assert "results cannot be written here; name another folder with --out" in done.stderr


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("90s", 90), ("2h", 7200), ("1h30m", 5400), ("1.5h", 5400), ("250ms", 0.25), ("2d", 172800), ("0", 0)],
)
def test_durations_as_people_write_them(text, seconds):
    """A number is seconds; units may follow one another."""
    assert seconds == duration(text)


@pytest.mark.parametrize("text", ["", "x", "-1", "1h 30m", "1e3", "nan", "inf", "1y", "h", "400d", "\u0661"])
def test_what_is_no_duration(text):
    """Everything else is refused, with the sentence that shows how."""
    with pytest.raises(Exception, match=r"duration|year"):
        duration(text)


def test_durations_as_people_read_them():
    """Short ones exactly, long ones roughly."""
    assert ["4.2 s", "38 s", "3 min", "1 h 40 min", "2 d 3 h"] == [
        duration_text(s) for s in (4.2, 38, 180, 6000, 51 * 3600)
    ]


def test_names_of_jobs():
    """One service and ids, or each with its service; each job once."""
    assert [Name("fryte", ("a",)), Name("fryte", ("b",))] == parse(["fryte", "a", "b", "a"])
    assert [Name("fryte", ("a",)), Name("freeplay", ("p", "j"))] == parse(["fryte:a", "freeplay:p/j"])
    assert [Name("freeplay", ("p", "j"))] == parse(["freeplay", "j"], project="p")
    assert ["fryte:a", "freeplay:p/j"] == [str(name) for name in parse(["fryte:a", "freeplay:p/j"])]
    with pytest.raises(InvalidInput):
        parse(["other:a"])


def test_json_is_one_line_whatever_is_in_it(shell, ended):
    """A line of --json is a line: control characters are escaped."""
    done = shell("status", ended["freeplay", "failed"], "--json")
    assert 1 == done.stdout.count("\n")
    assert json.loads(done.stdout)["snapshot"]["error_message"]


FAULTY = {
    "vehicle_id": 5,
    "battery_level_strat": 0.5,
    "section_list": [{"start_pos": ["a", 500]}, {"stop_pos": [1]}, 7],
    "poi_info": {"connector_type": [7, "X"], "truck_approved": "Q", "min_kw": 3},
    "start_time_tour": "25:00",
}


def test_every_fault_of_a_tour_is_told_at_once_with_its_path(shell):
    """Wrong types, values that the specification refuses, and fields that are probably misspelt."""
    (shell.folder / "tour.json").write_text(json.dumps(FAULTY))
    done = shell("submit", "fryte", "tour.json")
    assert "jobwait: the input has 12 faults, and nothing was sent. `jobwait example fryte`" in done.stderr
    assert [
        "vehicle_id: expected a string, got a number.",
        "battery_level_start: expected this field, got nothing: it is missing.",
        "section_list[0].start_pos[0]: expected a number, got a string.",
        "section_list[2]: expected an object, got a number.",
        "poi_info.connector_type[0]: expected a ConnectorType, got a number.",
        "start_time_tour must be HH:MM:SS or ISO 8601, not '25:00'.",
        "poi_info.truck_approved must be T or TT, not 'Q'.",
        "poi_info.connector_type[1] must be CCS or MCS, not 'X'.",
        "section_list[0].start_pos[1] must be from -180 to 180, not 500.",
        "section_list[1].stop_pos must have a latitude and a longitude, and has 1 of them.",
        "battery_level_strat is no field of FRYTE's; did you mean battery_level_start?",
        "poi_info.min_kw is no field of FRYTE's; did you mean min_kW?",
    ] == [line.strip().removeprefix("tour.json, ") for line in done.stderr.splitlines()[1:]]


@pytest.mark.parametrize("level", [0.5, 3])
@pytest.mark.parametrize("position", [[1], ["a", "b"]])
def test_of_a_tour_with_very_many_faults_the_first_are_told(shell, level, position):
    """Their number is that of those that are kept, and there may be more, whichever check finds them."""
    sections = [{"start_pos": position, "stop_pos": [50.0, 8.0]}] * 150
    sound = {"vehicle_id": "v", "battery_level_start": level, "poi_info": {}}
    (shell.folder / "tour.json").write_text(json.dumps({**sound, "section_list": sections}))
    told = shell("submit", "fryte", "tour.json").stderr.splitlines()
    assert "jobwait: the input has at least 100 faults, and nothing was sent." in told[0]
    assert (22, "  and 80 more") == (len(told), told[-1])


def test_an_unknown_field_of_a_valid_tour_is_a_warning(shell):
    """The specification allows additional fields: it is sent, and told once."""
    tour = json.loads(shell("example", "fryte", "--quiet").stdout) | {"battery_level_edn": 0.3}
    (shell.folder / "tour.json").write_text(json.dumps(tour))
    warning = "battery_level_edn is no field of FRYTE's; did you mean battery_level_end?"
    done = shell("run", "fryte", "tour.json", "--interval", "50ms")
    assert (0, 1) == (done.returncode, (done.stdout + done.stderr).count(warning))
    assert f"jobwait: {warning}\n" == shell("submit", "fryte", "tour.json").stderr


def test_the_fields_of_an_optimization_have_types(shell):
    """A number is no project, and a field that is probably misspelt is named with the one that was meant."""
    fields = {"project_id": 5, "user_instructions": 3, "dataset_idd": "x", "use_labels": 1}
    (shell.folder / "optimization.json").write_text(json.dumps(fields))
    told = shell("submit", "freeplay", "optimization.json").stderr
    assert "project_id must be text, not 5." in told
    assert "user_instructions must be text, not 3." in told
    assert "use_labels must be true or false, not 1." in told
    assert "'dataset_idd' is no field of an optimization; did you mean dataset_id?" in told


@pytest.mark.parametrize("file", ["/dev/null", ".", "none.json"])
@pytest.mark.parametrize("words", ["fryte {}", "freeplay {}", "promptforge {} --provider openai --model m"])
def test_a_file_that_is_no_input_names_the_command_that_prints_one(shell, words, file):
    """An empty file, a folder, and one that is missing."""
    done = shell("submit", *words.format(file).split())
    assert 2 == done.returncode
    assert f"`jobwait example {words.split()[0]}` prints input that is valid." in done.stderr


@pytest.mark.parametrize(
    ("words", "lacking"),
    [
        (["run", "promptforge"], "Missing parameters PROMPTS, --provider, --model."),
        (["run", "promptforge", "p.jsonl"], "Missing parameters --provider, --model."),
        (["run", "promptforge", "p.jsonl", "--model", "m"], "Missing option '--provider'."),
    ],
)
def test_all_that_is_missing_is_named_at_once(shell, words, lacking):
    """Arguments and options that have no default."""
    done = shell(*words)
    assert (2, True) == (done.returncode, lacking in done.stderr)


def test_equal_faults_are_one_line_and_of_many_the_first_are_shown(shell):
    """A file of another kind has a fault on each line; what the others are is counted."""
    lines = [
        *["text"] * 31,
        '{"prompt_id": 1, "prompt": 3}',
        "text",
        *(f'{{"prompt_id": "x{n}", "prompt": ""}}' for n in range(40)),
    ]
    (shell.folder / "prompts.jsonl").write_text("\n".join(lines))
    told = shell("submit", "promptforge", "prompts.jsonl", "--provider", "openai", "--model", "m").stderr.splitlines()
    assert told[0].startswith("jobwait: the input has 73 faults")
    assert "  prompts.jsonl, lines 1 to 31, 33: not JSON. Each line is one object with prompt_id and prompt." == told[1]
    assert "  prompts.jsonl, line 32: prompt must be a string." == told[2]
    assert (22, "  and 22 more") == (len(told), told[-1])
