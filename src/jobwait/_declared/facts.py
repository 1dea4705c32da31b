"""The fields of a Service that a declaration gives as they are, whatever client makes the requests."""

from __future__ import annotations

from typing import Any

from jobwait._declared.vocabulary.declaration import Declaration
from jobwait._model.policy import PollingDefaults


def facts_of(declared: Declaration) -> dict[str, Any]:
    """The fields by name."""
    state, upper = declared.state, declared.name.upper().replace("-", "_")
    own_id = declared.own_id
    optional = {
        "progress": declared.progress,
        "size": declared.size,
        "hint": declared.hint,
        "time_left": declared.time_left,
        "limit": declared.limit,
        "serial_queue": declared.queue,
        "judge": state.judge if state.rules else None,
        "job_id_of": None if own_id is None else own_id.first,
    }
    return {
        "name": declared.name,
        "id": declared.ids[-1],
        "status": lambda answer: state.word(answer) or state.missing,
        "statuses": state.words,
        "missing_status": state.missing,
        "live_statuses": not state.others_live,
        "reason": declared.reason,
        "retry": declared.retry,
        "has_queue_phase": declared.queue is not None,
        "link_hosts": declared.hosts,
        "defaults": PollingDefaults(
            timeout=declared.timeout,
            interval=declared.interval,
            first_interval=declared.first,
            min_interval=min(1.0, declared.interval),
        ),
        "key_variable": f"{upper}_API_KEY" if declared.key else "",
        "url_variable": f"{upper}_BASE_URL",
        **{name: value for name, value in optional.items() if value is not None},
    }
