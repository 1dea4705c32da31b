"""
Proxy variables that httpx cannot read: an exception out of outcome() and wait_all(), even for loopback.

With an IPv6 network in NO_PROXY, the error's hint is wrong.
"""

import os
import subprocess
import sys
from pathlib import Path

from cases.loopback import KEY, Server, attempt, promptforge_body
from jobwait import promptforge, wait_all

VARIABLES = [
    {"ALL_PROXY": "socks5://127.0.0.1:1080"},
    {"all_proxy": "socks://127.0.0.1:1080"},
    {"NO_PROXY": "localhost,127.0.0.1,fe80::/10"},
]
COMMAND = [Path(sys.executable).with_name("jobwait"), "wait", "promptforge:j1", "--timeout", "3s"]


def job():
    """A job of a new client."""
    return promptforge.job(promptforge.connect(KEY, base_url=server.url), "j1")


def shown(outcome):
    """The state and the error of *outcome*."""
    return f"{outcome.state} {outcome.error}"


with Server(lambda *_: (200, promptforge_body(status="COMPLETED"))) as server:
    for variables in VARIABLES:
        for name in ("ALL_PROXY", "all_proxy", "NO_PROXY"):
            os.environ.pop(name, None)
        os.environ |= variables
        attempt(f"{variables} outcome", lambda: shown(job().outcome(timeout=3)))
        attempt(f"{variables} wait_all", lambda: shown(wait_all([job()], timeout=3)[0]))
        service = {"PROMPTFORGE_API_KEY": KEY, "PROMPTFORGE_BASE_URL": server.url}
        done = subprocess.run(COMMAND, env={**os.environ, **service}, capture_output=True, text=True, check=False)
        print("   command:", done.returncode, done.stderr.strip()[-200:])
