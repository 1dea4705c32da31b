"""Results in words: a FRYTE plan and a Freeplay optimization, as one would tell them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from jobwait.cli._durations import spoken

if TYPE_CHECKING:
    from freeplay_client.models import PromptOptimizationJobStatusResponse
    from fryte_client.models import OptimizationResultResponse, ResultSection


def planned(plan: OptimizationResultResponse, warnings: Sequence[str] = ()) -> Iterator[str]:
    """A plan, line by line: whether it can be driven, or why not; sections, stops, times, energy and toll."""
    reason = plan.not_drivable_reason
    if reason:
        yield f"Not drivable: {reason.message or reason.code} ({reason.code})"
    else:
        yield f"Drivable: battery {plan.battery_level_start:.0%} at departure, {plan.battery_level_end:.0%} at the end"
    for number, section in enumerate(plan.sections, 1):
        yield f"  {number}. {_section(section)}"
    stops = [section.poi_summary for section in plan.sections if section.poi_summary]
    km = sum(stop.sec_length_km or 0 for stop in stops)
    minutes = sum((stop.sec_duration_min or 0) + (stop.charge_time_min or 0) for stop in stops)
    energy = sum(stop.energy_k_wh or 0 for stop in stops)
    charges = sum(1 for stop in stops if stop.energy_k_wh)
    if stops:
        yield f"In all {km:.0f} km, {spoken(minutes * 60)}, {charges} charging stops with {energy:.0f} kWh"
    for toll in plan.toll_summary or ():
        yield f"Toll: {toll.total or 0:.2f} {toll.currency or ''} ({toll.toll_system or 'unnamed'})"
    if plan.optimal_departure_time:
        yield f"Best departure: {plan.optimal_departure_time}"
    if plan.time_windows_reachable:
        yield f"Time windows reachable: {plan.time_windows_reachable}"
    for warning in warnings:
        yield f"Warning: {warning}"


def _section(section: ResultSection) -> str:
    stop = section.poi_summary
    parts = [str(section.section_id or "section")]
    if not stop:
        return parts[0]
    if stop.sec_length_km:
        parts.append(f"{stop.sec_length_km:.0f} km")
    if stop.sec_duration_min:
        parts.append(spoken(stop.sec_duration_min * 60))
    parts.append(f"to {stop.name or 'a stop'}")
    if stop.arrival_time:
        parts.append(f"at {stop.arrival_time}")
    if stop.energy_k_wh:
        levels = f", {stop.start_soc:.0%} to {stop.stop_soc:.0%}" if stop.start_soc and stop.stop_soc else ""
        parts.append(f"- charge {stop.energy_k_wh:.0f} kWh in {spoken((stop.charge_time_min or 0) * 60)}{levels}")
    return " ".join(parts)


def optimized(final: PromptOptimizationJobStatusResponse) -> Iterator[str]:
    """An optimization, line by line: both versions, what changed, and from which data."""
    rows: list[tuple[str, Any]] = [
        ("Original version", final.original_version_id),
        ("Optimized version", final.optimized_version_id),
        ("Test run", final.test_run_id),
        ("Comparison", final.comparison_id),
    ]
    yield from (f"{title}: {value}" for title, value in rows if value)
    data = final.data_sources_used
    if data:
        yield f"Data used: {data.human_labels_count} labels, {data.customer_feedback_count} pieces of feedback"
    if final.changes_summary:
        yield "Changes:"
        yield from (f"  {line}" for line in final.changes_summary.splitlines())
