# Generated from specs/freeplay/openapi.yaml (sha256 7b078dc6642b) by codegen.py; edit the overlay.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import _decode as decode
from .. import _encode as encode
from .. import _models as models
from ..types import UNSET, Unset


@_attrs_define(repr=False)
class StartPromptOptimizationJobRequest:
    """Body of start_job.

    Attributes:
        prompt_template_version_id (UUID | str): The version to be improved.
        dataset_id (UUID | str): The dataset that optimization draws on.
        user_instructions (None | str | Unset): What the new version should do better, in plain words.
        use_best_practices (bool | Unset): Whether to apply best practices of prompt writing. Default:
            True.
        use_labels (bool | Unset): Whether to learn from human labels. Default: True.
        use_customer_feedback (bool | Unset): Whether to learn from customer feedback. Default: True.
        run_test_after_optimization (bool | Unset): Whether to test the old and the new version and
            compare them; costs model calls. Default: True.
    """

    prompt_template_version_id: UUID | str
    dataset_id: UUID | str
    user_instructions: None | str | Unset = UNSET
    use_best_practices: bool | Unset = True
    use_labels: bool | Unset = True
    use_customer_feedback: bool | Unset = True
    run_test_after_optimization: bool | Unset = True
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
                "prompt_template_version_id": self.prompt_template_version_id,
                "dataset_id": self.dataset_id,
                "user_instructions": self.user_instructions,
                "use_best_practices": self.use_best_practices,
                "use_labels": self.use_labels,
                "use_customer_feedback": self.use_customer_feedback,
                "run_test_after_optimization": self.run_test_after_optimization,
            }
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The model of the JSON object *src_dict*; DecodeError if it does not match."""
        fields = decode.Fields("StartPromptOptimizationJobRequest", src_dict)
        return cls(
            prompt_template_version_id=fields.required("prompt_template_version_id", decode.uuid),
            dataset_id=fields.required("dataset_id", decode.uuid),
            user_instructions=fields.optional("user_instructions", decode.nullable(decode.string)),
            use_best_practices=fields.defaulting("use_best_practices", decode.boolean, True),
            use_labels=fields.defaulting("use_labels", decode.boolean, True),
            use_customer_feedback=fields.defaulting("use_customer_feedback", decode.boolean, True),
            run_test_after_optimization=fields.defaulting(
                "run_test_after_optimization", decode.boolean, True
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
