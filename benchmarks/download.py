"""
What a result of a gigabyte costs: memory while it is downloaded and merged, over connections that break.

    python benchmarks/download.py [MEGABYTES] [BREAKS]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FILES = 4  # fetched beside each other
WIDTH = 1024  # bytes of a line, its end included
CHUNK = 1024  # lines that the server makes at once


def line(number: int) -> bytes:
    """Line *number* of the result, always as long."""
    head = b'{"prompt_id": %d, "response": "' % number
    return head + b"x" * (WIDTH - len(head) - 3) + b'"}\n'


def serve(megabytes: int, breaks: int) -> ThreadingHTTPServer:
    """A service with one finished job whose files have so many *megabytes*; its first *breaks* connections break."""
    size = (megabytes << 20) // FILES
    left = [breaks]

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing."""

        def do_GET(self) -> None:
            """The list of files, or the file from where it is wanted."""
            if not self.path.startswith("/file"):
                here, when = f"http://127.0.0.1:{server.server_port}/file", "2026-01-01T00:00:00Z"
                files = [
                    {"filename": "r.jsonl", "url": f"{here}/{number}", "expires_at": when} for number in range(FILES)
                ]
                self._head(
                    200, len(body := json.dumps({"job_id": "j", "status": "COMPLETED", "files": files}).encode())
                )
                self.wfile.write(body)
                return
            start = int((self.headers["range"] or "bytes=0-")[6:-1])
            stop, before = size, int(self.path.rpartition("/")[2]) * (size // WIDTH)  # lines of the files before it
            if left[0]:
                left[0] -= 1
                stop = min(size, start + size // (breaks + 1))
            self._head(206 if start else 200, size - start, f"bytes {start}-{size - 1}/{size}")
            while start < stop:
                first = start // WIDTH
                block = b"".join(line(before + number) for number in range(first, first + CHUNK))[start % WIDTH :]
                start += self.wfile.write(block[: stop - start])
            self.close_connection = True

        def _head(self, status: int, length: int, span: str = "") -> None:
            self.send_response(status)
            self.send_header("content-length", str(length))
            if status == 206:
                self.send_header("content-range", span)
            self.end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    return server


CLIENT = """
import resource, sys, time
from jobwait import promptforge
folder, url = sys.argv[1:]
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
with promptforge.connect("k", base_url=url) as client:
    job = promptforge.job(client, "j")
    before, began = peak(), time.monotonic()
    paths = job.download(folder + "/parts")
    loaded, took = peak(), time.monotonic() - began
    made = promptforge.merge(paths, folder + "/results.jsonl")
    merged, whole = peak(), time.monotonic() - began
size = sum(path.stat().st_size for path in paths)
print(size, made.answers, *(f"{value:.1f}" for value in (before, loaded, merged, took, whole)))
"""


def main(megabytes: int = 1024, breaks: int = 10) -> None:
    """Run both sides and print the figures."""
    with serve(megabytes, breaks) as server, tempfile.TemporaryDirectory(prefix="jobwait-bench-") as folder:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        url, began = f"http://127.0.0.1:{server.server_port}", time.monotonic()
        done = subprocess.run(
            [sys.executable, "-c", CLIENT, folder, url], capture_output=True, text=True, check=False, env=os.environ
        )
        server.shutdown()
        assert done.returncode == 0, done.stderr
        size, answers, before, loaded, merged, took, whole = done.stdout.split()
    assert (int(size), int(answers)) == (megabytes << 20, megabytes << 10), "a byte is missing"
    print(f"{megabytes} MiB over {breaks} broken connections: {took} s, whole, {FILES} files, {answers} answers")
    print(f"peak memory: {before} MiB before, {loaded} MiB after the download, {merged} MiB after merge()")
    print(f"in all {whole} s of {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
