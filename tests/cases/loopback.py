"""A server on loopback for the scripts of this folder, and bodies as the three services send them."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).parents[2]
KEY = "sk-CANARY-9f8e7d6c5b4a3210"
UUID = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
TOUR = {
    "vehicle_id": "010160700001",
    "battery_level_start": 0.9,
    "section_list": [{"section_id": "a", "start_pos": [53.55, 10.0], "stop_pos": [52.37, 9.73]}],
    "poi_info": {},
}


def fryte_body(job_id="c3f1c944", status="running", **more):
    """A status of FRYTE."""
    return {"job_id": job_id, "tour_id": 7615, "status": status, **more}


def promptforge_body(job_id="j1", status="PROCESSING", **more):
    """A status of PromptForge."""
    made = {"provider": "openai", "model": "m", "prompt_count": 10, "completed_count": None, "failed_count": None}
    return {"job_id": job_id, "status": status, **made, "created_at": "2026-01-01T00:00:00Z", **more}


def freeplay_body(status="running"):
    """A status of Freeplay."""
    ids = dict.fromkeys(("job_id", "prompt_template_id", "original_version_id"), UUID)
    return {**ids, "status": status, "run_test_after_optimization": True, "created_at": "2026-01-01T00:00:00Z"}


def fryte_id(path):
    """The job's id in the *path* of a status request of FRYTE."""
    return path.split("/")[-1].split("?")[0]


def promptforge_id(path):
    """The job's id in the *path* of a status request of PromptForge."""
    return path.split("/")[3]


class Server:
    """
    A server, for `with`: `url` is its address, `requests` has method, path and headers of each request.

    *answer* is called with these three and gives a status, a body (bytes, text, or JSON) and optionally headers.
    """

    def __init__(self, answer):
        self.requests = []
        seen = self.requests

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # head and body in one packet
            disable_nagle_algorithm = True

            def handle_one_request(self):
                try:
                    super().handle_one_request()
                except OSError:  # the client closed the connection
                    self.close_connection = True

            def log_message(self, *_):
                pass

            def _reply(self):
                self.rfile.read(int(self.headers.get("content-length") or 0))
                request = (self.command, self.path, self.headers)
                seen.append(request)
                status, body, *more = answer(*request)
                if not isinstance(body, bytes):
                    body = (body if isinstance(body, str) else json.dumps(body)).encode()
                headers = {"content-type": "application/json", "content-length": str(len(body))}
                self.send_response(status)
                for name, value in {**headers, **(more[0] if more else {})}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_DELETE = _reply  # noqa: N815 - http.server's names

        class Listener(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128
            block_on_close = False

        self._listener = Listener(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._listener.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self._listener.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self._listener.shutdown()
        self._listener.server_close()


def attempt(label, action):
    """Print *label* and the value of *action*, or the exception that it ended in."""
    try:
        print(f"{label}:", action())
    except BaseException as error:
        print(f"{label}: {type(error).__name__} {error}")
