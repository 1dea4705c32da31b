# Generated from specs/fryte/openapi.yaml (sha256 00ff016f7cee) by codegen.py; edit the overlay.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import _decode as decode
from .. import _encode as encode
from .. import _models as models

if TYPE_CHECKING:
    from ..models.result_poi_alternative import ResultPOIAlternative


@_attrs_define(repr=False)
class ResultPOISummary:
    """The stop that ends a section.

    Attributes:
        id (int | None | str): Identifier of the station.
        name (None | str): Name of the station, Destination at the last stop.
        address (None | str): Street and number.
        coordinate_lat (float | None): Latitude in degrees.
        coordinate_lon (float | None): Longitude in degrees.
        amenities (list[str] | None): What the place offers; a list here, a string among available
            stations.
        energy_k_wh (float | None): Energy charged in kilowatt-hours.
        power_available_k_w (float | None): Charging power in kilowatts.
        charge_time_min (float | None): Time spent charging in minutes.
        service_time_min (float | None): Length of the whole stop in minutes.
        arrival_time (float | None | str): Time of arrival; text is ISO 8601, numbers are found in older
            results.
        additional_stops (bool | None): Whether there are further stops.
        bookable (bool | None): Whether the station can be booked.
        location_id (None | str): Identifier of the place with its operator.
        start_soc (float | None): State of charge on arrival, 1.0 is full.
        stop_soc (float | None): State of charge on departure, 1.0 is full.
        alternatives (list[ResultPOIAlternative] | None): Other stations nearby.
        sec_duration_min (float | None): Length of the section in minutes.
        sec_energy_consumption_k_whkm (float | None): Consumption on the section in kilowatt-hours for a
            kilometre.
        sec_length_km (float | None): Length of the section in kilometres.
        fields_set (frozenset[str]): The names of the fields that came, as in the JSON.
    """

    id: int | None | str = None
    name: None | str = None
    address: None | str = None
    coordinate_lat: float | None = None
    coordinate_lon: float | None = None
    amenities: list[str] | None = None
    energy_k_wh: float | None = None
    power_available_k_w: float | None = None
    charge_time_min: float | None = None
    service_time_min: float | None = None
    arrival_time: float | None | str = None
    additional_stops: bool | None = None
    bookable: bool | None = None
    location_id: None | str = None
    start_soc: float | None = None
    stop_soc: float | None = None
    alternatives: list[ResultPOIAlternative] | None = None
    sec_duration_min: float | None = None
    sec_energy_consumption_k_whkm: float | None = None
    sec_length_km: float | None = None
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
                    },
                    self.fields_set,
                ),
            }
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The model of the JSON object *src_dict*; DecodeError if it does not match."""
        from ..models.result_poi_alternative import ResultPOIAlternative

        fields = decode.Fields("ResultPOISummary", src_dict)
        return cls(
            id=fields.or_none(
                "id", decode.OneOf[int | None | str](decode.integer, decode.string, decode.null)
            ),
            name=fields.or_none("name", decode.nullable(decode.string)),
            address=fields.or_none("address", decode.nullable(decode.string)),
            coordinate_lat=fields.or_none("coordinate_lat", decode.nullable(decode.number)),
            coordinate_lon=fields.or_none("coordinate_lon", decode.nullable(decode.number)),
            amenities=fields.or_none("amenities", decode.nullable(decode.list_of(decode.string))),
            energy_k_wh=fields.or_none("energy_kWh", decode.nullable(decode.number)),
            power_available_k_w=fields.or_none("power_available_kW", decode.nullable(decode.number)),
            charge_time_min=fields.or_none("charge_time_min", decode.nullable(decode.number)),
            service_time_min=fields.or_none("service_time_min", decode.nullable(decode.number)),
            arrival_time=fields.or_none(
                "arrival_time", decode.OneOf[float | None | str](decode.number, decode.string, decode.null)
            ),
            additional_stops=fields.or_none("additional_stops", decode.nullable(decode.boolean)),
            bookable=fields.or_none("bookable", decode.nullable(decode.boolean)),
            location_id=fields.or_none("location_id", decode.nullable(decode.string)),
            start_soc=fields.or_none("start_soc", decode.nullable(decode.number)),
            stop_soc=fields.or_none("stop_soc", decode.nullable(decode.number)),
            alternatives=fields.or_none(
                "alternatives", decode.nullable(decode.list_of(decode.model(ResultPOIAlternative.from_dict)))
            ),
            sec_duration_min=fields.or_none("sec_duration_min", decode.nullable(decode.number)),
            sec_energy_consumption_k_whkm=fields.or_none(
                "sec_energy_consumption_kWhkm", decode.nullable(decode.number)
            ),
            sec_length_km=fields.or_none("sec_length_km", decode.nullable(decode.number)),
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
