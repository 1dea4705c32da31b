"""Servers that repeat the key in another spelling (JSON escapes, UTF-16): it reaches the texts of errors."""

import gzip
import json
import traceback

from cases.loopback import KEY, Server
from jobwait import fryte

SLASHED = "sk-live-AbCd/EfGh+IjKl=="
BAD, BAD_SLASHED = (json.dumps({"message": f"bad key {key}"}) for key in (KEY, SLASHED))
ESCAPED = "".join(f"\\u{ord(char):04x}" for char in KEY)
RENAMED = json.dumps({"job_id": SLASHED, "tour_id": 1, "status": "succeeded"})


def shown(error):
    """What a crash reporter shows of *error*, without the frame of this script."""
    error.__traceback__ = error.__traceback__.tb_next
    frames = traceback.TracebackException.from_exception(error, capture_locals=True).format()
    return "".join(frames) + repr(vars(error)) + repr(getattr(error.__cause__, "__dict__", ""))


def trial(name, key, body, status=401, **headers):
    """Wait for a job whose server repeats *key* in its *body*."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    with Server(lambda *_: (status, body, headers)) as server, fryte.connect(key, base_url=server.url) as client:
        try:
            fryte.job(client, "c3f1c944").wait(timeout=3)
        except Exception as error:
            leaks = "LEAK" if key in shown(error) else "ok"
            print(f"{name:34}", leaks, "| str:", str(error)[:150] if key in str(error) else "(not in str)")


trial("plain", SLASHED, BAD_SLASHED)
trial("slash as \\/", SLASHED, BAD_SLASHED.replace("/", "\\/"))
trial("plus as \\u002B", SLASHED, BAD_SLASHED.replace("+", "\\u002B"))
trial("all \\u escapes", KEY, f'{{"message": "bad key {ESCAPED}"}}')
trial("utf-16 body", KEY, BAD.encode("utf-16"))
trial("utf-16-le text", KEY, f"bad key {KEY}".encode("utf-16-le"), content_type="text/plain; charset=utf-16-le")
trial("utf-7 text", KEY, f"bad key {KEY}".encode("utf-7"), content_type="text/plain; charset=utf-7")
trial("in another header", KEY, "{}", x_request_id=KEY)
trial("percent", SLASHED, f"bad key {SLASHED}".replace("/", "%2F").replace("+", "%2B"), content_type="text/plain")
trial("gzip body", KEY, gzip.compress(BAD.encode()), content_encoding="gzip")
trial("200, wrong JSON, escaped", SLASHED, json.dumps({"status": [SLASHED]}).replace("/", "\\/"), status=200)
trial("200, as another job's id, escaped", SLASHED, RENAMED.replace("/", "\\/"), status=200)
