"""A spec with a discriminator on a base type: Cat and Dog are derived from Pet."""

import json
from typing import Any

PETS = {
    "Pet": {
        "type": "object",
        "required": ["kind"],
        "discriminator": {"propertyName": "kind", "mapping": {"cat": "Cat", "dog": "#/components/schemas/Dog"}},
        "properties": {"kind": {"type": "string"}},
    },
    "Cat": {"allOf": [{"$ref": "#/components/schemas/Pet"}, {"type": "object", "properties": {"age": {}}}]},
    "Dog": {"allOf": [{"$ref": "#/components/schemas/Pet"}, {"type": "object", "properties": {"age": {}}}]},
}
PET, CAT, DOG, TOY = ({"$ref": f"#/components/schemas/{name}"} for name in ("Pet", "Cat", "Dog", "Toy"))


def pets_document() -> dict[str, Any]:
    """A spec whose response is a pet, or a toy with fields that may be pets."""
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Pets", "version": "1"},
        "paths": {
            "/toys/{toy_id}": {
                "get": {
                    "operationId": "get_toy",
                    "tags": ["toys"],
                    "parameters": [{"name": "toy_id", "in": "path", "required": True, "schema": {"type": "string"}}],
                    "responses": {
                        "200": {"description": "", "content": {"application/json": {"schema": PET}}},
                        "202": {"description": "", "content": {"application/json": {"schema": TOY}}},
                    },
                }
            }
        },
        "components": {
            "schemas": {
                **PETS,
                "Toy": {
                    "type": "object",
                    "properties": {
                        "of": {"anyOf": [PET, {"type": "null"}]},
                        "old": {"allOf": [PET], "nullable": True},
                        "all": {"type": "array", "items": PET},
                    },
                },
            }
        },
    }
    copy: dict[str, Any] = json.loads(json.dumps(document))  # no part is shared, as in a document read from a file
    return copy
