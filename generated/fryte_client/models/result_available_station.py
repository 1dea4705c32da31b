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
class ResultAvailableStation:
    """A charging station in the corridor.

    Attributes:
        id (int | None | str | Unset): Identifier of the station.
        name (None | str | Unset): Name of the station.
        address (None | str | Unset): Street and number.
        latitude (float | None | Unset): Latitude in degrees.
        longitude (float | None | Unset): Longitude in degrees.
        power_available_k_w (float | None | Unset): Charging power in kilowatts.
        truck_approved (None | str | Unset): T fits a tractor, TT a truck with its trailer as well.
        amenities (None | str | Unset): What the place offers; a string here, a list at the stops.
        bookable (bool | None | Unset): Whether the station can be booked.
        location_id (None | str | Unset): Identifier of the place with its operator.
        uses_company_vehicle_types (bool | None | Unset): Whether the company's own vehicle types are
            used.
    """

    id: int | None | str | Unset = UNSET
    name: None | str | Unset = UNSET
    address: None | str | Unset = UNSET
    latitude: float | None | Unset = UNSET
    longitude: float | None | Unset = UNSET
    power_available_k_w: float | None | Unset = UNSET
    truck_approved: None | str | Unset = UNSET
    amenities: None | str | Unset = UNSET
    bookable: bool | None | Unset = UNSET
    location_id: None | str | Unset = UNSET
    uses_company_vehicle_types: bool | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(factory=lambda: {}, kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Copy the additional fields: a model made by attrs.evolve must not share them."""
        self.additional_properties = dict(self.additional_properties)

    def to_dict(self) -> dict[str, Any]:
        """The JSON object of this model."""
        return encode.wire_object(
            {
                **self.additional_properties,
                "id": self.id,
                "name": self.name,
                "address": self.address,
                "latitude": self.latitude,
                "longitude": self.longitude,
                "power_available_kW": self.power_available_k_w,
                "truck_approved": self.truck_approved,
                "amenities": self.amenities,
                "bookable": self.bookable,
                "location_id": self.location_id,
                "uses_company_vehicle_types": self.uses_company_vehicle_types,
            }
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The model of the JSON object *src_dict*; DecodeError if it does not match."""
        fields = decode.Fields("ResultAvailableStation", src_dict)
        return cls(
            id=fields.optional(
                "id", decode.OneOf[int | None | str](decode.integer, decode.string, decode.null)
            ),
            name=fields.optional("name", decode.nullable(decode.string)),
            address=fields.optional("address", decode.nullable(decode.string)),
            latitude=fields.optional("latitude", decode.nullable(decode.number)),
            longitude=fields.optional("longitude", decode.nullable(decode.number)),
            power_available_k_w=fields.optional("power_available_kW", decode.nullable(decode.number)),
            truck_approved=fields.optional("truck_approved", decode.nullable(decode.string)),
            amenities=fields.optional("amenities", decode.nullable(decode.string)),
            bookable=fields.optional("bookable", decode.nullable(decode.boolean)),
            location_id=fields.optional("location_id", decode.nullable(decode.string)),
            uses_company_vehicle_types=fields.optional(
                "uses_company_vehicle_types", decode.nullable(decode.boolean)
            ),
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
