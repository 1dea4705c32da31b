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
class JobListResponse:
    """One job of the list. Answer of list_jobs.

    Attributes:
        optimization_id (int): Identifier under which the result is read.
        job_id (str): Identifier under which the status is read.
        date_created (str): When the job was made, ISO 8601.
        last_update (str): When its status last changed, ISO 8601.
        status (str): queued, running, succeeded, not_drivable, failed or canceled.
    """

    optimization_id: int
    job_id: str
    date_created: str
    last_update: str
    status: str
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
                "optimization_id": self.optimization_id,
                "job_id": self.job_id,
                "date_created": self.date_created,
                "last_update": self.last_update,
                "status": self.status,
            }
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The model of the JSON object *src_dict*; DecodeError if it does not match."""
        fields = decode.Fields("JobListResponse", src_dict)
        return cls(
            optimization_id=fields.required("optimization_id", decode.integer),
            job_id=fields.required("job_id", decode.string),
            date_created=fields.required("date_created", decode.string),
            last_update=fields.required("last_update", decode.string),
            status=fields.required("status", decode.string),
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
