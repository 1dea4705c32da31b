# Generated from specs/fryte/openapi.yaml (sha256 00ff016f7cee) by codegen.py; edit the overlay.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import _decode as decode
from .. import _encode as encode
from .. import _models as models


@_attrs_define(repr=False)
class PlannerV2SubmitResponse:
    """The identifiers of a job that was accepted. Answer of submit_job.

    Attributes:
        tour_id (int): Identifier of the tour.
        message (str | None): What happened, in words.
        optimization_id (int | None): Identifier under which the result is read.
        job_id (None | str): Identifier under which the status is read.
        warnings (list[str] | None): What the planner has to remark on the request.
        fields_set (frozenset[str]): The names of the fields that came, as in the JSON.
    """

    tour_id: int
    message: str | None = None
    optimization_id: int | None = None
    job_id: None | str = None
    warnings: list[str] | None = None
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
                "tour_id": self.tour_id,
                **models.present(
                    {
                        "message": self.message,
                        "optimization_id": self.optimization_id,
                        "job_id": self.job_id,
                        "warnings": self.warnings,
                    },
                    self.fields_set,
                ),
            }
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The model of the JSON object *src_dict*; DecodeError if it does not match."""
        fields = decode.Fields("PlannerV2SubmitResponse", src_dict)
        return cls(
            tour_id=fields.required("tour_id", decode.integer),
            message=fields.or_none("message", decode.string),
            optimization_id=fields.or_none("optimization_id", decode.nullable(decode.integer)),
            job_id=fields.or_none("job_id", decode.nullable(decode.string)),
            warnings=fields.or_none("warnings", decode.nullable(decode.list_of(decode.string))),
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
