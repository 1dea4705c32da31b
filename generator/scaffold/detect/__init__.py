"""Finds the job in an unknown document: its status, states, end, result and submission."""
