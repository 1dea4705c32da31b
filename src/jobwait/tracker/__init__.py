"""Jobs in a file, so that a crash loses nothing: SQLite, nothing to install."""

from jobwait.tracker.tracker import Tracked, Tracker, TrackerWarning

__all__ = ["Tracked", "Tracker", "TrackerWarning"]
