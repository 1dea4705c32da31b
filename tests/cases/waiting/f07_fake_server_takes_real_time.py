"""FakeServer takes the place of the network, and not of time: code of one's own that waits takes real seconds."""

import time

from cases.loopback import KEY, promptforge_body
from jobwait import promptforge
from jobwait.testing import FakeServer

answers = [promptforge_body(), promptforge_body(), promptforge_body(status="COMPLETED")]
with promptforge.connect(KEY, transport=FakeServer(*answers)) as client:
    began = time.monotonic()
    status = promptforge.job(client, "j1").wait(timeout=3600).status
    print(status, f"{time.monotonic() - began:.1f} s of real time")
