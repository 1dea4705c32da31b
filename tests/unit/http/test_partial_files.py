"""A file that arrives in parts: bytes of two versions are never joined, and nothing of others is written to."""

import gzip
import itertools
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobwait import errors, promptforge
from jobwait._http.partial_file import OVERLAP, partial_path
from jobwait._httpx import httpx
from support.waits import at_once

WHEN = "2026-06-11T16:47:49Z"
PART, VERSION = ".results-j-001.jsonl.part", ".results-j-001.jsonl.part.version"
DATE = "Thu, 11 Jun 2026 16:47:49 GMT"
MINUTE_BEFORE, SECOND_BEFORE = "Thu, 11 Jun 2026 16:46:49 GMT", "Thu, 11 Jun 2026 16:47:48 GMT"
ONE = b"".join(b"%06d\n" % number for number in range(2000))
# The same length, and the same bytes where a comparison of the overlap looks: only a validator tells them apart.
TWO = b"x" * 3000 + ONE[3000:]


class Broken(httpx.SyncByteStream):
    """A body whose connection breaks after *data*."""

    def __init__(self, data):
        self.data = data

    def __iter__(self):
        yield self.data
        raise httpx.ReadError("cut")


def client_of(answers):
    """A client of a job with one file, whose n-th request *answers* give, and the requests for the file."""
    asked, answers = [], iter(answers)

    def answer(request):
        if request.url.path != "/file":
            file = {"filename": "f", "url": "http://127.0.0.1/file", "expires_at": WHEN}
            return httpx.Response(200, json={"job_id": "j", "status": "COMPLETED", "files": [file]})
        asked.append(request.headers)
        found = next(answers)
        return found(request.headers) if callable(found) else found

    return promptforge.connect("k", base_url="http://127.0.0.1", transport=httpx.MockTransport(answer)), asked


def download(folder, *answers):
    """The content of the file that *answers* bring to *folder*, and the requests for it."""
    client, asked = client_of(answers)
    with client:
        [path] = at_once(promptforge.job(client, "j")._download(folder))
    return path.read_bytes(), asked


def fails(folder, *answers):
    """The requests of a download that has failed after *answers*."""
    client, asked = client_of([*answers, *[httpx.Response(410)]])
    with client, pytest.raises(errors.DownloadFailed):
        at_once(promptforge.job(client, "j")._download(folder))
    return asked


def whole(body=ONE, cut=None, **headers):
    """All of the file; the connection breaks after *cut* bytes."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    headers["content-length"] = str(len(body))
    return httpx.Response(200, headers=headers, stream=httpx.ByteStream(body) if cut is None else Broken(body[:cut]))


def rest(start, body=ONE, *, stated=None, cut=None, **headers):
    """The bytes of the file from *start*, with a Content-Range, or the *stated* one."""
    stated = stated or f"bytes {start}-{len(body) - 1}/{len(body)}"
    headers = {name.replace("_", "-"): value for name, value in headers.items()} | {"content-range": stated}
    data = body[start:]
    return httpx.Response(206, headers=headers, stream=httpx.ByteStream(data) if cut is None else Broken(data[:cut]))


FROM = 5000 - OVERLAP
V1, V2, WEAK = '"v1"', '"v2"', 'W/"v1"'


def test_rest_is_requested_of_the_same_version_with_if_range(tmp_path):
    """A strong ETag is sent as If-Range, and its part is appended."""
    found, asked = download(tmp_path, whole(cut=5000, etag=V1), rest(FROM, etag=V1))
    assert found == ONE
    assert ("range" not in asked[0], f"bytes={FROM}-", V1) == (True, asked[1]["range"], asked[1]["if-range"])
    assert ["results-j-001.jsonl"] == [path.name for path in tmp_path.iterdir()]


def test_rest_is_requested_of_the_same_version_after_a_restart(tmp_path):
    """Another process finds the validator beside the partial file."""
    fails(tmp_path, whole(cut=5000, etag=V1))
    assert {PART, VERSION} == {path.name for path in tmp_path.iterdir()}
    found, asked = download(tmp_path, rest(FROM, etag=V1))
    assert (found, asked[0]["if-range"]) == (ONE, V1)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"etag": WEAK},
        {"etag": "v1"},
        {"etag": '"v1'},
        {"etag": '"a b"'},
        {"etag": '"' + "e" * 501 + '"'},
        {"last_modified": MINUTE_BEFORE},  # without a Date nobody knows how old it is
        {"last_modified": SECOND_BEFORE, "date": DATE},
        {"last_modified": "Tue, 11 Jun 2999 16:46:49 GMT", "date": DATE},
        {"last_modified": "yesterday", "date": DATE},
        {"last_modified": MINUTE_BEFORE, "date": "never"},
        {"etag": WEAK, "last_modified": SECOND_BEFORE, "date": DATE},
        {"etag": V1, "content_encoding": "gzip"},
    ],
)
def test_file_without_a_strong_validator_is_fetched_anew(tmp_path, headers):
    """No part is requested of a file whose version nothing names."""
    body = gzip.compress(os.urandom(20_000)) if "content_encoding" in headers else ONE
    fails(tmp_path, whole(body, 5000, **headers))
    assert [PART] == [path.name for path in tmp_path.iterdir()]
    found, asked = download(tmp_path, whole(TWO))
    assert (found, ["range" in headers for headers in asked]) == (TWO, [False])


@pytest.mark.parametrize("etag", [{}, {"etag": WEAK}])
def test_settled_last_modified_is_sent_as_if_range(tmp_path, etag):
    """A Last-Modified that was a minute old names a version, as one that is two seconds old does not."""
    dated = {"last_modified": MINUTE_BEFORE, "date": DATE, **etag}
    found, asked = download(tmp_path, whole(cut=5000, **dated), rest(FROM, **dated))
    assert (found, asked[1]["if-range"]) == (ONE, MINUTE_BEFORE)


def test_response_of_200_to_a_range_starts_over(tmp_path):
    """The server has another version and sends all of it, which may be shorter than what had arrived."""
    short = TWO[:3000]
    found, _ = download(tmp_path, whole(cut=5000, etag=V1), whole(short, etag=V2))
    assert found == short
    other = tmp_path / "other"
    found, asked = download(
        other, whole(cut=5000, etag=V1), whole(TWO, 6000, etag=V2), rest(6000 - OVERLAP, TWO, etag=V2)
    )
    assert (found, asked[2]["if-range"]) == (TWO, V2)


@pytest.mark.parametrize(
    "part",
    [
        rest(FROM, TWO, etag=V2),
        rest(FROM, TWO, etag=WEAK),
        rest(FROM, TWO),  # a server that does not know If-Range may send the rest of any version
        rest(FROM, TWO, last_modified=MINUTE_BEFORE, date=DATE),
        rest(FROM, TWO[:9000], etag=V1),  # another size
        rest(FROM, ONE + b"more", etag=V1),
        rest(FROM, etag=V1, stated=f"bytes {FROM}-{len(ONE) - 1}/*"),
        rest(FROM, etag=V1, stated=f"lines {FROM}-{len(ONE) - 1}/{len(ONE)}"),
        rest(FROM, etag=V1, stated=f"bytes {FROM + 1}-{len(ONE) - 1}/{len(ONE)}"),
        rest(FROM, etag=V1, stated=f"bytes 0-{len(ONE) - 1}/{len(ONE)}"),
        rest(FROM, etag=V1, stated=f"bytes {FROM}-{len(ONE)}/{len(ONE)}"),
        rest(FROM, etag=V1, stated=f"bytes {FROM}-{FROM - 1}/{len(ONE)}"),
        rest(FROM, etag=V1, stated=f"bytes {FROM}-{FROM + 2000}/{len(ONE)}"),  # fewer than it sends
        rest(FROM, etag=V1, stated="bytes */13000"),
        rest(FROM, etag=V1, content_encoding="gzip"),
        rest(FROM, b"y" * len(ONE), etag=V1),  # other bytes in the overlap
        rest(FROM, ONE[:4999] + b"y" + ONE[5000:], etag=V1),  # … in its last one
        httpx.Response(206, headers={"etag": V1, "content-type": "multipart/byteranges; boundary=x"}, content=ONE),
        httpx.Response(416, headers={"content-range": "bytes */3"}),
    ],
)
def test_part_that_does_not_fit_is_discarded_and_all_is_requested(tmp_path, part):
    """Whatever is wrong with a part, the next request is for all of the file, of which nothing else is left."""
    found, asked = download(tmp_path, whole(cut=5000, etag=V1), part, whole(TWO, etag=V2))
    assert found == TWO
    assert ["range" in headers for headers in asked] == [False, True, False]
    assert ["results-j-001.jsonl"] == [path.name for path in tmp_path.iterdir()]


def test_part_that_ends_within_the_overlap_adds_nothing(tmp_path):
    """What had arrived stays, and the rest is requested again."""
    tiny = rest(FROM, ONE[: FROM + 100], etag=V1, stated=f"bytes {FROM}-{FROM + 99}/{len(ONE)}")
    found, asked = download(tmp_path, whole(cut=5000, etag=V1), tiny, rest(FROM, etag=V1))
    assert (found, asked[2]["range"]) == (ONE, f"bytes={FROM}-")


@pytest.mark.parametrize("status", [201, 202, 203, 204, 226])
def test_response_that_is_no_file_is_refused(tmp_path, status):
    """A 204 is not an empty file, and a 203 not the one that the service has."""
    client, _ = client_of(itertools.repeat(httpx.Response(status, content=b"")))
    with client:
        for fetch in (lambda: promptforge.job(client, "j")._download(tmp_path), promptforge.job(client, "j")._results):
            with pytest.raises(errors.DownloadFailed, match=str(status)):
                at_once(fetch())
    assert [] == list(tmp_path.iterdir())


versions = st.lists(st.binary(min_size=1500, max_size=6000), min_size=2, max_size=4)
steps = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 6000), st.sampled_from(["none", "etag", "weak"]), st.booleans()),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(versions=versions, steps=steps, restart=st.integers(0, 12))
def test_file_is_one_version_whatever_is_replaced_when(tmp_path_factory, versions, steps, restart):
    """The file changes between requests, and some servers ignore If-Range: what is complete is one version, whole."""
    folder = tmp_path_factory.mktemp("versions")

    def answer(number, cut, kind, heeds):
        body = versions[number % len(versions)]
        name = f'"{versions.index(body)}"'
        named = {"none": {}, "etag": {"etag": name}, "weak": {"etag": f"W/{name}"}}[kind]

        def respond(headers):
            if "range" not in headers or (heeds and headers["if-range"] != name):
                return whole(body, cut, **named) if cut < len(body) else whole(body, **named)
            start = int(headers["range"][6:-1])
            return rest(start, body, cut=cut, **named) if start < len(body) else httpx.Response(416)

        return respond

    answers = [answer(*step) for step in steps]
    client, _ = client_of([*answers[:restart], httpx.Response(410), *answers[restart:], *[whole(versions[0])] * 40])
    with client:
        for _ in range(3):
            try:
                [path] = at_once(promptforge.job(client, "j")._download(folder))
            except errors.DownloadFailed:
                continue
            assert path.read_bytes() in versions
            assert [path] == list(folder.iterdir())


@pytest.mark.parametrize(
    "stored",
    [
        b"",
        b"{",
        b"[]",
        b"7",
        b'["v1", 3]',
        b'["\\"v1\\"", "3"]',
        b'["\\"v1\\\\r\\\\nx: y\\"", null]',
        b"[" * 2000,
        b"\xff",
    ],
)
def test_damaged_version_is_not_believed(tmp_path, stored):
    """A note that cannot be read means that all is requested."""
    (tmp_path / PART).write_bytes(ONE[:5000])
    (tmp_path / VERSION).write_bytes(stored)
    found, asked = download(tmp_path, whole(TWO, etag=V2))
    assert (found, "range" in asked[0]) == (TWO, False)


def planted(path, kind, victim):
    """Put something of another's at *path*."""
    victim.write_bytes(b"precious" * 1000)
    match kind:
        case "symbolic link":
            path.symlink_to(victim)
        case "dangling link":
            path.symlink_to(victim.with_name("none"))
        case "hard link":
            path.hardlink_to(victim)
        case "FIFO":
            os.mkfifo(path)
        case "folder":
            path.mkdir()


KINDS = ["symbolic link", "dangling link", "hard link", "FIFO", "folder"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", [PART, VERSION])
def test_planted_partial_file_is_not_written_to(tmp_path, name, kind):
    """The file arrives by another way, or not at all, and what the link names stays as it is."""
    folder, victim = tmp_path / "folder", tmp_path / "victim"
    folder.mkdir()
    planted(folder / name, kind, victim)
    if name == VERSION:
        (folder / PART).touch()
    try:
        found, _ = download(folder, whole(cut=5000, etag=V1), whole(TWO, etag=V2))
        assert found == TWO
    except errors.DownloadFailed as error:
        assert (name, kind) == (VERSION, "folder"), error  # noqa: PT017
    assert victim.read_bytes() == b"precious" * 1000
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "hard link"])
def test_planted_result_file_is_refused(tmp_path, kind):
    """It is neither followed nor taken for the result, and the error names it."""
    folder, victim = tmp_path / "folder", tmp_path / "victim"
    folder.mkdir()
    planted(folder / "results-j-001.jsonl", kind, victim)
    client, asked = client_of([whole()])
    with client, pytest.raises(errors.DownloadFailed, match=r"results-j-001\.jsonl is a .* Remove it"):
        at_once(promptforge.job(client, "j")._download(folder))
    assert ([], b"precious" * 1000) == (asked, victim.read_bytes())


def test_result_that_another_download_has_completed_meanwhile_leaves_no_partial_file(tmp_path):
    """Both have the same file; the later one takes the place."""

    def faster(_):
        (tmp_path / "results-j-001.jsonl").write_bytes(ONE)
        return whole(etag=V1)

    assert download(tmp_path, faster)[0] == ONE
    assert ["results-j-001.jsonl"] == [path.name for path in tmp_path.iterdir()]


def test_result_name_that_is_planted_meanwhile_is_refused(tmp_path):
    """It is looked at again before the rename."""

    def plants(_):
        (tmp_path / "results-j-001.jsonl").symlink_to("victim")
        return whole(etag=V1)

    fails(tmp_path, plants)
    assert (tmp_path / "results-j-001.jsonl").is_symlink()


def test_partial_file_of_another_user_is_not_continued(tmp_path, monkeypatch):
    """Whoever owns it could change it after the download."""
    (tmp_path / "a").touch()
    monkeypatch.setattr("os.geteuid", lambda: os.getuid() + 1)
    with partial_path(tmp_path / "a") as part:
        assert part.name != ".a.part"
