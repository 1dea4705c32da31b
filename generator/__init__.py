"""What codegen.py does: typed clients from OpenAPI documents."""
