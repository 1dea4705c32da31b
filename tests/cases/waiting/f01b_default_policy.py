"""The same with the default policy: a wait gives up 76 s into an outage of 150 s. In virtual time."""

from cases.loopback import promptforge_body
from jobwait import promptforge
from jobwait.testing import simulate


def timeline(second):
    """What the service responds at *second*: the outage is from 10 to 160."""
    if 10 < second < 160:
        return 503
    return promptforge_body(status="COMPLETED" if second > 200 else "PROCESSING")


report = simulate(promptforge.SERVICE, timeline)
outcome = report.outcome
print(
    f"at {report.polled_at[-1]:.0f} s: {outcome.state}, {outcome.polls} polls, {outcome.errors} failed; {outcome.error}"
)
