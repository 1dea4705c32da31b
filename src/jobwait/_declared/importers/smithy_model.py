"""A Smithy model as JSON: its operations, their errors and inputs, and how its service takes a key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from jobwait._declared.importers.converted import Unsayable

_XML: Final = frozenset({"aws.protocols#restXml", "aws.protocols#awsQuery", "aws.protocols#ec2Query"})


class Model(NamedTuple):
    """The *shapes* of a model, by their ids."""

    shapes: Mapping[str, Any]

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> Model:
        """The model in the JSON *value*."""
        shapes = value.get("shapes")
        listed = shapes.items() if isinstance(shapes, Mapping) else ()
        return cls({name: shape for name, shape in listed if isinstance(shape, Mapping)})

    def operations(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """All operations, by their names without the namespace."""
        for name, shape in self.shapes.items():
            if shape.get("type") == "operation":
                yield local(name), shape

    def target(self, reference: Any) -> Mapping[str, Any]:
        """The shape that *reference*, a member or {target: ID}, is about; empty if the model does not have it."""
        name = reference.get("target", "") if isinstance(reference, Mapping) else ""
        found: Mapping[str, Any] = self.shapes.get(name, {})
        return found

    @property
    def _service(self) -> Mapping[str, Any]:
        return next((one for one in self.shapes.values() if one.get("type") == "service"), {})

    @property
    def answers_in_xml(self) -> bool:
        """Whether the protocol of the service is one whose answers are XML."""
        return bool(_XML & set(self._service.get("traits", {})))

    @property
    def is_signed(self) -> bool:
        """Whether each request is signed."""
        return any(name.startswith("aws.auth#sigv4") for name in self._service.get("traits", {}))

    @property
    def key(self) -> dict[str, Any] | None:
        """The field `key`; None where the service names none that a declaration can have."""
        traits = self._service.get("traits", {})
        if "smithy.api#httpBearerAuth" in traits:
            return {"bearer": True}
        if "smithy.api#httpBasicAuth" in traits:
            return {"basic": True}
        api_key = traits.get("smithy.api#httpApiKeyAuth")
        if not isinstance(api_key, Mapping):
            return None
        if api_key.get("in") == "query":
            return {"query": api_key.get("name")}
        prefix = {"prefix": f"{api_key['scheme']} "} if api_key.get("scheme") else {}
        return {"header": api_key.get("name"), **prefix}

    def required_inputs(self, operation: Mapping[str, Any], trait: str) -> list[str]:
        """What the required members of the input with *trait* are called in the request."""
        members = self.target(operation.get("input")).get("members", {})
        traits = [one.get("traits", {}) for one in members.values()]
        return [str(one[trait]) for one in traits if trait in one and "smithy.api#required" in one]

    def code_of_error(self, operation: Mapping[str, Any], name: str) -> int:
        """The status code of the error *name*, if no other error of *operation* has it; else raises Unsayable."""
        listed = [*operation.get("errors", ()), *self._service.get("errors", ())]
        codes = {local(one["target"]): self._code(self.target(one)) for one in listed}
        code = codes.get(local(name))
        if code is None:
            raise Unsayable(f"matches the error {name}, which the operation does not name")
        if sum(one == code for one in codes.values()) > 1:
            raise Unsayable(f"matches the error {name}, and other errors have its status code {code}")
        return code

    def _code(self, error: Mapping[str, Any]) -> int:
        traits = error.get("traits", {})
        by_fault = 500 if traits.get("smithy.api#error") == "server" else 400
        code: int = traits.get("smithy.api#httpError", by_fault)
        return code


def local(name: str) -> str:
    """The name of a shape without its namespace."""
    return name.rpartition("#")[2]
