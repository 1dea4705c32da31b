"""An iterator over updates and its async counterpart, which a service of one's own makes of one operation."""

import inspect

import anyio
import pytest

from jobwait.service import Job, load, stream_pair
from jobwait.testing import FakeServer, virtual_time

DECLARED = {
    "name": "kiln",
    "server": "https://kiln.invalid",
    "poll": {"path": "/firings/{id}"},
    "state": {"path": "state", "running": ["hot"], "succeeded": ["cooled"]},
}


class Kiln:
    """A kiln, which follows a firing until it has cooled."""

    def __init__(self, job: Job):
        self.job = job

    def _follow(self, *, most: float | None = None):
        """The updates of the firing, for at most that time."""
        return self.job.outcome_operation(timeout=most)

    follow, follow_async = stream_pair(_follow)


def followed(way, *said):
    """The states that *way* of a kiln yields when its service says *said*."""
    service = load(DECLARED)

    async def all_of(updates):
        return [update.state async for update in updates]

    server = FakeServer(*({"state": state} for state in said))
    with virtual_time(), service.connect(transport=server) as client:
        updates = getattr(Kiln(service.job(client, "firing-7")), way)(most=60)
        return anyio.run(all_of, updates) if way.endswith("_async") else [update.state for update in updates]


@pytest.mark.parametrize("way", ["follow", "follow_async"])
def test_each_yields_the_updates_of_the_operation(way):
    """A change, and the end; of a job that has ended, one update."""
    assert ["running", "succeeded"] == followed(way, "hot", "cooled")
    assert ["succeeded"] == followed(way, "cooled")


@pytest.mark.parametrize(
    ("way", "returned"),
    [("follow", "Generator[Update, None, None]"), ("follow_async", "AsyncGenerator[Update, None]")],
)
def test_each_has_a_name_a_signature_and_a_text_of_its_own(way, returned):
    """As help() shows it: what people call, and nothing of the operation inside."""
    function = getattr(Kiln, way)
    signature = inspect.signature(function)
    assert (way, f"Kiln.{way}") == (function.__name__, function.__qualname__)
    assert f"(self, *, most: float | None = None) -> {returned!r}" == str(signature)
    assert "The updates of the firing, for at most that time." == inspect.getdoc(function)


@pytest.mark.parametrize("way", ["follow", "follow_async"])
def test_a_misspelled_argument_is_refused_by_the_public_name(way):
    """At the call, before the first update is asked for."""
    with pytest.raises(TypeError, match=rf"Kiln\.{way}\(\) got an unexpected keyword argument 'mots'"):
        getattr(Kiln(None), way)(mots=60)
