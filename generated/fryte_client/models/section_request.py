# Generated from specs/fryte/openapi.yaml (sha256 00ff016f7cee) by codegen.py; edit the overlay.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import _decode as decode
from .. import _encode as encode
from .. import _models as models
from ..types import UNSET, Unset


@_attrs_define(repr=False)
class SectionRequest:
    """One section of a tour; give positions or a polyline.

    Attributes:
        section_id (None | str | Unset): The caller's name for the section.
        polyline (None | str | Unset): The way to drive, as a HERE flexible polyline.
        start_pos (list[float] | None | Unset): Latitude and longitude in degrees. At least 2 items.
        stop_pos (list[float] | None | Unset): Latitude and longitude in degrees. At least 2 items.
        payload_kg (float | None | Unset): Payload in kilograms. Default: 19300.0.
        opening_time (list[str] | None | Unset): Opening times at the end of the section, each hh:mm:ss.
        power_available_k_w (float | None | Unset): Charging power at the end of the section in
            kilowatts. Default: 0.0.
        service_time_min (float | None | Unset): Time spent at the end of the section in minutes.
            Default: 0.0.
    """

    section_id: None | str | Unset = UNSET
    polyline: None | str | Unset = UNSET
    start_pos: list[float] | None | Unset = UNSET
    stop_pos: list[float] | None | Unset = UNSET
    payload_kg: float | None | Unset = 19300.0
    opening_time: list[str] | None | Unset = UNSET
    power_available_k_w: float | None | Unset = 0.0
    service_time_min: float | None | Unset = 0.0
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
                "section_id": self.section_id,
                "polyline": self.polyline,
                "start_pos": self.start_pos,
                "stop_pos": self.stop_pos,
                "payload_kg": self.payload_kg,
                "opening_time": self.opening_time,
                "power_available_kW": self.power_available_k_w,
                "service_time_min": self.service_time_min,
            }
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The model of the JSON object *src_dict*; DecodeError if it does not match."""
        fields = decode.Fields("SectionRequest", src_dict)
        return cls(
            section_id=fields.optional("section_id", decode.nullable(decode.string)),
            polyline=fields.optional("polyline", decode.nullable(decode.string)),
            start_pos=fields.optional("start_pos", decode.nullable(decode.list_of(decode.number))),
            stop_pos=fields.optional("stop_pos", decode.nullable(decode.list_of(decode.number))),
            payload_kg=fields.defaulting("payload_kg", decode.nullable(decode.number), 19300.0),
            opening_time=fields.optional("opening_time", decode.nullable(decode.list_of(decode.string))),
            power_available_k_w=fields.defaulting("power_available_kW", decode.nullable(decode.number), 0.0),
            service_time_min=fields.defaulting("service_time_min", decode.nullable(decode.number), 0.0),
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
