# Generated from generator/emit/runtime by codegen.py.
"""The client of an API that no document describes."""

from ._keys import KeyPlace
from ._plain_client import PlainClient

__all__ = ["KeyPlace", "PlainClient"]
