# Generated from specs/fryte/openapi.yaml (sha256 00ff016f7cee) by codegen.py; edit the overlay.
"""The operations of one tag."""
