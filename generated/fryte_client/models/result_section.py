# Generated from specs/fryte/openapi.yaml (sha256 00ff016f7cee) by codegen.py; edit the overlay.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import _decode as decode
from .. import _encode as encode
from .. import _models as models

if TYPE_CHECKING:
    from ..models.result_poi_summary import ResultPOISummary
    from ..models.result_section_tolls_type_0_item import ResultSectionTollsType0Item
    from ..models.result_section_turn_by_turn_actions_type_0_item import (
        ResultSectionTurnByTurnActionsType0Item,
    )


@_attrs_define(repr=False)
class ResultSection:
    """One section as planned.

    Attributes:
        section_id (None | str): The caller's name for the section.
        polyline (None | str): The way driven, as a HERE flexible polyline.
        start_pos (list[float] | None): Latitude and longitude in degrees, then the state of charge.
        stop_pos (list[float] | None): Latitude and longitude in degrees, then the state of charge.
        payload_kg (float | None): Payload in kilograms.
        length_m (float | None): Length in metres.
        opening_time (list[str] | None): Opening times at the end of the section.
        service_time_min (float | None): Time spent at the end of the section in minutes.
        power_available_k_w (float | None): Charging power at the end of the section in kilowatts.
        turn_by_turn_actions (list[ResultSectionTurnByTurnActionsType0Item] | None): Directions, in the
            words of the routing engine.
        tolls (list[ResultSectionTollsType0Item] | None): Tolls of the section, in the words of the
            routing engine.
        poi_summary (None | ResultPOISummary): The stop at the end of the section.
        fields_set (frozenset[str]): The names of the fields that came, as in the JSON.
    """

    section_id: None | str = None
    polyline: None | str = None
    start_pos: list[float] | None = None
    stop_pos: list[float] | None = None
    payload_kg: float | None = None
    length_m: float | None = None
    opening_time: list[str] | None = None
    service_time_min: float | None = None
    power_available_k_w: float | None = None
    turn_by_turn_actions: list[ResultSectionTurnByTurnActionsType0Item] | None = None
    tolls: list[ResultSectionTollsType0Item] | None = None
    poi_summary: None | ResultPOISummary = None
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
                **models.present(
                    {
                        "section_id": self.section_id,
                        "polyline": self.polyline,
                        "start_pos": self.start_pos,
                        "stop_pos": self.stop_pos,
                        "payload_kg": self.payload_kg,
                        "length_m": self.length_m,
                        "opening_time": self.opening_time,
                        "service_time_min": self.service_time_min,
                        "power_available_kW": self.power_available_k_w,
                        "turnByTurnActions": self.turn_by_turn_actions,
                        "tolls": self.tolls,
                        "poi_summary": self.poi_summary,
                    },
                    self.fields_set,
                ),
            }
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The model of the JSON object *src_dict*; DecodeError if it does not match."""
        from ..models.result_poi_summary import ResultPOISummary
        from ..models.result_section_tolls_type_0_item import ResultSectionTollsType0Item
        from ..models.result_section_turn_by_turn_actions_type_0_item import (
            ResultSectionTurnByTurnActionsType0Item,
        )

        fields = decode.Fields("ResultSection", src_dict)
        return cls(
            section_id=fields.or_none("section_id", decode.nullable(decode.string)),
            polyline=fields.or_none("polyline", decode.nullable(decode.string)),
            start_pos=fields.or_none("start_pos", decode.nullable(decode.list_of(decode.number))),
            stop_pos=fields.or_none("stop_pos", decode.nullable(decode.list_of(decode.number))),
            payload_kg=fields.or_none("payload_kg", decode.nullable(decode.number)),
            length_m=fields.or_none("length_m", decode.nullable(decode.number)),
            opening_time=fields.or_none("opening_time", decode.nullable(decode.list_of(decode.string))),
            service_time_min=fields.or_none("service_time_min", decode.nullable(decode.number)),
            power_available_k_w=fields.or_none("power_available_kW", decode.nullable(decode.number)),
            turn_by_turn_actions=fields.or_none(
                "turnByTurnActions",
                decode.nullable(
                    decode.list_of(decode.model(ResultSectionTurnByTurnActionsType0Item.from_dict))
                ),
            ),
            tolls=fields.or_none(
                "tolls", decode.nullable(decode.list_of(decode.model(ResultSectionTollsType0Item.from_dict)))
            ),
            poi_summary=fields.or_none(
                "poi_summary", decode.nullable(decode.model(ResultPOISummary.from_dict))
            ),
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
