# Generated from specs/promptforge/openapi.yaml (sha256 0cf1c9d2980e) by codegen.py; edit the overlay.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import _decode as decode
from .. import _encode as encode
from .. import _models as models

if TYPE_CHECKING:
    from ..models.validation_issue import ValidationIssue


@_attrs_define(repr=False)
class ValidationProblem:
    """ValidationProblem, as defined in the spec.

    Attributes:
        detail (list[ValidationIssue] | str): What is wrong, in a sentence or fault by fault.
    """

    detail: list[ValidationIssue] | str
    fields_set: frozenset[str] = _attrs_field(default=frozenset(), kw_only=True, eq=False, repr=False)
    additional_properties: dict[str, Any] = _attrs_field(factory=lambda: {}, kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Copy the additional fields: a model made by attrs.evolve must not share them."""
        self.additional_properties = self.additional_properties.copy()

    def __repr__(self) -> str:
        return models.described(self)

    def to_dict(self) -> dict[str, Any]:
        """The JSON object of this model."""
        return encode.wire_object(
            {
                **self.additional_properties,
                "detail": self.detail,
            }
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The model of the JSON object *src_dict*; DecodeError if it does not match."""
        from ..models.validation_issue import ValidationIssue

        fields = decode.Fields("ValidationProblem", src_dict)
        return cls(
            detail=fields.required(
                "detail",
                decode.OneOf[list[ValidationIssue] | str](
                    decode.string, decode.list_of(decode.model(ValidationIssue.from_dict))
                ),
            ),
            fields_set=frozenset(src_dict),
            additional_properties=fields.rest(decode.anything),
        )

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
