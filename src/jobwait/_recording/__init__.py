"""Recorded polls of real jobs: in memory, and in files without secrets."""
