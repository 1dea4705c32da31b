"""An `on_update` that shows progress, and so is told more than one that a user gives."""

from collections.abc import Callable
from typing import Any

from attrs import frozen

from jobwait._model.types import Update


@frozen(eq=False)
class Display:
    """
    An `on_update` that shows progress: *show* is called after each poll, *then* only with changes, as any `on_update`.

    moved: called with the service, the job's id and the seconds to its next poll: before the first one of a wait, and
    if a fleet moves one, as a list of jobs or the service's queue makes it needless. open, close: called when the wait
    begins, and once it has ended, however that was.
    """

    show: Callable[[Update[Any]], object]
    then: Callable[[Update[Any]], object] | None = None
    moved: Callable[[str, str, float], object] = lambda _service, _job_id, _seconds: None
    open: Callable[[], object] = lambda: None
    close: Callable[[], object] = lambda: None

    def __call__(self, update: Update[Any]) -> object:
        self.show(update)
        return None if self.then is None else self.then(update)
