"""What sends requests: httpx and aiohttp."""
