"""Invalid input is refused before anything is sent, with a message that names the fact and the next step."""

import json
import math
from datetime import timedelta

import pytest

from jobwait import DelayPerRequest, Lateness, MaxRequests, Policy, errors, freeplay, fryte, promptforge, resume
from jobwait._httpx import httpx
from support.services import DATASET, NAMES, PLAYED, PROJECT, PROMPTS, ROWS, TEMPLATE, TOUR

each_service = pytest.mark.parametrize("row", ROWS, ids=NAMES)
KEY = "sk-CANARY-0123456789-abcdefghijklmnop"
MODEL = {"provider": "openai", "model": "m"}


def nothing(request):
    """A network on which no request is expected."""
    raise AssertionError(f"a request was sent: {request.method} {request.url}")


@pytest.fixture
def unused():
    """A transport that fails the test when it is used."""
    return httpx.MockTransport(nothing)


@each_service
def test_missing_key_names_its_variable(row):
    """Without a key the message says which variable to set."""
    with pytest.raises(errors.InvalidInput, match=f"set {row.service.key_variable}"):
        row.connect()


@each_service
@pytest.mark.parametrize("tail", [" ", "\n", "\r\nX-Evil: 1", "é", "\x00", "\t"])
def test_malformed_key_is_refused_and_not_in_the_error(row, tail):
    """A key with a space, a line break or a character beyond ASCII is refused; no part of it is in the error."""
    with pytest.raises(errors.InvalidInput) as caught:
        row.connect(KEY + tail)
    assert "CANARY" not in f"{caught.value!r} {caught.value} {caught.value.__cause__} {caught.value.__context__!r}"


@each_service
def test_key_function_that_returns_a_malformed_key_is_invalid_input(row, unused):
    """A key function is called for each request; a malformed key is refused before it is sent."""
    client = row.connect(lambda: KEY + "\n", transport=unused)
    with pytest.raises(errors.InvalidInput) as caught:
        row.job(client).status()
    assert "CANARY" not in f"{caught.value} {caught.value.__cause__}"


@each_service
def test_key_and_address_come_from_the_environment(row, monkeypatch):
    """Arguments come before the environment, the environment before the service's own address."""
    monkeypatch.setenv(row.service.key_variable, KEY)
    assert row.connect().base_url.startswith("https://")
    monkeypatch.setenv(row.service.url_variable, "https://private.example/")
    assert row.connect().base_url == "https://private.example"
    assert row.connect(base_url="http://127.0.0.1:9").base_url == "http://127.0.0.1:9"


@each_service
@pytest.mark.parametrize(
    "url",
    [
        "http://api.example",
        "http://127.0.0.1.example",
        "http://0x7f000001",
        "ftp://127.0.0.1",
        "api.example",
        "",
        "https://",
        "https://user:pass@host",
        "https://host?x=1",
        "http://[::1",
    ],
)
def test_address_that_is_unsafe_for_a_key_is_refused(row, url):
    """A key is sent over https, or to this machine; a malformed address is refused."""
    with pytest.raises(errors.InvalidInput):
        row.connect(KEY, base_url=url)


@each_service
@pytest.mark.parametrize("url", ["http://localhost:1", "http://127.0.0.9:1", "http://[::1]:1", "https://host/base"])
def test_https_and_loopback_addresses_are_accepted(row, url):
    """Plain http is accepted for loopback only."""
    assert url == row.connect(KEY, base_url=url).base_url


@each_service
@pytest.mark.parametrize("timeout", [-1, math.nan, math.inf, "5", True, timedelta(seconds=-1)])
def test_invalid_timeout_is_refused(row, timeout, unused):
    """A negative or infinite timeout, or another type, is refused; the message names timeout."""
    job = row.job(row.connect(KEY, transport=unused))
    with pytest.raises(errors.InvalidInput, match="timeout must be"):
        job.wait(timeout=timeout)
    with pytest.raises(errors.InvalidInput):
        Policy(timeout=timeout)


CALLS = {
    "freeplay job": (freeplay, lambda client: freeplay.job(client, None, None)),
    "fryte job": (fryte, lambda client: fryte.job(client, 1.5)),
    "fryte tenant": (fryte, lambda client: fryte.job(client, "j", "x")),
    "promptforge job": (promptforge, lambda client: promptforge.job(client, None)),
    "corridor": (fryte, lambda client: fryte.submit(client, TOUR, corridor=1000.5)),
    "tenant of a tour": (fryte, lambda client: fryte.submit(client, TOUR, tenant_id="x")),
    "user": (fryte, lambda client: fryte.list_jobs(client, "nobody")),
    "project of a list": (freeplay, lambda client: freeplay.list_jobs(client, "")),
    "rpm": (promptforge, lambda client: promptforge.submit(client, PROMPTS, **MODEL, rpm="3")),
    "model": (promptforge, lambda client: promptforge.submit(client, PROMPTS, provider="openai", model=5)),
    "max_retries": (promptforge, lambda client: promptforge.submit(client, PROMPTS, **MODEL, max_retries=1.5)),
    "prompts": (promptforge, lambda client: promptforge.submit(client, 5, **MODEL)),
    "callback": (fryte, lambda client: fryte.job(client, "j").wait(on_update=5)),
    "timeout": (fryte, lambda client: fryte.job(client, "j").wait(timeout=10**400)),
    "address": (fryte, lambda _: fryte.connect(KEY, base_url=5)),
}


@pytest.mark.parametrize("case", CALLS)
def test_argument_of_a_wrong_type_is_refused(case, unused):
    """A value that is not the id, number, text or function that is needed is refused before anything is sent."""
    service, call = CALLS[case]
    with pytest.raises(errors.InvalidInput):
        call(service.connect(KEY, transport=unused))


def test_error_of_a_key_function_is_not_quoted(unused):
    """The message of a failing key function may quote a key, so only the class of its error is shown."""

    def give():
        raise LookupError(f"no use for {KEY}")

    with pytest.raises(errors.InvalidInput, match="LookupError") as caught:
        fryte.job(fryte.connect(give, transport=unused), "j").status()
    assert "CANARY" not in f"{caught.value!r}{caught.value.__cause__!r}"


@pytest.mark.parametrize(
    "fields",
    [
        {"max_consecutive_errors": 0},
        {"max_consecutive_errors": 2.5},
        {"max_interval_ratio": 0},
        {"max_interval_ratio": 1.5},
        {"min_interval": 0},
        {"interval": -1},
        {"max_interval": math.nan},
        {"on_unknown": "shrug"},
        {"aim": 5},
        {"not_found_grace": None},
    ],
)
def test_invalid_policy_field_is_refused(fields):
    """Each field is checked when the policy is made."""
    with pytest.raises(errors.InvalidInput, match=next(iter(fields))):
        Policy(**fields)


def test_invalid_aims_are_refused_and_evolve_changes_a_policy():
    """Aims take positive numbers; evolve() knows the fields by name."""
    for make in (
        lambda: Lateness(0),
        lambda: DelayPerRequest(-1),
        lambda: MaxRequests(0),
        lambda: Policy().evolve(speed=9),
    ):
        with pytest.raises(errors.InvalidInput):
            make()
    assert Policy(timeout=60.0) == Policy().evolve(timeout=timedelta(minutes=1))


def test_async_on_update_is_refused(unused):
    """on_update is a plain function, in sync and async code."""

    async def on_update(update):
        """Never called."""

    job = fryte.job(fryte.connect(KEY, transport=unused), "x")
    with pytest.raises(errors.InvalidInput, match="updates_async"):
        job.wait(on_update=on_update)


@each_service
@pytest.mark.parametrize("bad", ["", ".", ".."])
def test_id_that_would_change_the_path_is_refused(row, bad, unused):
    """An id that is empty or made of dots is refused before it is sent."""
    ids = {**row.ids, row.service.id: bad}
    from jobwait._polling.job_state import JobState

    job = row.service.handle(JobState(row.service, row.connect(KEY, transport=unused), ids))
    with pytest.raises(errors.InvalidInput):
        job.status()


@pytest.mark.parametrize("field", ["prompt_template_version_id", "dataset_id"])
def test_freeplay_id_that_is_no_uuid_is_refused(field, unused):
    """The ids in Freeplay's body are UUIDs."""
    client = freeplay.connect(KEY, transport=unused)
    given = {"prompt_template_version_id": TEMPLATE, "dataset_id": DATASET, field: "7"}
    with pytest.raises(errors.InvalidInput, match=field):
        freeplay.submit(client, PROJECT, **given)


BAD_PROMPTS = {
    "empty": (b"", "no prompt"),
    "blank": (b"\n \n", "no prompt"),
    "no JSON": (b'{"prompt_id": 1, "prompt": "a"}\nnot json\n', "line 2"),
    "not an object": (b"[1]\n", "line 1"),
    "text for an id": (b'{"prompt_id": 1, "prompt": "a"}\n\n{"prompt_id": "p001", "prompt": "b"}', "line 3"),
    "a boolean for an id": (b'{"prompt_id": true, "prompt": "a"}', "line 1"),
    "no id": (b'{"prompt": "a"}', "line 1"),
    "no prompt": (b'{"prompt_id": 1}', "line 1"),
    "a number for a prompt": (b'{"prompt_id": 1, "prompt": 2}', "line 1"),
    "an id twice": (b'{"prompt_id": 1, "prompt": "a"}\n{"prompt_id": "1", "prompt": "b"}', "line 2"),
    "two signs": (b'{"prompt_id": "--7", "prompt": "a"}', "line 1"),
    "too many digits": (b'{"prompt_id": "' + b"7" * 5000 + b'", "prompt": "a"}', "line 1"),
    "NaN": (b'{"prompt_id": 1, "prompt": "a", "x": NaN}', "line 1"),
    "not UTF-8": (b'{"prompt_id": 1, "prompt": "\xff"}', "line 1"),
    "NUL": (b'{"prompt_id": 1, "prompt": "a"}\n\x00\n', "line 2"),
    "nested deeply": (b'{"prompt_id": 1, "prompt": "a"}\n' + b"[" * 100_000, "line 2"),
    "a long line": (b'{"prompt_id": 1, "prompt": "a"}\n' + b" " * (9 << 20), "line 2"),
}


@pytest.mark.parametrize("case", BAD_PROMPTS)
def test_invalid_prompts_file_is_refused_with_its_line(case, tmp_path, unused):
    """A prompts file is checked before anything is sent; the message names the line."""
    content, said = BAD_PROMPTS[case]
    path = tmp_path / "prompts.jsonl"
    path.write_bytes(content)
    client = promptforge.connect(KEY, transport=unused)
    with pytest.raises(errors.InvalidInput, match=said):
        promptforge.submit(client, path, provider="openai", model="m")


@pytest.mark.parametrize(
    ("prompts", "said"),
    [
        ([], "no prompt"),
        ([{"prompt_id": "x", "prompt": "a"}], "line 1"),
        ([*PROMPTS, {"prompt_id": 9, "prompt": math.nan}], "line 8"),
        ([*PROMPTS, "a prompt"], "line 8"),
    ],
)
def test_invalid_prompts_in_memory_are_refused_with_their_line(prompts, said, unused):
    """An iterable of prompts is checked by the same rules; its lines are counted from 1."""
    client = promptforge.connect(KEY, transport=unused)
    with pytest.raises(errors.InvalidInput, match=said):
        promptforge.submit(client, prompts, provider="openai", model="m")


def test_missing_prompts_or_tour_file_is_named(tmp_path, unused):
    """A path that cannot be read is named."""
    with pytest.raises(errors.InvalidInput, match=r"absent\.jsonl"):
        promptforge.submit(
            promptforge.connect(KEY, transport=unused), tmp_path / "absent.jsonl", provider="openai", model="m"
        )
    with pytest.raises(errors.InvalidInput, match=r"absent\.json"):
        fryte.submit(fryte.connect(KEY, transport=unused), tmp_path / "absent.json")


@pytest.mark.parametrize("level", [0.0, 0.099, 1.001, -1, math.nan, math.inf])
def test_battery_level_outside_its_limits_is_refused(level, unused):
    """battery_level_start is from 0.1 to 1.0; the message says so."""
    with pytest.raises(errors.InvalidInput, match=r"battery_level_start must be from 0\.1 to 1"):
        fryte.submit(fryte.connect(KEY, transport=unused), {**TOUR, "battery_level_start": level})


@pytest.mark.parametrize(
    ("tour", "arguments"),
    [
        ({**TOUR, "battery_level_end": 0.9}, {}),
        (TOUR, {"corridor": 999}),
        (TOUR, {"min_charge_duration_min": 101}),
        ({"vehicle_id": "1"}, {}),
        (7, {}),
    ],
)
def test_invalid_tour_is_refused(tour, arguments, unused):
    """The other documented limits are checked too, and so is the type of the tour."""
    with pytest.raises(errors.InvalidInput):
        fryte.submit(fryte.connect(KEY, transport=unused), tour, **arguments)


def test_tour_file_that_is_not_json_is_named(tmp_path, unused):
    """A tour file that is not JSON is named in the message."""
    path = tmp_path / "tour.json"
    path.write_text("{")
    with pytest.raises(errors.InvalidInput, match=r"tour\.json: not JSON"):
        fryte.submit(fryte.connect(KEY, transport=unused), path)


@each_service
def test_html_response_is_an_unexpected_reply(row):
    """A response in HTML, as a proxy gives it, does not match the specification."""
    response = httpx.Response(200, html="<html>Log in</html>")
    client = row.connect(KEY, transport=httpx.MockTransport(lambda _: response))
    job = row.job(client)
    outcome = job.outcome(policy=Policy(interval=0.001, min_interval=0.001, outage=0))
    assert (outcome.state, outcome.errors) == ("unreachable", 5)
    assert errors.UnexpectedReply is type(outcome.error)
    assert "HTML" in str(outcome.error) or "html" in str(outcome.error)


@pytest.mark.parametrize("row", PLAYED, ids=[row.name for row in PLAYED])
def test_wrong_key_ends_the_wait_and_names_its_variable(row, box):
    """A key that the service refuses ends the wait at once; the message names the variable of the key."""
    address = getattr(box, row.name)
    with row.connect(KEY, base_url=address.url) as client, pytest.raises(errors.NotAuthorized) as caught:
        row.job(client).wait()
    assert row.service.key_variable in str(caught.value)
    assert caught.value.status == 401
    assert "CANARY" not in repr(caught.value)


@pytest.mark.parametrize("row", PLAYED, ids=[row.name for row in PLAYED])
def test_unknown_job_raises_job_not_found(row, box):
    """A job that the service does not know ends the wait at once."""
    address = getattr(box, row.name)
    with row.connect(address.key, base_url=address.url) as client, pytest.raises(errors.JobNotFound, match="id"):
        row.job(client).wait()


def signed(facts):
    """A token of *facts* with their checksum."""
    from jobwait._jobs.token import _check

    facts = {name: value for name, value in facts.items() if name != "check"}
    return json.dumps({**facts, "check": _check(facts)})


def test_invalid_token_is_refused_with_the_reason(unused):
    """A token that is damaged, of another host, newer or too large is refused with the reason."""
    client = fryte.connect(KEY, base_url="https://one.example", transport=unused)
    token = fryte.job(client, "j-1").token()
    facts = json.loads(token)
    other = fryte.connect(KEY, base_url="https://two.example", transport=unused)
    cases = {
        "one.example": (token, other),
        "damaged": (token.replace("j-1", "j-2"), client),
        "version 2": (json.dumps({**facts, "jobwait": 2}), client),
        "not JSON": (token[:-5], client),
        "no version": ("{}", client),
        "no service": (signed({**facts, "service": "elsewhere"}), client),
        "characters": (token + " " * 100_000, client),
    }
    for said, (text, given) in cases.items():
        with pytest.raises(errors.TokenRefused, match=said):
            resume(text, given)
    with pytest.raises(errors.TokenRefused, match="text"):
        resume(7, client)
