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
class ResultPOI:
    """A charging station that was a candidate.

    Attributes:
        title (None | str | Unset): Name of the station.
        address (None | str | Unset): Street and number.
        distance_from_start (float | None | Unset): Distance from the start of the tour in metres.
        position_lat (float | None | Unset): Latitude of the station in degrees.
        position_lon (float | None | Unset): Longitude of the station in degrees.
        power (float | None | Unset): Charging power in kilowatts.
        detour_from_route (float | None | Unset): Length of the detour in metres.
        section (float | None | Unset): Index of the section that the station belongs to.
        position_lat_route (float | None | Unset): Latitude of the nearest point of the way, in degrees.
        position_lon_route (float | None | Unset): Longitude of the nearest point of the way, in
            degrees.
        poi_id (float | None | Unset): Identifier of the station.
        mapping (float | None | Unset): Identifier of the group of stations.
        represents (float | None | Unset): Whether the station stands for its group.
        poi_crash (float | None | Unset): Whether positions are in conflict.
        opening_time (None | str | Unset): When the station opens, ISO 8601.
        closing_time (None | str | Unset): When the station closes, ISO 8601.
        poi_arrival_time (None | str | Unset): Expected time of arrival, ISO 8601.
        bookable (bool | None | Unset): Whether the station can be booked.
        location_id (None | str | Unset): Identifier of the place with its operator.
    """

    title: None | str | Unset = UNSET
    address: None | str | Unset = UNSET
    distance_from_start: float | None | Unset = UNSET
    position_lat: float | None | Unset = UNSET
    position_lon: float | None | Unset = UNSET
    power: float | None | Unset = UNSET
    detour_from_route: float | None | Unset = UNSET
    section: float | None | Unset = UNSET
    position_lat_route: float | None | Unset = UNSET
    position_lon_route: float | None | Unset = UNSET
    poi_id: float | None | Unset = UNSET
    mapping: float | None | Unset = UNSET
    represents: float | None | Unset = UNSET
    poi_crash: float | None | Unset = UNSET
    opening_time: None | str | Unset = UNSET
    closing_time: None | str | Unset = UNSET
    poi_arrival_time: None | str | Unset = UNSET
    bookable: bool | None | Unset = UNSET
    location_id: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(factory=lambda: {}, kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Copy the additional fields: a model made by attrs.evolve must not share them."""
        self.additional_properties = dict(self.additional_properties)

    def to_dict(self) -> dict[str, Any]:
        """The JSON object of this model."""
        return encode.wire_object(
            {
                **self.additional_properties,
                "title": self.title,
                "address": self.address,
                "distance_from_start": self.distance_from_start,
                "position_lat": self.position_lat,
                "position_lon": self.position_lon,
                "power": self.power,
                "detour_from_route": self.detour_from_route,
                "section": self.section,
                "position_lat_route": self.position_lat_route,
                "position_lon_route": self.position_lon_route,
                "poi_id": self.poi_id,
                "mapping": self.mapping,
                "represents": self.represents,
                "poi_crash": self.poi_crash,
                "opening_time": self.opening_time,
                "closing_time": self.closing_time,
                "poi_arrival_time": self.poi_arrival_time,
                "bookable": self.bookable,
                "location_id": self.location_id,
            }
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The model of the JSON object *src_dict*; DecodeError if it does not match."""
        fields = decode.Fields("ResultPOI", src_dict)
        return cls(
            title=fields.optional("title", decode.nullable(decode.string)),
            address=fields.optional("address", decode.nullable(decode.string)),
            distance_from_start=fields.optional("distance_from_start", decode.nullable(decode.number)),
            position_lat=fields.optional("position_lat", decode.nullable(decode.number)),
            position_lon=fields.optional("position_lon", decode.nullable(decode.number)),
            power=fields.optional("power", decode.nullable(decode.number)),
            detour_from_route=fields.optional("detour_from_route", decode.nullable(decode.number)),
            section=fields.optional("section", decode.nullable(decode.number)),
            position_lat_route=fields.optional("position_lat_route", decode.nullable(decode.number)),
            position_lon_route=fields.optional("position_lon_route", decode.nullable(decode.number)),
            poi_id=fields.optional("poi_id", decode.nullable(decode.number)),
            mapping=fields.optional("mapping", decode.nullable(decode.number)),
            represents=fields.optional("represents", decode.nullable(decode.number)),
            poi_crash=fields.optional("poi_crash", decode.nullable(decode.number)),
            opening_time=fields.optional("opening_time", decode.nullable(decode.string)),
            closing_time=fields.optional("closing_time", decode.nullable(decode.string)),
            poi_arrival_time=fields.optional("poi_arrival_time", decode.nullable(decode.string)),
            bookable=fields.optional("bookable", decode.nullable(decode.boolean)),
            location_id=fields.optional("location_id", decode.nullable(decode.string)),
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
