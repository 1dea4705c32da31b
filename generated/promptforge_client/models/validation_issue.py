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
    from ..models.validation_issue_ctx import ValidationIssueCtx


@_attrs_define(repr=False)
class ValidationIssue:
    """ValidationIssue, as defined in the spec.

    Attributes:
        type_ (str): Kind of the fault.
        loc (list[int | str]): Where it is, from the outside in.
        msg (str): The fault in words.
        input_ (Any | None): What was sent there.
        ctx (ValidationIssueCtx | None): More about the fault.
        fields_set (frozenset[str]): The names of the fields that came, as in the JSON.
    """

    type_: str
    loc: list[int | str]
    msg: str
    input_: Any | None = None
    ctx: ValidationIssueCtx | None = None
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
                "type": self.type_,
                "loc": self.loc,
                "msg": self.msg,
                **models.present(
                    {
                        "input": self.input_,
                        "ctx": self.ctx,
                    },
                    self.fields_set,
                ),
            }
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The model of the JSON object *src_dict*; DecodeError if it does not match."""
        from ..models.validation_issue_ctx import ValidationIssueCtx

        fields = decode.Fields("ValidationIssue", src_dict)
        return cls(
            type_=fields.required("type", decode.string),
            loc=fields.required(
                "loc", decode.list_of(decode.OneOf[int | str](decode.string, decode.integer))
            ),
            msg=fields.required("msg", decode.string),
            input_=fields.or_none("input", decode.anything),
            ctx=fields.or_none("ctx", decode.model(ValidationIssueCtx.from_dict)),
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
