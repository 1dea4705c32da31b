# Generated from specs/fryte/openapi.yaml (sha256 00ff016f7cee) by codegen.py; edit the overlay.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import _decode as decode
from .. import _encode as encode
from ..types import UNSET, Unset


@_attrs_define
class PlannerV2SubmitResponse:
    """The identifiers of a job that was accepted. Answer of submit_job.

    Attributes:
        tour_id (int): Identifier of the tour.
        message (str | Unset): What happened, in words.
        optimization_id (int | None | Unset): Identifier under which the result is read.
        job_id (None | str | Unset): Identifier under which the status is read.
        warnings (list[str] | None | Unset): What the planner has to remark on the request.
    """

    tour_id: int
    message: str | Unset = UNSET
    optimization_id: int | None | Unset = UNSET
    job_id: None | str | Unset = UNSET
    warnings: list[str] | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(factory=lambda: {}, kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Copy the additional fields: a model made by attrs.evolve must not share them."""
        self.additional_properties = dict(self.additional_properties)

    def to_dict(self) -> dict[str, Any]:
        """The JSON object of this model."""
        return encode.wire_object(
            {
                **self.additional_properties,
                "tour_id": self.tour_id,
                "message": self.message,
                "optimization_id": self.optimization_id,
                "job_id": self.job_id,
                "warnings": self.warnings,
            }
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The model of the JSON object *src_dict*; DecodeError if it does not match."""
        fields = decode.Fields("PlannerV2SubmitResponse", src_dict)
        return cls(
            tour_id=fields.required("tour_id", decode.integer),
            message=fields.optional("message", decode.string),
            optimization_id=fields.optional("optimization_id", decode.nullable(decode.integer)),
            job_id=fields.optional("job_id", decode.nullable(decode.string)),
            warnings=fields.optional("warnings", decode.nullable(decode.list_of(decode.string))),
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
