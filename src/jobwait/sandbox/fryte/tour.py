"""A plausible plan for an electric truck: straight lines, evenly spaced stations, falling state of charge."""

from math import asin, ceil, cos, radians, sin, sqrt
from typing import Any, TypeAlias

import attrs

from fryte_client import wire
from jobwait.sandbox.fryte.polyline import encode

Point: TypeAlias = tuple[float, float]

RANGE_KM = 450.0  # with a full battery
CAPACITY_KWH = 540.0
LEG_KM = 150.0  # from one station to the next
FIRST_STATION_KM = 80.0
STRONGEST_KW = 1000.0
SPEED_KMH = 70.0
CHARGED_TO = 0.85
LOW = 0.6  # a truck that arrives with less charges
ROADS = 1.25  # how much longer roads are than the straight line
UNKNOWN_KM = 120.0  # a section that has only a polyline


@attrs.frozen
class Leg:
    """A part of a section between two stops; *last*: it ends where the section ends."""

    section: int
    start: Point
    stop: Point
    km: float
    last: bool


def why_not(request: dict[str, Any]) -> tuple[str, str] | None:
    """Code and message of the reason why the tour cannot be driven; None if it can."""
    total = sum(_section_km(section) for section in request["section_list"])
    reach = request["battery_level_start"] * RANGE_KM
    if total <= reach:
        return None
    if (request["poi_info"].get("min_kW") or 0) > STRONGEST_KW:
        return "no_chargers_available", "No charging station along the route fits the filter."
    if reach < FIRST_STATION_KM:
        return "battery_depleted_mid_route", "The battery is empty before the first charging station."
    return None


def result(
    request: dict[str, Any], *, optimization_id: int, tour_id: int, status: str
) -> wire.OptimizationResultResponse:
    """The result of a *request* with these identifiers."""
    reason = why_not(request)
    soc = request["battery_level_start"]
    sections: list[wire.ResultSection] = []
    legs = [] if reason else _legs(request["section_list"])
    for index, leg in enumerate(legs):
        arrival = max(0.05, soc - leg.km / RANGE_KM)
        final = index == len(legs) - 1
        leave = CHARGED_TO if arrival < LOW and not final else arrival
        name = "Destination" if final else _station_name(index)
        sections.append(_section(request["section_list"][leg.section], leg, soc, arrival, leave, name))
        soc = leave
    stations = [_station(index, leg) for index, leg in enumerate(legs[:-1])]
    toll = round(0.35 * sum(leg.km for leg in legs), 2)
    return {
        "optimization_id": optimization_id,
        "tour_id": tour_id,
        "status": status,
        "battery_level_start": request["battery_level_start"],
        "battery_level_end": round(soc, 3),
        "qualification": "not_drivable" if reason else "Driveable",
        "sections": sections,
        "poi_list": [_candidate(index, leg) for index, leg in enumerate(legs[:-1])],
        "poi_filter": request["poi_info"],
        "optimal_departure_time": None,
        "time_windows_reachable": "Not considered",
        "available_charging_stations": stations if request.get("include_available_charging_stations") else None,
        "not_drivable_reason": {"code": reason[0], "message": reason[1]} if reason else None,
        "toll_summary": None if reason else [{"tollSystem": "SANDBOX TOLL", "currency": "EUR", "total": toll}],
    }


def current_sample(found: wire.OptimizationResultResponse) -> dict[str, Any]:
    """*found* as the documentation shows a result: without four fields, and with two kinds of arrival times."""
    absent = {"optimization_id", "tour_id", "status", "poi_list"}
    shown: dict[str, Any] = {name: value for name, value in found.items() if name not in absent}
    for hours, section in enumerate(shown["sections"], 9):
        section["poi_summary"]["arrival_time"] = hours + 0.555
    if shown["sections"]:
        shown["sections"][-1]["poi_summary"]["arrival_time"] = "2026-05-04T13:00:53Z"
    return shown


def older_sample(found: wire.OptimizationResultResponse) -> dict[str, Any]:
    """*found* as an older documentation shows it: lengths beside the stop, and no stop at the end."""
    shown = current_sample(found)
    for section in shown["sections"]:
        section |= {name: section["poi_summary"].pop(name) for name in ("sec_length_km", "sec_duration_min")}
    if shown["sections"]:
        shown["sections"][-1]["poi_summary"] = None
    return {**shown, "poi_list": []}


def _section(
    asked: dict[str, Any], leg: Leg, soc: float, arrival: float, leave: float, name: str
) -> wire.ResultSection:
    energy = (leave - arrival) * CAPACITY_KWH
    power = 0 if leave == arrival else 350
    return {
        "section_id": asked.get("section_id"),
        "polyline": encode([leg.start, _between(leg.start, leg.stop, 0.5), leg.stop]),
        "start_pos": [*leg.start, round(soc, 3)],
        "stop_pos": [*leg.stop, round(arrival, 3)],
        "payload_kg": asked.get("payload_kg", 19300),
        "length_m": round(leg.km * 1000),
        "opening_time": asked.get("opening_time") if leg.last else None,
        "service_time_min": asked.get("service_time_min", 0) if leg.last else 0,
        "power_available_kW": power,
        "poi_summary": {
            "name": name,
            "address": "See Destination" if name == "Destination" else "Sandbox road 1",
            "coordinate_lat": leg.stop[0],
            "coordinate_lon": leg.stop[1],
            "amenities": ["toilet", "food"],
            "energy_kWh": round(energy, 1),
            "power_available_kW": power,
            "charge_time_min": round(energy / power * 60, 1) if power else 0,
            "arrival_time": None,
            "start_soc": round(arrival, 3),
            "stop_soc": round(leave, 3),
            "sec_duration_min": round(leg.km / SPEED_KMH * 60, 2),
            "sec_length_km": round(leg.km, 2),
            "sec_energy_consumption_kWhkm": CAPACITY_KWH / RANGE_KM,
        },
    }


def _station_name(index: int) -> str:
    """The name of the stop at the end of the leg *index*, from 0; the same wherever the result has the stop."""
    return f"Sandbox station {index + 1}"


def _candidate(index: int, leg: Leg) -> wire.ResultPOI:
    return {
        "title": _station_name(index),
        "position_lat": leg.stop[0],
        "position_lon": leg.stop[1],
        "power": 350,
        "section": leg.section,
        "poi_id": index,
    }


def _station(index: int, leg: Leg) -> wire.ResultAvailableStation:
    return {
        "id": index,
        "name": _station_name(index),
        "latitude": leg.stop[0],
        "longitude": leg.stop[1],
        "power_available_kW": 350,
        "amenities": "toilet, food",
    }


def _legs(sections: list[dict[str, Any]]) -> list[Leg]:
    legs: list[Leg] = []
    for index, section in enumerate(sections):
        km = _section_km(section)
        start, stop = _ends(section) or ((0.0, 0.0), (0.0, 0.0))
        count = max(1, ceil(km / LEG_KM))
        marks = [_between(start, stop, part / count) for part in range(count + 1)]
        legs += [Leg(index, marks[part], marks[part + 1], km / count, part == count - 1) for part in range(count)]
    return legs


def _ends(section: dict[str, Any]) -> tuple[Point, Point] | None:
    start, stop = section.get("start_pos"), section.get("stop_pos")
    return ((start[0], start[1]), (stop[0], stop[1])) if start and stop else None


def _section_km(section: dict[str, Any]) -> float:
    ends = _ends(section)
    if ends is None:
        return UNKNOWN_KM
    (lat1, lon1), (lat2, lon2) = (tuple(map(radians, end)) for end in ends)
    square = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return ROADS * 2 * 6371 * asin(sqrt(min(1.0, max(0.0, square))))


def _between(start: Point, stop: Point, share: float) -> Point:
    lat, lon = (round(a + (b - a) * share, 5) for a, b in zip(start, stop, strict=True))
    return lat, lon
