"""Encodes HERE's flexible polyline."""

from collections.abc import Iterable

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_VERSION = 1
_PRECISION = 5
_FIVE_BITS = 0x1F
_MORE = 0x20


def encode(points: Iterable[tuple[float, float]]) -> str:
    """*points*, as latitude and longitude in degrees, as a polyline with five decimals."""
    text = [_unsigned(_VERSION), _unsigned(_PRECISION)]
    last = (0, 0)
    for point in points:
        rounded = (round(point[0] * 10**_PRECISION), round(point[1] * 10**_PRECISION))
        steps = [new - old for new, old in zip(rounded, last, strict=True)]
        text += [_unsigned(~(step << 1) if step < 0 else step << 1) for step in steps]
        last = rounded
    return "".join(text)


def _unsigned(value: int) -> str:
    text = ""
    while value > _FIVE_BITS:
        text += _ALPHABET[(value & _FIVE_BITS) | _MORE]
        value >>= 5
    return text + _ALPHABET[value]
