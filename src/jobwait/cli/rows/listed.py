"""The jobs in a service's list as the command prints them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from attrs import frozen

from jobwait.cli.rows.table import Column, age, iso


@frozen
class Listed:
    """A job in a list: its *name*, its *status* in the service's word, and when it was *created*, if that is known."""

    name: str
    status: str
    created: str = ""

    @property
    def age(self) -> str:
        """How long ago it was created; the service's own text where that has no time zone."""
        try:
            moment = datetime.fromisoformat(self.created)
        except ValueError:
            return self.created
        return age(moment) if moment.tzinfo is not None else self.created


def iso_text(moment: object) -> str:
    """A service's time as ISO 8601 in UTC, in whole seconds; its own text as it is where that has no time zone."""
    try:
        found = moment if isinstance(moment, datetime) else datetime.fromisoformat(str(moment or ""))
    except ValueError:
        return str(moment or "")
    return str(moment) if found.tzinfo is None else iso(found)


COLUMNS: Final = (
    Column("job", lambda row: row.name),
    Column("status", lambda row: row.status),
    Column("created", lambda row: row.created, lambda row: row.age),
)
