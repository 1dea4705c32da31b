# Generated from specs/fryte/openapi.yaml (sha256 00ff016f7cee) by codegen.py; edit the overlay.
"""FRYTE Planner API: a typed client, generated."""

from .client import AuthenticatedClient, Client

__all__ = ["AuthenticatedClient", "Client"]
