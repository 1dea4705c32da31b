"""Recordings of real jobs: written, read, and replayed under another policy."""
