"""The vocabulary of declarations: where it is read, and each of its parts, checked."""
