"""Which updates are news to a log: a display is told of each poll."""

from typing import Any

from jobwait._display.board import JobKey
from jobwait._model.types import Update


class NewsFilter:
    """Remembers what was last told of each job."""

    def __init__(self) -> None:
        self._told: dict[JobKey, tuple[object, ...]] = {}

    def is_news(self, update: Update[Any]) -> bool:
        """Whether *update* tells a change, the first failed poll of an outage, the first answer after it, or a note."""
        key = (update.service, update.job_id)
        facts = (update.state, update.raw_status, update.progress, update.stalled, update.failures > 0)
        if update.terminal:
            self._told.pop(key, None)
            return True
        told, self._told[key] = self._told.get(key), facts
        return told != facts or bool(update.note)
