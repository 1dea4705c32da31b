"""A plan as GeoJSON: its route, decoded from HERE's flexible polylines, and its stops."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from jobwait.errors import InvalidInput

if TYPE_CHECKING:
    from fryte_client.models import OptimizationResultResponse, ResultSection


def features(plan: OptimizationResultResponse) -> dict[str, Any]:
    """*plan* as a FeatureCollection in longitude and latitude: a line for each section, a point for each stop."""
    found = [feature for number, section in enumerate(plan.sections, 1) for feature in _of_section(section, number)]
    return {"type": "FeatureCollection", "features": found}


def _of_section(section: ResultSection, number: int) -> Iterator[dict[str, Any]]:
    if section.polyline:
        route = [[point[1], point[0]] for point in _decoded(section.polyline, number)]
        yield _feature("LineString", route, {"section": number, "section_id": section.section_id or None})
    stop = section.poi_summary
    if stop and isinstance(stop.coordinate_lat, int | float) and isinstance(stop.coordinate_lon, int | float):
        about = {"section": number, "name": stop.name or None, "energy_kWh": stop.energy_k_wh or 0}
        yield _feature("Point", [stop.coordinate_lon, stop.coordinate_lat], about)


def _decoded(polyline: str, number: int) -> list[tuple[float, ...]]:
    try:
        import flexpolyline  # noqa: PLC0415 - only --geojson needs it
    except ModuleNotFoundError:
        raise InvalidInput("GeoJSON needs a package that is not installed: pip install 'jobwait[cli]'") from None
    try:
        points: list[tuple[float, ...]] = flexpolyline.decode(polyline)
    except (ValueError, IndexError, StopIteration) as error:
        raise InvalidInput(f"The polyline of section {number} does not decode ({error}).") from error
    return points


def _feature(kind: str, coordinates: Any, properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}, "properties": properties}
