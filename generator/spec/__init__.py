"""Reads an OpenAPI document: load, overlay, shape, repair, discriminators, select, lint, compose, normalise."""
