# Generated from specs/fryte/openapi.yaml (sha256 00ff016f7cee) by codegen.py; edit the overlay.
# mypy: disable-error-code="misc"
"""The JSON bodies that are sent and received, as TypedDicts."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict


class JobStatusResponse(TypedDict):
    job_id: str
    """
    Job identifier (UUID).
    """
    optimization_id: NotRequired[int | None]
    """
    Optimization identifier.
    """
    status: str
    """
    Job status: queued, running, succeeded, not_drivable, failed, canceled.
    """
    tour_id: int
    """
    Tour identifier.
    """
    vehicle_id: NotRequired[str | None]
    """
    Vehicle identifier.
    """


class ValidationError(TypedDict):
    loc: list[str | int]
    msg: str
    type: str


StartPo: TypeAlias = float


StopPo: TypeAlias = float


class SectionRequest(TypedDict):
    """
    One section of a tour; give positions or a polyline.
    """

    section_id: NotRequired[str | None]
    """
    The caller's name for the section.
    """
    polyline: NotRequired[str | None]
    """
    The way to drive, as a HERE flexible polyline.
    """
    start_pos: NotRequired[list[StartPo] | None]
    """
    Latitude and longitude in degrees.
    """
    stop_pos: NotRequired[list[StopPo] | None]
    """
    Latitude and longitude in degrees.
    """
    payload_kg: NotRequired[float | None]
    """
    Payload in kilograms.
    """
    opening_time: NotRequired[list[str] | None]
    """
    Opening times at the end of the section, each hh:mm:ss.
    """
    power_available_kW: NotRequired[float | None]
    """
    Charging power at the end of the section in kilowatts.
    """
    service_time_min: NotRequired[float | None]
    """
    Time spent at the end of the section in minutes.
    """


TruckApproved: TypeAlias = Literal["T", "TT"]


ConnectorType: TypeAlias = Literal["MCS", "CCS"]


ConnectorPos: TypeAlias = Literal["LEFT", "RIGHT"]


class JobListResponse(TypedDict):
    """
    One job of the list.
    """

    optimization_id: int
    """
    Identifier under which the result is read.
    """
    job_id: str
    """
    Identifier under which the status is read.
    """
    date_created: str
    """
    When the job was made, ISO 8601.
    """
    last_update: str
    """
    When its status last changed, ISO 8601.
    """
    status: str
    """
    queued, running, succeeded, not_drivable, failed or canceled.
    """


class PlannerV2SubmitResponse(TypedDict):
    """
    The identifiers of a job that was accepted.
    """

    message: NotRequired[str]
    """
    What happened, in words.
    """
    tour_id: int
    """
    Identifier of the tour.
    """
    optimization_id: NotRequired[int | None]
    """
    Identifier under which the result is read.
    """
    job_id: NotRequired[str | None]
    """
    Identifier under which the status is read.
    """
    warnings: NotRequired[list[str] | None]
    """
    What the planner has to remark on the request.
    """


class PlannerResponse(TypedDict):
    """
    The plan; sections, poi_list and qualification among others, as in an OptimizationResultResponse without its identifiers.
    """


class ResultPOIAlternative(TypedDict):
    """
    Another station near a chosen one.
    """

    name: NotRequired[str | None]
    """
    Name of the station.
    """
    address: NotRequired[str | None]
    """
    Street and number.
    """
    coordinate_lat: NotRequired[float | None]
    """
    Latitude in degrees.
    """
    coordinate_lon: NotRequired[float | None]
    """
    Longitude in degrees.
    """


class ResultPOI(TypedDict):
    """
    A charging station that was a candidate.
    """

    title: NotRequired[str | None]
    """
    Name of the station.
    """
    address: NotRequired[str | None]
    """
    Street and number.
    """
    distance_from_start: NotRequired[float | None]
    """
    Distance from the start of the tour in metres.
    """
    position_lat: NotRequired[float | None]
    """
    Latitude of the station in degrees.
    """
    position_lon: NotRequired[float | None]
    """
    Longitude of the station in degrees.
    """
    power: NotRequired[float | None]
    """
    Charging power in kilowatts.
    """
    detour_from_route: NotRequired[float | None]
    """
    Length of the detour in metres.
    """
    section: NotRequired[float | None]
    """
    Index of the section that the station belongs to.
    """
    position_lat_route: NotRequired[float | None]
    """
    Latitude of the nearest point of the way, in degrees.
    """
    position_lon_route: NotRequired[float | None]
    """
    Longitude of the nearest point of the way, in degrees.
    """
    poi_id: NotRequired[float | None]
    """
    Identifier of the station.
    """
    mapping: NotRequired[float | None]
    """
    Identifier of the group of stations.
    """
    represents: NotRequired[float | None]
    """
    Whether the station stands for its group.
    """
    poi_crash: NotRequired[float | None]
    """
    Whether positions are in conflict.
    """
    opening_time: NotRequired[str | None]
    """
    When the station opens, ISO 8601.
    """
    closing_time: NotRequired[str | None]
    """
    When the station closes, ISO 8601.
    """
    poi_arrival_time: NotRequired[str | None]
    """
    Expected time of arrival, ISO 8601.
    """
    bookable: NotRequired[bool | None]
    """
    Whether the station can be booked.
    """
    location_id: NotRequired[str | None]
    """
    Identifier of the place with its operator.
    """


class ResultAvailableStation(TypedDict):
    """
    A charging station in the corridor.
    """

    id: NotRequired[int | str | None]
    """
    Identifier of the station.
    """
    name: NotRequired[str | None]
    """
    Name of the station.
    """
    address: NotRequired[str | None]
    """
    Street and number.
    """
    latitude: NotRequired[float | None]
    """
    Latitude in degrees.
    """
    longitude: NotRequired[float | None]
    """
    Longitude in degrees.
    """
    power_available_kW: NotRequired[float | None]
    """
    Charging power in kilowatts.
    """
    truck_approved: NotRequired[str | None]
    """
    T fits a tractor, TT a truck with its trailer as well.
    """
    amenities: NotRequired[str | None]
    """
    What the place offers; a string here, a list at the stops.
    """
    bookable: NotRequired[bool | None]
    """
    Whether the station can be booked.
    """
    location_id: NotRequired[str | None]
    """
    Identifier of the place with its operator.
    """
    uses_company_vehicle_types: NotRequired[bool | None]
    """
    Whether the company's own vehicle types are used.
    """


class NotDrivableReason(TypedDict):
    """
    Why a tour cannot be driven.
    """

    code: NotRequired[str | None]
    """
    no_chargers_available or battery_depleted_mid_route.
    """
    message: NotRequired[str | None]
    """
    The reason in words.
    """


class TollSummary(TypedDict):
    """
    What one toll system charges for the tour.
    """

    tollSystem: NotRequired[str | None]
    """
    Name of the toll system.
    """
    currency: NotRequired[str | None]
    """
    Currency code, EUR for one.
    """
    total: NotRequired[float | None]
    """
    Toll in that currency.
    """


class ErrorDetail(TypedDict):
    detail: str


class HTTPValidationError(TypedDict):
    detail: NotRequired[list[ValidationError] | str]


class POIInfo(TypedDict):
    """
    Which charging stations may be used.
    """

    min_kW: NotRequired[float | None]
    """
    Least charging power in kilowatts.
    """
    max_kW: NotRequired[float | None]
    """
    Greatest charging power in kilowatts.
    """
    cpo: NotRequired[list[str] | None]
    """
    Operators to choose from.
    """
    truck_approved: NotRequired[TruckApproved | None]
    """
    T fits a tractor, TT a truck with its trailer as well.
    """
    connector_type: NotRequired[list[ConnectorType] | None]
    """
    Connectors that fit.
    """
    connector_pos: NotRequired[ConnectorPos | None]
    """
    Side of the vehicle that has the connector.
    """
    bookable: NotRequired[bool | None]
    """
    Whether only stations that can be booked may be used.
    """


class ResultPOISummary(TypedDict):
    """
    The stop that ends a section.
    """

    id: NotRequired[int | str | None]
    """
    Identifier of the station.
    """
    name: NotRequired[str | None]
    """
    Name of the station, Destination at the last stop.
    """
    address: NotRequired[str | None]
    """
    Street and number.
    """
    coordinate_lat: NotRequired[float | None]
    """
    Latitude in degrees.
    """
    coordinate_lon: NotRequired[float | None]
    """
    Longitude in degrees.
    """
    amenities: NotRequired[list[str] | None]
    """
    What the place offers; a list here, a string among available stations.
    """
    energy_kWh: NotRequired[float | None]
    """
    Energy charged in kilowatt-hours.
    """
    power_available_kW: NotRequired[float | None]
    """
    Charging power in kilowatts.
    """
    charge_time_min: NotRequired[float | None]
    """
    Time spent charging in minutes.
    """
    service_time_min: NotRequired[float | None]
    """
    Length of the whole stop in minutes.
    """
    arrival_time: NotRequired[float | str | None]
    """
    Time of arrival; text is ISO 8601, numbers are found in older results.
    """
    additional_stops: NotRequired[bool | None]
    """
    Whether there are further stops.
    """
    bookable: NotRequired[bool | None]
    """
    Whether the station can be booked.
    """
    location_id: NotRequired[str | None]
    """
    Identifier of the place with its operator.
    """
    start_soc: NotRequired[float | None]
    """
    State of charge on arrival, 1.0 is full.
    """
    stop_soc: NotRequired[float | None]
    """
    State of charge on departure, 1.0 is full.
    """
    alternatives: NotRequired[list[ResultPOIAlternative] | None]
    """
    Other stations nearby.
    """
    sec_duration_min: NotRequired[float | None]
    """
    Length of the section in minutes.
    """
    sec_energy_consumption_kWhkm: NotRequired[float | None]
    """
    Consumption on the section in kilowatt-hours for a kilometre.
    """
    sec_length_km: NotRequired[float | None]
    """
    Length of the section in kilometres.
    """


class PlannerRequest(TypedDict):
    """
    A tour to be planned for one truck.
    """

    vehicle_id: str
    """
    Identifier of the vehicle, twelve digits.
    """
    battery_level_start: float
    """
    State of charge at departure, 1.0 is full.
    """
    battery_level_end: NotRequired[float | None]
    """
    State of charge wanted at the end.
    """
    section_list: list[SectionRequest]
    """
    The sections of the tour, in order.
    """
    poi_info: POIInfo
    """
    Which charging stations may be used.
    """
    service_time_departure_min: NotRequired[float | None]
    """
    Time spent at departure in minutes, part of the tour.
    """
    start_time_tour: NotRequired[str | None]
    """
    Start of the tour, as HH:MM:SS or ISO 8601.
    """
    include_available_charging_stations: NotRequired[bool]
    """
    Whether the result lists every station in the corridor.
    """


class ResultSection(TypedDict):
    """
    One section as planned.
    """

    section_id: NotRequired[str | None]
    """
    The caller's name for the section.
    """
    polyline: NotRequired[str | None]
    """
    The way driven, as a HERE flexible polyline.
    """
    start_pos: NotRequired[list[float] | None]
    """
    Latitude and longitude in degrees, then the state of charge.
    """
    stop_pos: NotRequired[list[float] | None]
    """
    Latitude and longitude in degrees, then the state of charge.
    """
    payload_kg: NotRequired[float | None]
    """
    Payload in kilograms.
    """
    length_m: NotRequired[float | None]
    """
    Length in metres.
    """
    opening_time: NotRequired[list[str] | None]
    """
    Opening times at the end of the section.
    """
    service_time_min: NotRequired[float | None]
    """
    Time spent at the end of the section in minutes.
    """
    power_available_kW: NotRequired[float | None]
    """
    Charging power at the end of the section in kilowatts.
    """
    turnByTurnActions: NotRequired[list[dict[str, Any]] | None]
    """
    Directions, in the words of the routing engine.
    """
    tolls: NotRequired[list[dict[str, Any]] | None]
    """
    Tolls of the section, in the words of the routing engine.
    """
    poi_summary: NotRequired[ResultPOISummary | None]
    """
    The stop at the end of the section.
    """


class OptimizationResultResponse(TypedDict):
    """
    The plan, or why there is none.
    """

    optimization_id: NotRequired[int]
    """
    Identifier of the optimization.
    """
    tour_id: NotRequired[int]
    """
    Identifier of the tour.
    """
    status: NotRequired[str]
    """
    Status of the job, succeeded or not_drivable.
    """
    battery_level_start: float
    """
    State of charge at departure, 1.0 is full.
    """
    battery_level_end: float
    """
    State of charge at the end, 1.0 is full.
    """
    qualification: str
    """
    Driveable or not_drivable; a scale of its own beside status.
    """
    sections: list[ResultSection]
    """
    The sections driven; charging stops make more of them than were asked for.
    """
    poi_list: NotRequired[list[ResultPOI]]
    """
    The charging stations that were candidates.
    """
    poi_filter: NotRequired[POIInfo | None]
    """
    The filter that was applied to stations.
    """
    optimal_departure_time: NotRequired[str | None]
    """
    When to leave so as to keep all time windows, ISO 8601.
    """
    time_windows_reachable: NotRequired[str | None]
    """
    The text True, False or Not considered.
    """
    available_charging_stations: NotRequired[list[ResultAvailableStation] | None]
    """
    Every station in the corridor, if asked for.
    """
    not_drivable_reason: NotRequired[NotDrivableReason | None]
    """
    Why the tour cannot be driven.
    """
    toll_summary: NotRequired[list[TollSummary] | None]
    """
    Tolls, summed by system.
    """
