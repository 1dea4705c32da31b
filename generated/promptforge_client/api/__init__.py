# Generated from specs/promptforge/openapi.yaml (sha256 c52426a560fb) by codegen.py; edit the overlay.
"""The operations, one folder for each tag, one module for each operation."""
