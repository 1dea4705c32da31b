# Generated from specs/fryte/openapi.yaml (sha256 00ff016f7cee) by codegen.py; edit the overlay.
"""The operations, one folder for each tag, one module for each operation."""
