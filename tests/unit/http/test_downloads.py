"""Result files: streamed, continued, renewed, merged, and written nowhere but in their folder."""

import asyncio
import gzip
import json
import threading
import zlib
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobwait import errors, promptforge
from jobwait._http.partial_file import OVERLAP, partial_path
from jobwait._httpx import httpx
from jobwait._jobs.download import PARALLEL_FILES, download_files
from jobwait._polling.job_state import JobState
from support.waits import at_once

BODY = b"".join(b'{"prompt_id": %d, "response": "%s"}\n' % (number, b"x" * 1000) for number in range(1, 400))
LOCK = threading.Lock()
WHEN = "2026-06-11T16:47:49Z"


def nth(body, number):
    """File *number*: so many lines fewer."""
    return body.split(b"\n", number - 1)[-1]


class Store(ThreadingHTTPServer):
    """A service with one job and one file, whose connections break and whose links expire on request."""

    daemon_threads = True

    def __init__(self, body=BODY, filename="results_part_001.jsonl"):
        super().__init__(("127.0.0.1", 0), Handler)
        self.body, self.filename, self.files = body, filename, 1
        self.together, self.under_way, self.most = threading.Barrier(1), 0, 0
        self.extra = {}
        self.breaks, self.expired, self.ranges, self.asked = 0, 0, True, []

    @property
    def link(self):
        """An origin other than the service's, as that of a bucket is."""
        return f"http://localhost:{self.server_port}"

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        """Nothing."""

    def do_GET(self):
        if self.path.startswith("/file"):
            with LOCK:
                self.server.under_way += 1
                self.server.most = max(self.server.most, self.server.under_way)
            self.server.together.wait(30)
            try:
                return self.file()
            finally:
                with LOCK:
                    self.server.under_way -= 1
        assert self.headers["x-api-key"] == "k"
        files = [
            {
                "filename": self.server.filename,
                "url": f"{self.server.link}/file/{number}?signature=secret",
                "expires_at": WHEN,
            }
            for number in range(1, self.server.files + 1)
        ]
        return self.answer(200, json.dumps({"job_id": "j", "status": "COMPLETED", "files": files}).encode())

    def file(self):
        store = self.server
        wanted = self.headers["range"]
        store.asked.append(wanted)
        assert "x-api-key" not in self.headers
        body_of = nth(store.body, int(self.path.partition("?")[0].rpartition("/")[2]))
        if store.expired:
            store.expired -= 1
            return self.answer(400, b"<Error><Code>ExpiredToken</Code></Error>")
        etag = f'"{zlib.crc32(body_of):08x}"'
        ranged = wanted and store.ranges and self.headers["if-range"] == etag
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if ranged else 0
        if start >= len(body_of):
            return self.answer(416, b"")
        body, extra = body_of[start:], {"etag": etag, **store.extra}
        if ranged:
            extra["content-range"] = f"bytes {start}-{len(body_of) - 1}/{len(body_of)}"
        status = 206 if "content-range" in extra else 200
        if store.breaks:
            store.breaks -= 1
            return self.answer(status, body[:30_000], extra, length=len(body))
        return self.answer(status, body, extra)

    def answer(self, status, body, extra=(), length=None):
        self.send_response(status)
        for name, value in dict(extra).items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True


@contextmanager
def serving(**given):
    with Store(**given) as store:
        thread = threading.Thread(target=store.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield store
        finally:
            store.shutdown()
            thread.join()


@contextmanager
def finished(store):
    with promptforge.connect("k", base_url=store.url) as client:
        yield promptforge.job(client, "j")


def test_download_over_ten_broken_connections_gives_the_whole_file(tmp_path):
    """Each attempt asks for what is missing; the file is whole, and nothing else is left in the folder."""
    with serving() as store, finished(store) as job:
        store.breaks = 10
        [path] = at_once(job._download(tmp_path))
    assert BODY == path.read_bytes()
    assert [path] == list(tmp_path.iterdir())
    assert [None, *(f"bytes={number * 30_000 - number * OVERLAP}-" for number in range(1, 11))] == store.asked


def test_download_after_a_failed_one_fetches_only_the_rest(tmp_path):
    """A failed download leaves its partial file, and the next one fetches the rest."""
    with serving() as store, finished(store) as job:
        store.breaks = 10**6
        store.ranges = False  # no attempt brings new bytes, so max_consecutive_errors ends it
        with pytest.raises(errors.DownloadFailed):
            at_once(job._download(tmp_path))
        store.breaks, store.ranges = 0, True
        [path] = at_once(job._download(tmp_path))
    assert BODY == path.read_bytes()
    assert store.asked[-1] == f"bytes={30_000 - OVERLAP}-"
    assert [path] == list(tmp_path.iterdir())


def test_download_from_a_store_without_ranges_starts_over(tmp_path):
    """A response of 200 to a request for the rest is the whole file."""
    with serving() as store, finished(store) as job:
        store.breaks, store.ranges = 2, False
        [path] = at_once(job._download(tmp_path))
    assert BODY == path.read_bytes()


@pytest.mark.parametrize("there", [b"y" * 5000, BODY + b"more" * 1000])
def test_partial_file_of_another_file_is_fetched_anew(tmp_path, there):
    """If the partial file is not the beginning of the file, the file is fetched anew."""
    (tmp_path / ".results-j-001.jsonl.part").write_bytes(there)
    with serving() as store, finished(store) as job:
        [path] = at_once(job._download(tmp_path))
    assert BODY == path.read_bytes()


def bodies(count):
    """What the first *count* files hold."""
    return [nth(BODY, number) for number in range(1, count + 1)]


def test_files_are_downloaded_concurrently_up_to_a_limit(tmp_path):
    """Two requests are sent before either has its response; at most PARALLEL_FILES are under way."""
    with serving() as store, finished(store) as job:
        store.files, store.together = 10, threading.Barrier(2)
        paths = job.download(tmp_path)
    assert bodies(10) == [path.read_bytes() for path in paths]
    assert paths == sorted(tmp_path.iterdir())
    assert 2 <= store.most <= PARALLEL_FILES


def test_files_are_downloaded_concurrently_in_tasks(tmp_path):
    """The async variant does the same, and so does results_async, in the order of the files."""
    with serving() as store:
        store.files, store.together = 4, threading.Barrier(2)

        async def both():
            async with promptforge.connect("k", base_url=store.url) as client:
                job = promptforge.job(client, "j")
                return await job.download_async(tmp_path), await job.results_async()

        paths, answers = asyncio.run(both())
    assert bodies(4) == [path.read_bytes() for path in paths]
    assert 399 == len(answers)


def test_many_files_arrive_over_broken_connections_and_expired_links(tmp_path):
    """Each file continues where it stopped, and those whose links have expired are fetched by new ones."""
    with serving() as store, finished(store) as job:
        store.files, store.breaks, store.expired = 8, 12, 3
        paths = at_once(job._download(tmp_path))
    assert bodies(8) == [path.read_bytes() for path in paths]
    assert paths == sorted(tmp_path.iterdir())


def test_first_error_ends_the_download_and_keeps_complete_files(tmp_path):
    """After a file that cannot be fetched no further one is begun, and those that were begun are complete."""
    with serving() as store, finished(store) as job:
        store.files, store.ranges = 50, False

        def refuse(handler, _file=Handler.file):
            return handler.answer(410, b"") if "/file/2?" in handler.path else _file(handler)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Handler, "file", refuse)
            with pytest.raises(errors.DownloadFailed, match=r"result file 2 of 50 could not be fetched: 410"):
                at_once(job._download(tmp_path))
        there = {path.name for path in tmp_path.iterdir()}
        assert len(there) < 49
        assert not any(name.startswith(".") for name in there)
        assert 50 == len(at_once(job._download(tmp_path)))


def test_expired_link_is_renewed_and_the_file_continued(tmp_path):
    """If a link expires in the middle of a file, a new one is requested, and the file continues."""
    with serving() as store, finished(store) as job:
        store.breaks, store.expired = 1, 2
        [path] = at_once(job._download(tmp_path))
    assert BODY == path.read_bytes()
    assert [path] == list(tmp_path.iterdir())


def test_two_downloads_of_one_file_write_different_partial_files(tmp_path):
    """While one download writes the partial file, another has a temporary one, which is deleted at the end."""
    with partial_path(tmp_path / "a") as first, partial_path(tmp_path / "a") as second:
        assert first != second
        second.write_bytes(b"2")
    assert [] == list(tmp_path.iterdir())


def test_download_to_a_full_disk_says_what_to_do(tmp_path, monkeypatch):
    """What had arrived is kept, and the error says what to do."""
    (tmp_path / "folder").mkdir()
    with serving() as store, finished(store) as job:
        store.breaks = 1

        def full(*_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("jobwait._http.partial_file.Growing.write", full)
        with pytest.raises(errors.DownloadFailed, match=r"No space left on device.*free some space"):
            at_once(job._download(tmp_path / "folder"))


def test_failed_download_shows_no_signed_link(tmp_path, caplog):
    """Neither the key nor the signed link is in the error or the log."""
    caplog.set_level("DEBUG")
    with serving() as store, finished(store) as job:
        store.breaks, store.ranges = 10**6, False
        with pytest.raises(errors.DownloadFailed) as caught:
            at_once(job._download(tmp_path))
    said = (
        repr(caught.value)
        + str(caught.value)
        + str(caught.value.__cause__)
        + "".join(record.getMessage() for record in caplog.records if record.name == httpx.__name__)
    )
    assert "signature=secret" not in said


names = st.one_of(
    st.text(max_size=60),
    st.sampled_from(["../../x", "/etc/passwd", "..", "", "a/../../b", "CON", "a\x00b", "~/x", "C:\\x", ".bashrc"]),
)


@settings(max_examples=60, deadline=None)
@given(name=names, job_id=names)
def test_no_file_name_or_job_id_writes_outside_the_folder(tmp_path_factory, name, job_id):
    """Whatever the names of the file and the job: one file appears, in the folder, under a name of ours."""
    folder = tmp_path_factory.mktemp("hostile")

    def answer(request):
        if request.url.path == "/file":
            return httpx.Response(200, content=b"{}")
        file = {"filename": name, "url": "http://127.0.0.1/file", "expires_at": WHEN}
        return httpx.Response(200, json={"job_id": "j", "status": "COMPLETED", "files": [file]})

    transport = httpx.MockTransport(answer)
    with promptforge.connect("k", base_url="http://127.0.0.1", transport=transport) as client:
        listing = promptforge.job(client, "j")._list_links  # a request for the links cannot hold each of the ids
        job_state = JobState(promptforge.SERVICE, client, {"job_id": job_id})
        paths = at_once(download_files(job_state, listing, folder / "here"))
    assert [folder / "here"] == list(folder.iterdir())
    assert paths == list((folder / "here").iterdir())
    assert paths[0].name.isascii()
    assert paths[0].parent == folder / "here"


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
def test_max_bytes_ends_a_download_plain_or_compressed(tmp_path, packed):
    """At max_bytes the download ends after one request, compressed or not; no complete file is left."""
    with serving() as store, finished(store) as job:
        if packed:
            store.body, store.ranges, store.extra = gzip.compress(BODY * 50), False, {"content-encoding": "gzip"}
        for fetch in (lambda: job._download(tmp_path, max_bytes=100_000), lambda: job._results(max_bytes=100_000)):
            store.asked.clear()
            with pytest.raises(errors.DownloadFailed, match="larger than the 100000 bytes that you allow"):
                at_once(fetch())
            assert 1 == len(store.asked)
    kept = {".results-j-001.jsonl.part"} | ({".results-j-001.jsonl.part.version"} if not packed else set())
    assert kept == {path.name for path in tmp_path.iterdir()}
    assert (tmp_path / ".results-j-001.jsonl.part").stat().st_size < 100_000 + (1 << 20)


def test_max_bytes_counts_bytes_of_files_not_of_attempts(tmp_path):
    """Ten broken connections do not use up max_bytes, which limits the sizes of the files."""
    with serving() as store, finished(store) as job:
        store.breaks = 10
        [path] = at_once(job._download(tmp_path, max_bytes=len(BODY)))
        assert BODY == path.read_bytes()
        store.breaks = 2
        assert 399 == len(at_once(job._results(max_bytes=len(BODY))))
        for cap in (0, -1, 1.5, "9", True):
            with pytest.raises(errors.InvalidInput):
                job.download(tmp_path, max_bytes=cap)


@pytest.mark.parametrize("most", [100_000, 5_000])
def test_partial_responses_are_continued_until_the_file_is_complete(tmp_path, most):
    """A 206 may hold any part of the missing bytes: the next request asks for the rest of the file."""

    def some(handler):
        store = handler.server
        wanted = handler.headers["range"]
        store.asked.append(wanted)
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted else 0
        body = store.body[start : start + most]
        place = {"content-range": f"bytes {start}-{start + len(body) - 1}/{len(store.body)}", "etag": '"v1"'}
        return handler.answer(206, body, place)

    with serving() as store, finished(store) as job, pytest.MonkeyPatch.context() as patch:
        patch.setattr(Handler, "file", some)
        [path] = at_once(job._download(tmp_path))
        assert BODY == path.read_bytes()
        assert len(BODY) // most < len(store.asked)
        with pytest.raises(errors.DownloadFailed):  # there is nothing in memory to go on with, nor was a part asked for
            at_once(job._results())


def test_partial_response_without_content_range_is_refused(tmp_path):
    """A 206 without Content-Range is neither taken for the whole file nor written over the partial one."""
    there = BODY[:5000]
    (tmp_path / ".results-j-001.jsonl.part").write_bytes(there)
    with serving() as store, finished(store) as job, pytest.MonkeyPatch.context() as patch:
        patch.setattr(Handler, "file", lambda handler: handler.answer(206, BODY[4000:]))
        with pytest.raises(errors.DownloadFailed):
            at_once(job._download(tmp_path))
    assert there == (tmp_path / ".results-j-001.jsonl.part").read_bytes()
    assert [".results-j-001.jsonl.part"] == [path.name for path in tmp_path.iterdir()]


def test_max_bytes_ends_a_download_of_empty_gzip_members(tmp_path):
    """Empty gzip members hold no byte of the file; what arrives is bounded all the same."""
    with serving() as store, finished(store) as job:
        store.body, store.ranges, store.extra = gzip.compress(b"") * 20_000, False, {"content-encoding": "gzip"}
        for fetch in (lambda: job._download(tmp_path, max_bytes=100_000), lambda: job._results(max_bytes=100_000)):
            with pytest.raises(errors.DownloadFailed, match="larger than the 100000 bytes that you allow"):
                at_once(fetch())
