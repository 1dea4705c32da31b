"""Compares what is sent and read: schemas, media types and forms."""
