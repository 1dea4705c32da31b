"""A plan of FRYTE's in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fryte_client.models import OptimizationResultResponse, ResultSection


def plan_lines(plan: OptimizationResultResponse) -> Iterator[str]:
    """Whether the plan can be driven, or why not; sections, stops, times, energy and toll."""
    reason = plan.not_drivable_reason
    if reason:
        yield f"Not drivable: {reason.message or reason.code} ({reason.code})"
    else:
        yield f"Drivable: battery {plan.battery_level_start:.0%} at departure, {plan.battery_level_end:.0%} at the end"
    for number, section in enumerate(plan.sections, 1):
        yield f"  {number}. {_section_line(section)}"
    stops = [section.poi_summary for section in plan.sections if section.poi_summary]
    if stops:
        km = sum(stop.sec_length_km or 0 for stop in stops)
        minutes = sum((stop.sec_duration_min or 0) + (stop.charge_time_min or 0) for stop in stops)
        energy = sum(stop.energy_k_wh or 0 for stop in stops)
        charges = sum(1 for stop in stops if stop.energy_k_wh)
        count = f"{charges} charging stop{'' if charges == 1 else 's'}"
        yield f"In all {km:.0f} km, {_hours(minutes)}, {count} with {energy:.0f} kWh"
    for toll in plan.toll_summary or ():
        yield f"Toll: {toll.total or 0:.2f} {toll.currency or ''} ({toll.toll_system or 'unnamed'})"
    if plan.optimal_departure_time:
        yield f"Best departure: {plan.optimal_departure_time}"
    if plan.time_windows_reachable:
        yield f"Time windows reachable: {plan.time_windows_reachable}"


def _hours(minutes: float) -> str:
    """*minutes* for people: 45 min, 1 h 05 min, also where they are many."""
    hours, rest = divmod(round(minutes), 60)
    return f"{hours} h {rest:02} min" if hours else f"{rest} min"


def _section_line(section: ResultSection) -> str:
    stop = section.poi_summary
    parts = [str(section.section_id or "section")]
    if not stop:
        return parts[0]
    if stop.sec_length_km:
        parts.append(f"{stop.sec_length_km:.0f} km")
    if stop.sec_duration_min:
        parts.append(_hours(stop.sec_duration_min))
    parts.append(f"to {stop.name or 'a stop'}")
    if stop.arrival_time:
        parts.append(f"at {stop.arrival_time}")
    if stop.energy_k_wh:
        levels = f", {stop.start_soc:.0%} to {stop.stop_soc:.0%}" if stop.start_soc and stop.stop_soc else ""
        charging = _hours(stop.charge_time_min or 0)
        parts.append(f"- charge {stop.energy_k_wh:.0f} kWh in {charging}{levels}")
    return " ".join(parts)
