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
class ResultAvailableStation:
    """A charging station in the corridor.

    Attributes:
        id (int | None | str): Identifier of the station.
        name (None | str): Name of the station.
        address (None | str): Street and number.
        latitude (float | None): Latitude in degrees.
        longitude (float | None): Longitude in degrees.
        power_available_k_w (float | None): Charging power in kilowatts.
        truck_approved (None | str): T fits a tractor, TT a truck with its trailer as well.
        amenities (None | str): What the place offers; a string here, a list at the stops.
        bookable (bool | None): Whether the station can be booked.
        location_id (None | str): Identifier of the place with its operator.
        uses_company_vehicle_types (bool | None): Whether the company's own vehicle types are used.
        fields_set (frozenset[str]): The names of the fields that came, as in the JSON.
    """

    id: int | None | str = None
    name: None | str = None
    address: None | str = None
    latitude: float | None = None
    longitude: float | None = None
    power_available_k_w: float | None = None
    truck_approved: None | str = None
    amenities: None | str = None
    bookable: bool | None = None
    location_id: None | str = None
    uses_company_vehicle_types: bool | None = None
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
                **models.present(
                    {
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
                    },
                    self.fields_set,
                ),
            }
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The model of the JSON object *src_dict*; DecodeError if it does not match."""
        fields = decode.Fields("ResultAvailableStation", src_dict)
        return cls(
            id=fields.or_none(
                "id", decode.OneOf[int | None | str](decode.integer, decode.string, decode.null)
            ),
            name=fields.or_none("name", decode.nullable(decode.string)),
            address=fields.or_none("address", decode.nullable(decode.string)),
            latitude=fields.or_none("latitude", decode.nullable(decode.number)),
            longitude=fields.or_none("longitude", decode.nullable(decode.number)),
            power_available_k_w=fields.or_none("power_available_kW", decode.nullable(decode.number)),
            truck_approved=fields.or_none("truck_approved", decode.nullable(decode.string)),
            amenities=fields.or_none("amenities", decode.nullable(decode.string)),
            bookable=fields.or_none("bookable", decode.nullable(decode.boolean)),
            location_id=fields.or_none("location_id", decode.nullable(decode.string)),
            uses_company_vehicle_types=fields.or_none(
                "uses_company_vehicle_types", decode.nullable(decode.boolean)
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
