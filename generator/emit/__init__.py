"""Writes the package of one client from one normalised document."""
