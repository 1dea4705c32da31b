"""The rules of polling, without I/O and without a clock."""
