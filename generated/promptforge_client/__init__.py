# Generated from specs/promptforge/openapi.yaml (sha256 c52426a560fb) by codegen.py; edit the overlay.
"""PromptForge API: a typed client, generated."""

from .client import AuthenticatedClient, Client

__all__ = ["AuthenticatedClient", "Client"]
