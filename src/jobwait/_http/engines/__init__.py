"""What carries requests: httpx and aiohttp."""
