"""Requests: servers, keys, parameters, bodies and content types."""
