# Generated from specs/promptforge/openapi.yaml (sha256 f4664a62ad5f) by codegen.py; edit the overlay.
"""The operations of one tag."""
