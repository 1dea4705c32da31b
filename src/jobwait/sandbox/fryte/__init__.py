"""FRYTE in the sandbox."""
