"""FRYTE, as the sandbox plays it."""
