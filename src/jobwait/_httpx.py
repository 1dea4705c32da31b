"""The one place that imports httpx."""

import httpx

__all__ = ["httpx"]
