"""The stages of codegen.py, one small module each."""

from generator.effective import effective_spec

__all__ = ["effective_spec"]
