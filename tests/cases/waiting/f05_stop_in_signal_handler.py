"""
job.stop() in a signal handler of the main thread: now and then it waits for ever for a lock of its own thread.

A traceback of all threads is printed then. Arguments: [SECONDS]
"""

import faulthandler
import random
import signal
import sys
import time

from cases.loopback import KEY, promptforge_body
from jobwait import Policy, promptforge
from jobwait.testing import FakeServer

client = promptforge.connect(KEY, transport=FakeServer(promptforge_body()))
policy = Policy(interval=0.001, min_interval=0.001, timeout=5)
end, waits = time.monotonic() + float(sys.argv[1] if len(sys.argv) > 1 else 30), 0
while time.monotonic() < end:
    job = promptforge.job(client, "j1")
    waits += 1
    signal.signal(signal.SIGALRM, lambda *_, job=job: job.stop())
    signal.setitimer(signal.ITIMER_REAL, random.uniform(0.03, 0.08))  # once, in the middle of a wait
    faulthandler.dump_traceback_later(10, exit=True)
    job.outcome(policy=policy)
    faulthandler.cancel_dump_traceback_later()
print("no deadlock in", waits, "waits")
