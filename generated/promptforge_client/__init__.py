# Generated from specs/promptforge/openapi.yaml (sha256 0cf1c9d2980e) by codegen.py; edit the overlay.
"""PromptForge API: a typed client, generated."""

from .client import AuthenticatedClient, Client

__all__ = ["AuthenticatedClient", "Client"]
