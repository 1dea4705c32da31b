"""Jobs in an SQLite file: no job is lost when a process crashes, and several processes share the work."""

from jobwait.tracker.database import TrackerWarning
from jobwait.tracker.rows import Rows, Tracked
from jobwait.tracker.tracker import Tracker

__all__ = ["Rows", "Tracked", "Tracker", "TrackerWarning"]
