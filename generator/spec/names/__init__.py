"""Names: operations, components and values get names that Python and callers can use."""
