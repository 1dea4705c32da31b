# Generated from specs/fryte/openapi.yaml (sha256 00ff016f7cee) by codegen.py; edit the overlay.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import _decode as decode
from .. import _encode as encode
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.result_poi_alternative import ResultPOIAlternative


@_attrs_define
class ResultPOISummary:
    """The stop that ends a section.

    Attributes:
        id (int | None | str | Unset): Identifier of the station.
        name (None | str | Unset): Name of the station, Destination at the last stop.
        address (None | str | Unset): Street and number.
        coordinate_lat (float | None | Unset): Latitude in degrees.
        coordinate_lon (float | None | Unset): Longitude in degrees.
        amenities (list[str] | None | Unset): What the place offers; a list here, a string among
            available stations.
        energy_k_wh (float | None | Unset): Energy charged in kilowatt-hours.
        power_available_k_w (float | None | Unset): Charging power in kilowatts.
        charge_time_min (float | None | Unset): Time spent charging in minutes.
        service_time_min (float | None | Unset): Length of the whole stop in minutes.
        arrival_time (float | None | str | Unset): Time of arrival; text is ISO 8601, numbers are found
            in older results.
        additional_stops (bool | None | Unset): Whether there are further stops.
        bookable (bool | None | Unset): Whether the station can be booked.
        location_id (None | str | Unset): Identifier of the place with its operator.
        start_soc (float | None | Unset): State of charge on arrival, 1.0 is full.
        stop_soc (float | None | Unset): State of charge on departure, 1.0 is full.
        alternatives (list[ResultPOIAlternative] | None | Unset): Other stations nearby.
        sec_duration_min (float | None | Unset): Length of the section in minutes.
        sec_energy_consumption_k_whkm (float | None | Unset): Consumption on the section in kilowatt-
            hours for a kilometre.
        sec_length_km (float | None | Unset): Length of the section in kilometres.
    """

    id: int | None | str | Unset = UNSET
    name: None | str | Unset = UNSET
    address: None | str | Unset = UNSET
    coordinate_lat: float | None | Unset = UNSET
    coordinate_lon: float | None | Unset = UNSET
    amenities: list[str] | None | Unset = UNSET
    energy_k_wh: float | None | Unset = UNSET
    power_available_k_w: float | None | Unset = UNSET
    charge_time_min: float | None | Unset = UNSET
    service_time_min: float | None | Unset = UNSET
    arrival_time: float | None | str | Unset = UNSET
    additional_stops: bool | None | Unset = UNSET
    bookable: bool | None | Unset = UNSET
    location_id: None | str | Unset = UNSET
    start_soc: float | None | Unset = UNSET
    stop_soc: float | None | Unset = UNSET
    alternatives: list[ResultPOIAlternative] | None | Unset = UNSET
    sec_duration_min: float | None | Unset = UNSET
    sec_energy_consumption_k_whkm: float | None | Unset = UNSET
    sec_length_km: float | None | Unset = UNSET
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
                "coordinate_lat": self.coordinate_lat,
                "coordinate_lon": self.coordinate_lon,
                "amenities": self.amenities,
                "energy_kWh": self.energy_k_wh,
                "power_available_kW": self.power_available_k_w,
                "charge_time_min": self.charge_time_min,
                "service_time_min": self.service_time_min,
                "arrival_time": self.arrival_time,
                "additional_stops": self.additional_stops,
                "bookable": self.bookable,
                "location_id": self.location_id,
                "start_soc": self.start_soc,
                "stop_soc": self.stop_soc,
                "alternatives": self.alternatives,
                "sec_duration_min": self.sec_duration_min,
                "sec_energy_consumption_kWhkm": self.sec_energy_consumption_k_whkm,
                "sec_length_km": self.sec_length_km,
            }
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The model of the JSON object *src_dict*; DecodeError if it does not match."""
        from ..models.result_poi_alternative import ResultPOIAlternative

        fields = decode.Fields("ResultPOISummary", src_dict)
        return cls(
            id=fields.optional(
                "id", decode.OneOf[int | None | str](decode.integer, decode.string, decode.null)
            ),
            name=fields.optional("name", decode.nullable(decode.string)),
            address=fields.optional("address", decode.nullable(decode.string)),
            coordinate_lat=fields.optional("coordinate_lat", decode.nullable(decode.number)),
            coordinate_lon=fields.optional("coordinate_lon", decode.nullable(decode.number)),
            amenities=fields.optional("amenities", decode.nullable(decode.list_of(decode.string))),
            energy_k_wh=fields.optional("energy_kWh", decode.nullable(decode.number)),
            power_available_k_w=fields.optional("power_available_kW", decode.nullable(decode.number)),
            charge_time_min=fields.optional("charge_time_min", decode.nullable(decode.number)),
            service_time_min=fields.optional("service_time_min", decode.nullable(decode.number)),
            arrival_time=fields.optional(
                "arrival_time", decode.OneOf[float | None | str](decode.number, decode.string, decode.null)
            ),
            additional_stops=fields.optional("additional_stops", decode.nullable(decode.boolean)),
            bookable=fields.optional("bookable", decode.nullable(decode.boolean)),
            location_id=fields.optional("location_id", decode.nullable(decode.string)),
            start_soc=fields.optional("start_soc", decode.nullable(decode.number)),
            stop_soc=fields.optional("stop_soc", decode.nullable(decode.number)),
            alternatives=fields.optional(
                "alternatives", decode.nullable(decode.list_of(decode.model(ResultPOIAlternative.from_dict)))
            ),
            sec_duration_min=fields.optional("sec_duration_min", decode.nullable(decode.number)),
            sec_energy_consumption_k_whkm=fields.optional(
                "sec_energy_consumption_kWhkm", decode.nullable(decode.number)
            ),
            sec_length_km=fields.optional("sec_length_km", decode.nullable(decode.number)),
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
