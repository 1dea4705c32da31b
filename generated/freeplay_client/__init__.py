# Generated from specs/freeplay/openapi.yaml (sha256 7b078dc6642b) by codegen.py; edit the overlay.
"""Freeplay API: a typed client, generated."""

from .client import AuthenticatedClient, Client

__all__ = ["AuthenticatedClient", "Client"]
