"""Which input ends how in the sandbox, in the words of the command line."""

from typing import Final

ENDINGS: Final = (
    ("freeplay --instructions sandbox-fail", "failed"),
    ("freeplay --instructions sandbox-cancel", "canceled"),
    ("fryte, vehicle_id 000000000001", "failed"),
    ("fryte, vehicle_id 000000000002", "canceled"),
    ("fryte, battery_level_start 0.1", "not drivable, which is a result"),
    ("promptforge --model sandbox-fail", "failed in the middle of the run"),
    ("promptforge --model sandbox-quick", "succeeded in a second"),
    ("promptforge --model sandbox-stuck", "never ends"),
    ("promptforge, a prompt with sandbox-fail", "that prompt fails, the job succeeds"),
)
