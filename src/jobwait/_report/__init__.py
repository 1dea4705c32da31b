"""An HTML page, in one file, that shows how jobs went."""
