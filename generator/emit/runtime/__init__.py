"""Modules that are copied unchanged into every generated package."""
