# Generated from specs/fryte/openapi.yaml (sha256 00ff016f7cee) by codegen.py; edit the overlay.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import _decode as decode
from .. import _encode as encode
from .. import _models as models
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.poi_info import POIInfo
    from ..models.section_request import SectionRequest


@_attrs_define(repr=False)
class PlannerRequest:
    """A tour to be planned for one truck. Body of plan_tour; Body of submit_job.

    Attributes:
        vehicle_id (str): Identifier of the vehicle, twelve digits.
        battery_level_start (float): State of charge at departure, 1.0 is full. From 0.1 to 1.0.
        section_list (list[SectionRequest]): The sections of the tour, in order.
        poi_info (POIInfo): Which charging stations may be used.
        battery_level_end (float | None | Unset): State of charge wanted at the end. From 0.1 to 0.8.
            Default: 0.2.
        service_time_departure_min (float | None | Unset): Time spent at departure in minutes, part of
            the tour. Default: 0.0.
        start_time_tour (None | str | Unset): Start of the tour, as HH:MM:SS or ISO 8601. Matches ^([01]
            [0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$|^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(T.*)?$.
        include_available_charging_stations (bool | Unset): Whether the result lists every station in
            the corridor. Default: False.
    """

    vehicle_id: str
    battery_level_start: float
    section_list: list[SectionRequest]
    poi_info: POIInfo
    battery_level_end: float | None | Unset = 0.2
    service_time_departure_min: float | None | Unset = 0.0
    start_time_tour: None | str | Unset = UNSET
    include_available_charging_stations: bool | Unset = False
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
                "vehicle_id": self.vehicle_id,
                "battery_level_start": self.battery_level_start,
                "section_list": self.section_list,
                "poi_info": self.poi_info,
                "battery_level_end": self.battery_level_end,
                "service_time_departure_min": self.service_time_departure_min,
                "start_time_tour": self.start_time_tour,
                "include_available_charging_stations": self.include_available_charging_stations,
            }
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The model of the JSON object *src_dict*; DecodeError if it does not match."""
        from ..models.poi_info import POIInfo
        from ..models.section_request import SectionRequest

        fields = decode.Fields("PlannerRequest", src_dict)
        return cls(
            vehicle_id=fields.required("vehicle_id", decode.string),
            battery_level_start=fields.required("battery_level_start", decode.number),
            section_list=fields.required(
                "section_list", decode.list_of(decode.model(SectionRequest.from_dict))
            ),
            poi_info=fields.required("poi_info", decode.model(POIInfo.from_dict)),
            battery_level_end=fields.defaulting("battery_level_end", decode.nullable(decode.number), 0.2),
            service_time_departure_min=fields.defaulting(
                "service_time_departure_min", decode.nullable(decode.number), 0.0
            ),
            start_time_tour=fields.optional("start_time_tour", decode.nullable(decode.string)),
            include_available_charging_stations=fields.defaulting(
                "include_available_charging_stations", decode.boolean, False
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
