# Generated from specs/fryte/openapi.yaml (sha256 00ff016f7cee) by codegen.py; edit the overlay.
"""The errors of this client; httpx's own errors are passed on.

ClientError
├── StatusError     the service answered with a status that is not a success
│   ├── BadRequest            400
│   ├── Unauthorized          401
│   ├── NotFound              404
│   ├── UnprocessableEntity   422
│   ├── TooManyRequests       429
│   ├── InternalServerError   500
│   └── BadGateway            502
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


class UnprocessableEntity(StatusError):
    """The service answered 422."""


class TooManyRequests(StatusError):
    """The service answered 429."""


class InternalServerError(StatusError):
    """The service answered 500."""


class BadGateway(StatusError):
    """The service answered 502."""


BY_STATUS: Mapping[int, type[StatusError]] = {
    400: BadRequest,
    401: Unauthorized,
    404: NotFound,
    422: UnprocessableEntity,
    429: TooManyRequests,
    500: InternalServerError,
    502: BadGateway,
}

__all__ = [
    "BadGateway",
    "BadRequest",
    "BodyError",
    "BY_STATUS",
    "ClientError",
    "DecodeError",
    "InternalServerError",
    "NotFound",
    "StatusError",
    "TooManyRequests",
    "Unauthorized",
    "UnprocessableEntity",
]
