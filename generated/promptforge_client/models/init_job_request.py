# Generated from specs/promptforge/openapi.yaml (sha256 0cf1c9d2980e) by codegen.py; edit the overlay.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import _decode as decode
from .. import _encode as encode
from .. import _models as models
from ..types import UNSET, Unset


@_attrs_define(repr=False)
class InitJobRequest:
    """Body of init_job.

    Attributes:
        provider (str): Who runs the model, one of openai, anthropic, gemini and mistral. Matches
            ^(openai|anthropic|gemini|mistral)$.
        model (str): Name of the model with its provider; not checked when the job is made.
        max_retries (int | Unset): How often a prompt is tried in all, the first attempt included.
            Default: 3.
        rpm (int | None | Unset): Requests a minute that the provider allows; null lets the server find
            out.
        tpm (int | None | Unset): Tokens a minute that the provider allows; null lets the server find
            out.
    """

    provider: str
    model: str
    max_retries: int | Unset = 3
    rpm: int | None | Unset = UNSET
    tpm: int | None | Unset = UNSET
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
                "provider": self.provider,
                "model": self.model,
                "max_retries": self.max_retries,
                "rpm": self.rpm,
                "tpm": self.tpm,
            }
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The model of the JSON object *src_dict*; DecodeError if it does not match."""
        fields = decode.Fields("InitJobRequest", src_dict)
        return cls(
            provider=fields.required("provider", decode.string),
            model=fields.required("model", decode.string),
            max_retries=fields.defaulting("max_retries", decode.integer, 3),
            rpm=fields.optional("rpm", decode.nullable(decode.integer)),
            tpm=fields.optional("tpm", decode.nullable(decode.integer)),
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
