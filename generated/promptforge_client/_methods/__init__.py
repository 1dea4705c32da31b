# Generated from specs/promptforge/openapi.yaml (sha256 c52426a560fb) by codegen.py; edit the overlay.
"""The operations as methods of a client, by tag."""
