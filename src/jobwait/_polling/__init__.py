"""The rules of polling: no I/O and no clock."""
