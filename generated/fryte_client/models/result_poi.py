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
class ResultPOI:
    """A charging station that was a candidate.

    Attributes:
        title (None | str): Name of the station.
        address (None | str): Street and number.
        distance_from_start (float | None): Distance from the start of the tour in metres.
        position_lat (float | None): Latitude of the station in degrees.
        position_lon (float | None): Longitude of the station in degrees.
        power (float | None): Charging power in kilowatts.
        detour_from_route (float | None): Length of the detour in metres.
        section (float | None): Index of the section that the station belongs to.
        position_lat_route (float | None): Latitude of the nearest point of the way, in degrees.
        position_lon_route (float | None): Longitude of the nearest point of the way, in degrees.
        poi_id (float | None): Identifier of the station.
        mapping (float | None): Identifier of the group of stations.
        represents (float | None): Whether the station stands for its group.
        poi_crash (float | None): Whether positions are in conflict.
        opening_time (None | str): When the station opens, ISO 8601.
        closing_time (None | str): When the station closes, ISO 8601.
        poi_arrival_time (None | str): Expected time of arrival, ISO 8601.
        bookable (bool | None): Whether the station can be booked.
        location_id (None | str): Identifier of the place with its operator.
        fields_set (frozenset[str]): The names of the fields that came, as in the JSON.
    """

    title: None | str = None
    address: None | str = None
    distance_from_start: float | None = None
    position_lat: float | None = None
    position_lon: float | None = None
    power: float | None = None
    detour_from_route: float | None = None
    section: float | None = None
    position_lat_route: float | None = None
    position_lon_route: float | None = None
    poi_id: float | None = None
    mapping: float | None = None
    represents: float | None = None
    poi_crash: float | None = None
    opening_time: None | str = None
    closing_time: None | str = None
    poi_arrival_time: None | str = None
    bookable: bool | None = None
    location_id: None | str = None
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
                    },
                    self.fields_set,
                ),
            }
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The model of the JSON object *src_dict*; DecodeError if it does not match."""
        fields = decode.Fields("ResultPOI", src_dict)
        return cls(
            title=fields.or_none("title", decode.nullable(decode.string)),
            address=fields.or_none("address", decode.nullable(decode.string)),
            distance_from_start=fields.or_none("distance_from_start", decode.nullable(decode.number)),
            position_lat=fields.or_none("position_lat", decode.nullable(decode.number)),
            position_lon=fields.or_none("position_lon", decode.nullable(decode.number)),
            power=fields.or_none("power", decode.nullable(decode.number)),
            detour_from_route=fields.or_none("detour_from_route", decode.nullable(decode.number)),
            section=fields.or_none("section", decode.nullable(decode.number)),
            position_lat_route=fields.or_none("position_lat_route", decode.nullable(decode.number)),
            position_lon_route=fields.or_none("position_lon_route", decode.nullable(decode.number)),
            poi_id=fields.or_none("poi_id", decode.nullable(decode.number)),
            mapping=fields.or_none("mapping", decode.nullable(decode.number)),
            represents=fields.or_none("represents", decode.nullable(decode.number)),
            poi_crash=fields.or_none("poi_crash", decode.nullable(decode.number)),
            opening_time=fields.or_none("opening_time", decode.nullable(decode.string)),
            closing_time=fields.or_none("closing_time", decode.nullable(decode.string)),
            poi_arrival_time=fields.or_none("poi_arrival_time", decode.nullable(decode.string)),
            bookable=fields.or_none("bookable", decode.nullable(decode.boolean)),
            location_id=fields.or_none("location_id", decode.nullable(decode.string)),
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
