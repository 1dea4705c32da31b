"""Compares two normalised documents and says what the changes mean for callers of the generated client."""
