"""The file from which a stopped sandbox continues."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_TABLES = """
create table if not exists meta (name text primary key, value text not null);
create table if not exists jobs (service text, n integer, record text not null, primary key (service, n));
create table if not exists uploads (n integer primary key, content blob not null);
"""


class Store:
    """
    Jobs and uploads in one SQLite file: each change is a transaction, so a kill loses nothing and leaves nothing half.

    Without a *path* nothing is stored. *settings* are stored too, and a file with others is refused.
    """

    def __init__(self, path: Path | None, **settings: object) -> None:
        self._db: sqlite3.Connection | None = None
        if path is None:
            return
        # One thread opens it, another one serves.
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("pragma synchronous = off")  # survives a kill; a power failure need not be survived
        self._db.executescript(_TABLES)
        # Ages, API keys and identifiers depend on the settings, so a sandbox with others cannot continue.
        stored = dict(self._db.execute("select name, value from meta"))
        for name, value in ((name, json.dumps(value)) for name, value in settings.items()):
            if stored.setdefault(name, value) != value:
                self.close()
                raise ValueError(f"{path} was made with {name}={stored[name]}, not {value}")
        self._db.executemany("insert or ignore into meta values (?, ?)", list(stored.items()))

    def save(self, service: str, n: int, record: dict[str, Any]) -> None:
        """Store job number *n* of *service*."""
        if self._db:
            self._db.execute("insert or replace into jobs values (?, ?, ?)", (service, n, json.dumps(record)))

    def load(self, service: str) -> Iterator[dict[str, Any]]:
        """The records of *service*, in the order of their numbers."""
        if self._db:
            for (record,) in self._db.execute("select record from jobs where service = ? order by n", (service,)):
                yield json.loads(record)

    def save_upload(self, n: int, content: bytes) -> None:
        """Store the prompts of PromptForge's job number *n*."""
        if self._db:
            self._db.execute("insert or replace into uploads values (?, ?)", (n, content))

    def load_upload(self, n: int) -> bytes:
        """The prompts of PromptForge's job number *n*."""
        row = self._db and self._db.execute("select content from uploads where n = ?", (n,)).fetchone()
        return bytes(row[0]) if row else b""

    def close(self) -> None:
        """Close the file."""
        if self._db:
            self._db.close()
            self._db = None
