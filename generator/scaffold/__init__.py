"""Adds a service from a spec (`codegen.py add`): finds its job operations and writes a first draft of its files."""
