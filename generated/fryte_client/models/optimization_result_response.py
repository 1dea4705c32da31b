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
    from ..models.not_drivable_reason import NotDrivableReason
    from ..models.poi_info import POIInfo
    from ..models.result_available_station import ResultAvailableStation
    from ..models.result_poi import ResultPOI
    from ..models.result_section import ResultSection
    from ..models.toll_summary import TollSummary


@_attrs_define(repr=False)
class OptimizationResultResponse:
    """The plan, or why there is none. Answer of get_result.

    Attributes:
        battery_level_start (float): State of charge at departure, 1.0 is full.
        battery_level_end (float): State of charge at the end, 1.0 is full.
        qualification (str): Driveable or not_drivable; a scale of its own beside status.
        sections (list[ResultSection]): The sections driven; charging stops make more of them than were
            asked for.
        optimization_id (int | None): Identifier of the optimization.
        tour_id (int | None): Identifier of the tour.
        status (str | None): Status of the job, succeeded or not_drivable.
        poi_list (list[ResultPOI] | None): The charging stations that were candidates.
        poi_filter (None | POIInfo): The filter that was applied to stations.
        optimal_departure_time (None | str): When to leave so as to keep all time windows, ISO 8601.
        time_windows_reachable (None | str): The text True, False or Not considered.
        available_charging_stations (list[ResultAvailableStation] | None): Every station in the
            corridor, if asked for.
        not_drivable_reason (None | NotDrivableReason): Why the tour cannot be driven.
        toll_summary (list[TollSummary] | None): Tolls, summed by system.
        fields_set (frozenset[str]): The names of the fields that came, as in the JSON.
    """

    battery_level_start: float
    battery_level_end: float
    qualification: str
    sections: list[ResultSection]
    optimization_id: int | None = None
    tour_id: int | None = None
    status: str | None = None
    poi_list: list[ResultPOI] | None = None
    poi_filter: None | POIInfo = None
    optimal_departure_time: None | str = None
    time_windows_reachable: None | str = None
    available_charging_stations: list[ResultAvailableStation] | None = None
    not_drivable_reason: None | NotDrivableReason = None
    toll_summary: list[TollSummary] | None = None
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
                "battery_level_start": self.battery_level_start,
                "battery_level_end": self.battery_level_end,
                "qualification": self.qualification,
                "sections": self.sections,
                **models.present(
                    {
                        "optimization_id": self.optimization_id,
                        "tour_id": self.tour_id,
                        "status": self.status,
                        "poi_list": self.poi_list,
                        "poi_filter": self.poi_filter,
                        "optimal_departure_time": self.optimal_departure_time,
                        "time_windows_reachable": self.time_windows_reachable,
                        "available_charging_stations": self.available_charging_stations,
                        "not_drivable_reason": self.not_drivable_reason,
                        "toll_summary": self.toll_summary,
                    },
                    self.fields_set,
                ),
            }
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The model of the JSON object *src_dict*; DecodeError if it does not match."""
        from ..models.not_drivable_reason import NotDrivableReason
        from ..models.poi_info import POIInfo
        from ..models.result_available_station import ResultAvailableStation
        from ..models.result_poi import ResultPOI
        from ..models.result_section import ResultSection
        from ..models.toll_summary import TollSummary

        fields = decode.Fields("OptimizationResultResponse", src_dict)
        return cls(
            battery_level_start=fields.required("battery_level_start", decode.number),
            battery_level_end=fields.required("battery_level_end", decode.number),
            qualification=fields.required("qualification", decode.string),
            sections=fields.required("sections", decode.list_of(decode.model(ResultSection.from_dict))),
            optimization_id=fields.or_none("optimization_id", decode.integer),
            tour_id=fields.or_none("tour_id", decode.integer),
            status=fields.or_none("status", decode.string),
            poi_list=fields.or_none("poi_list", decode.list_of(decode.model(ResultPOI.from_dict))),
            poi_filter=fields.or_none("poi_filter", decode.nullable(decode.model(POIInfo.from_dict))),
            optimal_departure_time=fields.or_none("optimal_departure_time", decode.nullable(decode.string)),
            time_windows_reachable=fields.or_none("time_windows_reachable", decode.nullable(decode.string)),
            available_charging_stations=fields.or_none(
                "available_charging_stations",
                decode.nullable(decode.list_of(decode.model(ResultAvailableStation.from_dict))),
            ),
            not_drivable_reason=fields.or_none(
                "not_drivable_reason", decode.nullable(decode.model(NotDrivableReason.from_dict))
            ),
            toll_summary=fields.or_none(
                "toll_summary", decode.nullable(decode.list_of(decode.model(TollSummary.from_dict)))
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
