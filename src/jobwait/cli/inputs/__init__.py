"""What the command submits to each service: its arguments and options, and samples of its files."""
