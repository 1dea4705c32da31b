"""The last answer about a job, kept as the bytes that it came in: jobs that wait are many, and models are large."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

import httpx
from attrs import define

S = TypeVar("S")

_JSON = httpx.Headers({"content-type": "application/json"})


@define(eq=False, match_args=False, repr=False)
class CachedSnapshot(Generic[S]):
    """One decoded answer; put away, only its body is kept, and is decoded again where somebody asks."""

    _model: S | None
    _parse: Callable[[httpx.Response], S] | None = None
    _status: int = 200
    _body: bytes = b""

    @classmethod
    def of(cls, model: S, parse: Callable[[httpx.Response], S], response: httpx.Response) -> CachedSnapshot[S]:
        """*model*, which *parse* made of *response*."""
        return cls(model, parse, response.status_code, response.content)

    def model(self) -> S:
        """The status model."""
        model = self._model  # another thread may put it away meanwhile
        if model is None:
            assert self._parse is not None, "only what can be made again is put away"  # noqa: S101
            return self._parse(httpx.Response(self._status, headers=_JSON, content=self._body))
        return model

    def came_as(self, response: httpx.Response) -> bool:
        """Whether *response* is the same again, byte for byte."""
        return self._parse is not None and response.status_code == self._status and response.content == self._body

    def put_away(self) -> None:
        """Nobody needs the model for now."""
        if self._parse is not None:
            self._model = None
