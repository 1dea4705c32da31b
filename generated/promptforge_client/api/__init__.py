# Generated from specs/promptforge/openapi.yaml (sha256 f4664a62ad5f) by codegen.py; edit the overlay.
"""The operations, one folder for each tag, one module for each operation."""
