# Generated from specs/promptforge/openapi.yaml (sha256 0cf1c9d2980e) by codegen.py; edit the overlay.
"""The operations of one tag."""
