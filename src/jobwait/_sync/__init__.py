"""Locks, wake-ups and background tasks."""
