"""Reads an OpenAPI document: load, overlay, shape, repair, discriminators, select, lint, normalise, in this order."""
