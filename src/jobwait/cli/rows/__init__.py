"""Rows of jobs as the command prints them: a table with ages on a terminal, lines with tabs in a pipe."""
