# Generated from specs/freeplay/openapi.yaml (sha256 7b078dc6642b) by codegen.py; edit the overlay.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import _decode as decode
from .. import _encode as encode
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.data_sources_used import DataSourcesUsed
    from ..models.job_progress import JobProgress


@_attrs_define
class PromptOptimizationJobStatusResponse:
    """Answer of get_job.

    Attributes:
        job_id (UUID):
        status (str):
        prompt_template_id (UUID):
        original_version_id (UUID):
        run_test_after_optimization (bool):
        created_at (datetime.datetime):
        optimized_version_id (None | Unset | UUID):
        test_run_id (None | Unset | UUID):
        comparison_id (None | Unset | UUID):
        changes_summary (None | str | Unset):
        error_message (None | str | Unset):
        data_sources_used (DataSourcesUsed | None | Unset):
        completed_at (datetime.datetime | None | Unset):
        progress (JobProgress | None | Unset):
    """

    job_id: UUID
    status: str
    prompt_template_id: UUID
    original_version_id: UUID
    run_test_after_optimization: bool
    created_at: datetime.datetime
    optimized_version_id: None | Unset | UUID = UNSET
    test_run_id: None | Unset | UUID = UNSET
    comparison_id: None | Unset | UUID = UNSET
    changes_summary: None | str | Unset = UNSET
    error_message: None | str | Unset = UNSET
    data_sources_used: DataSourcesUsed | None | Unset = UNSET
    completed_at: datetime.datetime | None | Unset = UNSET
    progress: JobProgress | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(factory=lambda: {}, kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Copy the additional fields: a model made by attrs.evolve must not share them."""
        self.additional_properties = dict(self.additional_properties)

    def to_dict(self) -> dict[str, Any]:
        """The JSON object of this model."""
        return encode.wire_object(
            {
                **self.additional_properties,
                "job_id": self.job_id,
                "status": self.status,
                "prompt_template_id": self.prompt_template_id,
                "original_version_id": self.original_version_id,
                "run_test_after_optimization": self.run_test_after_optimization,
                "created_at": self.created_at,
                "optimized_version_id": self.optimized_version_id,
                "test_run_id": self.test_run_id,
                "comparison_id": self.comparison_id,
                "changes_summary": self.changes_summary,
                "error_message": self.error_message,
                "data_sources_used": self.data_sources_used,
                "completed_at": self.completed_at,
                "progress": self.progress,
            }
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The model of the JSON object *src_dict*; DecodeError if it does not match."""
        from ..models.data_sources_used import DataSourcesUsed
        from ..models.job_progress import JobProgress

        fields = decode.Fields("PromptOptimizationJobStatusResponse", src_dict)
        return cls(
            job_id=fields.required("job_id", decode.uuid),
            status=fields.required("status", decode.string),
            prompt_template_id=fields.required("prompt_template_id", decode.uuid),
            original_version_id=fields.required("original_version_id", decode.uuid),
            run_test_after_optimization=fields.required("run_test_after_optimization", decode.boolean),
            created_at=fields.required("created_at", decode.date_time),
            optimized_version_id=fields.optional("optimized_version_id", decode.nullable(decode.uuid)),
            test_run_id=fields.optional("test_run_id", decode.nullable(decode.uuid)),
            comparison_id=fields.optional("comparison_id", decode.nullable(decode.uuid)),
            changes_summary=fields.optional("changes_summary", decode.nullable(decode.string)),
            error_message=fields.optional("error_message", decode.nullable(decode.string)),
            data_sources_used=fields.optional(
                "data_sources_used", decode.nullable(decode.model(DataSourcesUsed.from_dict))
            ),
            completed_at=fields.optional("completed_at", decode.nullable(decode.date_time)),
            progress=fields.optional("progress", decode.nullable(decode.model(JobProgress.from_dict))),
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
