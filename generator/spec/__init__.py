"""Reads an OpenAPI document: load, overlay, shape, repair, discriminators, select, plain forms, lint, normalise."""
