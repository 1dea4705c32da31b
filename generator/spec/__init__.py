"""Reads an OpenAPI document; effective.py runs the steps in order, from a file to one checked, normalised document."""
