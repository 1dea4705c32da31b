"""The Python expressions in generated code, which templates print."""
