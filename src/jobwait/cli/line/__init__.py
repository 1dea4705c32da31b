"""How a command line becomes the call of a command; a plain one is read without typer, which takes long to load."""
