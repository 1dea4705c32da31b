"""A spec whose operations take keys in every way that OpenAPI has, one operation for each way."""

from typing import Any

SCHEMES = {
    "appKey": {"type": "apiKey", "in": "header", "name": "X-App"},
    "apiKey": {"type": "apiKey", "in": "query", "name": "api key"},
    "session": {"type": "apiKey", "in": "cookie", "name": "sid"},
    "whole": {"type": "apiKey", "in": "header", "name": "Authorization"},
    "login": {"type": "http", "scheme": "basic"},
    "bearer": {"type": "http", "scheme": "Bearer"},
    "oauth": {"type": "oauth2", "flows": {}},
    "words": {"type": "http", "scheme": "ApiKey"},
    "timeout": {"type": "apiKey", "in": "header", "name": "X-Timeout-Key"},
    "certificate": {"type": "mutualTLS"},
    "digest": {"type": "http", "scheme": "digest"},
}
SECURITY: dict[str, list[dict[str, list[str]]]] = {
    "in_header": [{"appKey": []}],
    "in_query": [{"apiKey": []}],
    "in_cookie": [{"session": []}],
    "whole_header": [{"whole": []}],
    "basic": [{"login": []}],
    "oauth": [{"oauth": ["read"]}],
    "own_scheme": [{"words": []}],
    "named_like_an_argument": [{"timeout": []}],
    "both": [{"appKey": [], "apiKey": []}],
    "either": [{"bearer": []}, {"appKey": [], "session": []}],
    "optional": [{}, {"appKey": []}],
    "with_certificate": [{"certificate": [], "appKey": []}],
    "certificate_alone": [{"certificate": []}],
    "handshake": [{"digest": []}],
    "two_in_one_place": [{"bearer": [], "login": []}, {"appKey": []}],
    "public": [],
}


def keys_document(security: dict[str, list[dict[str, list[str]]]] | None = None) -> dict[str, Any]:
    """The spec; *security* by operation, all of SECURITY if left out."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Keys", "version": "1"},
        "servers": [{"url": "https://keys.example"}],
        "paths": {
            f"/{name}": {"get": _operation(name, alternatives)}
            for name, alternatives in (SECURITY if security is None else security).items()
        },
        "components": {"securitySchemes": SCHEMES},
    }


def _operation(name: str, security: list[dict[str, list[str]]]) -> dict[str, Any]:
    query = {"name": "q", "in": "query", "schema": {"type": "string"}}
    cookie = {"name": "c", "in": "cookie", "schema": {"type": "string"}}
    return {
        "operationId": name,
        "tags": ["ways"],
        "security": security,
        "parameters": [query, cookie],
        "responses": {"200": {"description": "", "content": {"application/json": {"schema": {"type": "object"}}}}},
    }
