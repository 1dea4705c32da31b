# Generated from specs/fryte/openapi.yaml (sha256 00ff016f7cee) by codegen.py; edit the overlay.
"""The models; the module of each is imported on first access."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .connector_pos import ConnectorPos
    from .connector_type import ConnectorType
    from .error_detail import ErrorDetail
    from .http_validation_error import HTTPValidationError
    from .job_list_response import JobListResponse
    from .job_status_response import JobStatusResponse
    from .not_drivable_reason import NotDrivableReason
    from .optimization_result_response import OptimizationResultResponse
    from .planner_request import PlannerRequest
    from .planner_response import PlannerResponse
    from .planner_v2_submit_response import PlannerV2SubmitResponse
    from .poi_info import POIInfo
    from .result_available_station import ResultAvailableStation
    from .result_poi import ResultPOI
    from .result_poi_alternative import ResultPOIAlternative
    from .result_poi_summary import ResultPOISummary
    from .result_section import ResultSection
    from .result_section_tolls_type_0_item import ResultSectionTollsType0Item
    from .result_section_turn_by_turn_actions_type_0_item import ResultSectionTurnByTurnActionsType0Item
    from .section_request import SectionRequest
    from .toll_summary import TollSummary
    from .truck_approved import TruckApproved
    from .validation_error import ValidationError

_MODULES = {
    "ConnectorPos": ".connector_pos",
    "ConnectorType": ".connector_type",
    "ErrorDetail": ".error_detail",
    "HTTPValidationError": ".http_validation_error",
    "JobListResponse": ".job_list_response",
    "JobStatusResponse": ".job_status_response",
    "NotDrivableReason": ".not_drivable_reason",
    "OptimizationResultResponse": ".optimization_result_response",
    "PlannerRequest": ".planner_request",
    "PlannerResponse": ".planner_response",
    "PlannerV2SubmitResponse": ".planner_v2_submit_response",
    "POIInfo": ".poi_info",
    "ResultAvailableStation": ".result_available_station",
    "ResultPOI": ".result_poi",
    "ResultPOIAlternative": ".result_poi_alternative",
    "ResultPOISummary": ".result_poi_summary",
    "ResultSection": ".result_section",
    "ResultSectionTollsType0Item": ".result_section_tolls_type_0_item",
    "ResultSectionTurnByTurnActionsType0Item": ".result_section_turn_by_turn_actions_type_0_item",
    "SectionRequest": ".section_request",
    "TollSummary": ".toll_summary",
    "TruckApproved": ".truck_approved",
    "ValidationError": ".validation_error",
}

__all__ = [
    "ConnectorPos",
    "ConnectorType",
    "ErrorDetail",
    "HTTPValidationError",
    "JobListResponse",
    "JobStatusResponse",
    "NotDrivableReason",
    "OptimizationResultResponse",
    "PlannerRequest",
    "PlannerResponse",
    "PlannerV2SubmitResponse",
    "POIInfo",
    "ResultAvailableStation",
    "ResultPOI",
    "ResultPOIAlternative",
    "ResultPOISummary",
    "ResultSection",
    "ResultSectionTollsType0Item",
    "ResultSectionTurnByTurnActionsType0Item",
    "SectionRequest",
    "TollSummary",
    "TruckApproved",
    "ValidationError",
]

if not TYPE_CHECKING:  # to a type checker, which would take any name for an attribute

    def __getattr__(name: str) -> Any:
        """Import the model *name*."""
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_MODULES[name], __name__), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
