"""How openapi-python-client reads a document for us."""
