"""Schemas: references, compositions, directions and discriminators."""
