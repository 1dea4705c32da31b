# Generated from specs/promptforge/openapi.yaml (sha256 0cf1c9d2980e) by codegen.py; edit the overlay.
"""The errors of this client; httpx's own errors are passed on.

ClientError
├── StatusError     the service answered with a status that is not a success
│   ├── BadRequest            400
│   ├── Unauthorized          401
│   ├── NotFound              404
│   ├── Conflict              409
│   ├── UnprocessableEntity   422
│   └── InternalServerError   500
├── BodyError       a success whose body is HTML, empty or not JSON
└── DecodeError     JSON that does not match the spec
"""

from collections.abc import Mapping

from ._errors import BodyError, ClientError, DecodeError, StatusError


class BadRequest(StatusError):
    """The service answered 400."""


class Unauthorized(StatusError):
    """The service answered 401."""


class NotFound(StatusError):
    """The service answered 404."""


class Conflict(StatusError):
    """The service answered 409."""


class UnprocessableEntity(StatusError):
    """The service answered 422."""


class InternalServerError(StatusError):
    """The service answered 500."""


BY_STATUS: Mapping[int, type[StatusError]] = {
    400: BadRequest,
    401: Unauthorized,
    404: NotFound,
    409: Conflict,
    422: UnprocessableEntity,
    500: InternalServerError,
}

__all__ = [
    "BadRequest",
    "BodyError",
    "BY_STATUS",
    "ClientError",
    "Conflict",
    "DecodeError",
    "InternalServerError",
    "NotFound",
    "StatusError",
    "Unauthorized",
    "UnprocessableEntity",
]
