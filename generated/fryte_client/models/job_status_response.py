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
class JobStatusResponse:
    """Answer of get_job.

    Example:
        {'job_id': 'c3f1c944-a44c-4c07-ab52-7df7ba94024a', 'optimization_id': 7658, 'status':
        'succeeded', 'tour_id': 7615, 'vehicle_id': '010160700001'}

    Attributes:
        job_id (str): Job identifier (UUID).
        status (str): Job status: queued, running, succeeded, not_drivable, failed, canceled.
        tour_id (int): Tour identifier.
        optimization_id (int | None): Optimization identifier.
        vehicle_id (None | str): Vehicle identifier.
        fields_set (frozenset[str]): The names of the fields that came, as in the JSON.
    """

    job_id: str
    status: str
    tour_id: int
    optimization_id: int | None = None
    vehicle_id: None | str = None
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
                "job_id": self.job_id,
                "status": self.status,
                "tour_id": self.tour_id,
                **models.present(
                    {
                        "optimization_id": self.optimization_id,
                        "vehicle_id": self.vehicle_id,
                    },
                    self.fields_set,
                ),
            }
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The model of the JSON object *src_dict*; DecodeError if it does not match."""
        fields = decode.Fields("JobStatusResponse", src_dict)
        return cls(
            job_id=fields.required("job_id", decode.string),
            status=fields.required("status", decode.string),
            tour_id=fields.required("tour_id", decode.integer),
            optimization_id=fields.or_none("optimization_id", decode.nullable(decode.integer)),
            vehicle_id=fields.or_none("vehicle_id", decode.nullable(decode.string)),
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
