# Generated from specs/promptforge/openapi.yaml (sha256 0cf1c9d2980e) by codegen.py; edit the overlay.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import _decode as decode
from .. import _encode as encode
from .. import _models as models
from ..models.job_state import JobState


@_attrs_define(repr=False)
class JobStatus:
    """Answer of get_job_status.

    Attributes:
        job_id (str): Identifier of the job.
        status (JobState): Current status of a job.
        provider (str): Who runs the model.
        model (str): Name of the model.
        created_at (datetime.datetime): When the job was created.
        prompt_count (int | None): Total prompts in the file. Null until the file is parsed.
        completed_count (int | None): Prompts successfully processed. The published server fills it in
            at the end only.
        failed_count (int | None): Prompts that exhausted retries. The published server fills it in at
            the end only.
        started_processing_at (datetime.datetime | None): When processing began.
        completed_at (datetime.datetime | None): When the job reached a terminal state. The published
            server leaves it null on FAILED.
        fields_set (frozenset[str]): The names of the fields that came, as in the JSON.
    """

    job_id: str
    status: JobState
    provider: str
    model: str
    created_at: datetime.datetime
    prompt_count: int | None = None
    completed_count: int | None = None
    failed_count: int | None = None
    started_processing_at: datetime.datetime | None = None
    completed_at: datetime.datetime | None = None
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
                "job_id": self.job_id,
                "status": self.status,
                "provider": self.provider,
                "model": self.model,
                "created_at": self.created_at,
                **models.present(
                    {
                        "prompt_count": self.prompt_count,
                        "completed_count": self.completed_count,
                        "failed_count": self.failed_count,
                        "started_processing_at": self.started_processing_at,
                        "completed_at": self.completed_at,
                    },
                    self.fields_set,
                ),
            }
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The model of the JSON object *src_dict*; DecodeError if it does not match."""
        fields = decode.Fields("JobStatus", src_dict)
        return cls(
            job_id=fields.required("job_id", decode.string),
            status=fields.required("status", decode.enum(JobState)),
            provider=fields.required("provider", decode.string),
            model=fields.required("model", decode.string),
            created_at=fields.required("created_at", decode.date_time),
            prompt_count=fields.or_none("prompt_count", decode.nullable(decode.integer)),
            completed_count=fields.or_none("completed_count", decode.nullable(decode.integer)),
            failed_count=fields.or_none("failed_count", decode.nullable(decode.integer)),
            started_processing_at=fields.or_none("started_processing_at", decode.nullable(decode.date_time)),
            completed_at=fields.or_none("completed_at", decode.nullable(decode.date_time)),
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
