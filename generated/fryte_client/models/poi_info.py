# Generated from specs/fryte/openapi.yaml (sha256 00ff016f7cee) by codegen.py; edit the overlay.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import _decode as decode
from .. import _encode as encode
from .. import _models as models
from ..models.connector_pos import ConnectorPos
from ..models.connector_type import ConnectorType
from ..models.truck_approved import TruckApproved
from ..types import UNSET, Unset


@_attrs_define(repr=False)
class POIInfo:
    """Which charging stations may be used.

    Attributes:
        min_k_w (float | None | Unset): Least charging power in kilowatts.
        max_k_w (float | None | Unset): Greatest charging power in kilowatts.
        cpo (list[str] | None | Unset): Operators to choose from.
        truck_approved (None | TruckApproved | Unset): T fits a tractor, TT a truck with its trailer as
            well.
        connector_type (list[ConnectorType] | None | Unset): Connectors that fit.
        connector_pos (ConnectorPos | None | Unset): Side of the vehicle that has the connector.
        bookable (bool | None | Unset): Whether only stations that can be booked may be used.
    """

    min_k_w: float | None | Unset = UNSET
    max_k_w: float | None | Unset = UNSET
    cpo: list[str] | None | Unset = UNSET
    truck_approved: None | TruckApproved | Unset = UNSET
    connector_type: list[ConnectorType] | None | Unset = UNSET
    connector_pos: ConnectorPos | None | Unset = UNSET
    bookable: bool | None | Unset = UNSET
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
                "min_kW": self.min_k_w,
                "max_kW": self.max_k_w,
                "cpo": self.cpo,
                "truck_approved": self.truck_approved,
                "connector_type": self.connector_type,
                "connector_pos": self.connector_pos,
                "bookable": self.bookable,
            }
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The model of the JSON object *src_dict*; DecodeError if it does not match."""
        fields = decode.Fields("POIInfo", src_dict)
        return cls(
            min_k_w=fields.optional("min_kW", decode.nullable(decode.number)),
            max_k_w=fields.optional("max_kW", decode.nullable(decode.number)),
            cpo=fields.optional("cpo", decode.nullable(decode.list_of(decode.string))),
            truck_approved=fields.optional("truck_approved", decode.nullable(decode.enum(TruckApproved))),
            connector_type=fields.optional(
                "connector_type", decode.nullable(decode.list_of(decode.enum(ConnectorType)))
            ),
            connector_pos=fields.optional("connector_pos", decode.nullable(decode.enum(ConnectorPos))),
            bookable=fields.optional("bookable", decode.nullable(decode.boolean)),
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
