"""
Removing link queries from an error body is quadratic in "http://": minutes of CPU, long after the deadline.

Arguments: [KIB]
"""

import sys
import time

from cases.loopback import KEY, Server
from jobwait import fryte

kib = int(sys.argv[1]) if len(sys.argv) > 1 else 64
with (
    Server(lambda *_: (422, {"detail": "http://" * (kib * 1024 // 7)})) as server,
    fryte.connect(KEY, base_url=server.url, request_timeout=2) as client,
):
    began, cpu = time.monotonic(), time.process_time()
    outcome = fryte.job(client, "c3f1c944").outcome(timeout=3)
    took, cpu = time.monotonic() - began, time.process_time() - cpu
    print(f"{kib} KiB of error body, timeout=3: {outcome.state} after {took:.1f} s, CPU {cpu:.1f} s")
