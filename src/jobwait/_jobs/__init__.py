"""Handles on jobs, the drivers of the rules, tokens and the registry of services."""
