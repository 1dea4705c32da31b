"""Keeps what the client cannot express in its plainest honest form; each place is reported."""
