"""Progress displays: what they say, and three outputs for it (terminal, pipe, notebook)."""
