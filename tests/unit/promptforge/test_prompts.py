"""Prompts and tours as other programs write them: with byte order marks, numbers of numpy, half characters."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from jobwait import Policy, errors, fryte, promptforge
from jobwait._httpx import httpx
from jobwait._model.checks import identifier, whole, within
from support.prompts import prompts_file

TOUR = Path(__file__).parents[3] / "examples" / "tour_hamburg_munich.json"
BOM = b"\xef\xbb\xbf"
LINE = b'{"prompt_id": %d, "prompt": "x"}\n'


def sent(prompts):
    """What is uploaded of *prompts*, and their order."""
    with prompts_file(prompts) as checked:
        return checked.path.read_bytes(), list(checked.order)


@pytest.mark.parametrize(
    "content", [BOM + LINE % 1, LINE % 1 + BOM + LINE % 2, BOM + b"\n" + LINE % 1, BOM * 1 + LINE % 1 + BOM]
)
def test_byte_order_marks_are_not_uploaded(tmp_path, content):
    """Wherever they begin a line; the caller's file stays as it is."""
    path = tmp_path / "p.jsonl"
    path.write_bytes(content)
    assert content.replace(BOM, b"") == sent(path)[0]
    assert content == path.read_bytes()


def test_file_without_a_mark_is_uploaded_itself(tmp_path):
    """There is no copy of a large file."""
    path = tmp_path / "p.jsonl"
    path.write_bytes(LINE % 1)
    with prompts_file(path) as checked:
        assert path == checked.path


def test_utf_16_is_refused_with_its_line(tmp_path):
    """Windows' shells write it, too."""
    (tmp_path / "p.jsonl").write_bytes((LINE % 1).decode().encode("utf-16"))
    with pytest.raises(errors.InvalidInput, match=r"p\.jsonl, line 1: not UTF-8"):
        sent(tmp_path / "p.jsonl")


@pytest.mark.parametrize("half", ["\\ud83d", "\\uDE00", "\\ude00\\ud83d", "\\ud83d x \\ude00"])
@pytest.mark.parametrize(
    "line",
    [
        '{"prompt_id": 2, "prompt": "%s"}',
        '{"prompt_id": 2, "prompt": "x", "%s": 1}',
        '{"prompt_id": 2, "prompt": "x", "a": [{"b": "%s"}]}',
    ],
)
def test_lone_surrogate_is_refused_with_its_line(tmp_path, line, half):
    """No provider takes half a character, wherever it is; nothing is sent."""
    path = tmp_path / "p.jsonl"
    path.write_bytes(LINE % 1 + (line % half).encode())
    with pytest.raises(errors.InvalidInput, match=r"p\.jsonl, line 2: .* surrogate"):
        sent(path)
    with pytest.raises(errors.InvalidInput, match=r"the prompts, line 2: .* surrogate"):
        sent([json.loads(LINE % 1), json.loads(line % half)])


def test_surrogates_as_bytes_are_refused_and_pairs_are_taken(tmp_path):
    """UTF-8 has no surrogates; a pair of escapes is a character, and an escaped backslash begins none."""
    path = tmp_path / "p.jsonl"
    path.write_bytes(LINE % 1 + b'{"prompt_id": 2, "prompt": "\xed\xa0\xbd"}')
    with pytest.raises(errors.InvalidInput, match="line 2: not UTF-8"):
        sent(path)
    for text in ("\\ud83d\\ude00", "\\\\ud83d", "\U0001f600"):
        path.write_bytes(f'{{"prompt_id": 1, "prompt": "{text}"}}'.encode())
        assert path.read_bytes() == sent(path)[0]


def test_order_is_kept_only_if_it_is_not_that_of_the_ids():
    """A million prompts in order need no memory."""
    assert [] == sent([{"prompt_id": one, "prompt": "x"} for one in (1, "2", "+3")])[1]
    assert [3, 1, 2] == sent([{"prompt_id": one, "prompt": "x"} for one in (3, "1", "+2")])[1]


def test_fifo_is_refused_as_it_cannot_be_read_twice(tmp_path):
    """It would be checked and then uploaded empty."""
    os.mkfifo(tmp_path / "p")
    with pytest.raises(errors.InvalidInput, match="read twice"):
        sent(tmp_path / "p")


NUMBERS = [np.int64(7), np.uint8(7), np.int32(7)]


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: type(number).__name__)
def test_integers_of_numpy_are_ints(number):
    """As ids and counts, and as numbers of prompts; they become plain ones."""
    assert ("7", int) == (identifier("job_id", number), type(whole("rpm", number)))
    within("corridor", number, 1, 10)
    entry = {"prompt_id": number, "prompt": "x", "weight": np.float32(0.5), "nested": {"a": [number]}}
    content, _ = sent([entry])
    assert {"prompt_id": 7, "prompt": "x", "weight": 0.5, "nested": {"a": [7]}} == json.loads(content)
    assert 7.0 == Policy(timeout=number, max_consecutive_errors=number).timeout


@pytest.mark.parametrize("value", [np.bool_(True), np.float64(7), np.array([7]), True, 7.0, "7", None])
def test_what_is_no_integer_is_refused(value):
    """A truth value or a float is not a count."""
    with pytest.raises(errors.InvalidInput, match="whole number"):
        whole("rpm", value)


@pytest.mark.parametrize("value", [np.bool_(True), float("nan"), float("inf"), 10**400, -(10**400), "5", True])
def test_what_is_not_within_limits_is_refused(value):
    """Nor is a number that no float can hold."""
    with pytest.raises(errors.InvalidInput, match="must be from 1 to 10"):
        within("corridor", value, 1, 10)


def test_what_json_cannot_hold_is_refused_with_its_line():
    """A set, or a key that is no text."""
    for entry in ({"prompt_id": 1, "prompt": "x", "more": {1, 2}}, {"prompt_id": 1, "prompt": "x", (1, 2): 3}):
        with pytest.raises(errors.InvalidInput, match=r"the prompts, line 1: this cannot be written as JSON"):
            sent([entry])


def submitted(submit, module):
    """The request that *submit* sends to a service that does not answer."""
    asked = []

    def answer(request):
        asked.append(request)
        return httpx.Response(400, json={"detail": "no"})

    client = module.connect("k", base_url="http://127.0.0.1", transport=httpx.MockTransport(answer))
    with client, pytest.raises(errors.RequestRejected):
        submit(client)
    return asked[0]


def test_counts_of_numpy_are_submitted_as_ints():
    """None of them reaches an encoder that does not know it."""
    counts = {"max_retries": np.int64(2), "rpm": np.int32(60), "tpm": np.uint16(9)}
    prompts = [{"prompt_id": 1, "prompt": "x"}]
    body = submitted(lambda client: promptforge.submit(client, prompts, provider="o", model="m", **counts), promptforge)
    assert {"max_retries": 2, "rpm": 60, "tpm": 9}.items() <= json.loads(body.content).items()
    tour = json.loads(TOUR.read_text("utf-8"))
    tour["battery_level_start"] = np.float32(0.5)
    counts = {"corridor": np.int64(9000), "min_charge_duration_min": np.int8(5), "tenant_id": np.int64(3)}
    asked = submitted(lambda client: fryte.submit(client, tour, **counts), fryte)
    assert ("9000", 0.5) == (asked.url.params["corridor"], json.loads(asked.content)["battery_level_start"])


def test_tour_with_a_byte_order_mark_is_read(tmp_path):
    """As Windows writes it."""
    text = TOUR.read_text("utf-8")
    (tmp_path / "t.json").write_text(text, "utf-8-sig")
    body = submitted(lambda client: fryte.submit(client, tmp_path / "t.json"), fryte).content
    assert json.loads(text).keys() <= json.loads(body).keys()
