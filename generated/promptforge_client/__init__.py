# Generated from specs/promptforge/openapi.yaml (sha256 f4664a62ad5f) by codegen.py; edit the overlay.
"""PromptForge API: a typed client, generated."""

from .client import AuthenticatedClient, Client

__all__ = ["AuthenticatedClient", "Client"]
