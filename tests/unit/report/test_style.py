"""The colours of the report: told from what is behind them in light and in dark, and never alone."""

import re
from datetime import UTC, datetime
from importlib.resources import files

import pytest

from jobwait import Outcome
from jobwait._report.facts import facts_of_outcome
from jobwait._report.states import STATES
from jobwait.errors import JobNotFound

STYLE = files("jobwait._report").joinpath("style.css").read_text("utf-8")
TEXT, DRAWN = ("ink", "soft"), ("good", "bad", "warn", "calm", "live", "idle", "late", "focus")


def colours(scheme):
    """The colours of *scheme* by their names."""
    dark = STYLE.split("@media screen and (prefers-color-scheme:dark){")[1].split("\n}\n")[0]
    return dict(re.findall(r"--(\w+):(#\w+)", STYLE.split("@media")[0] if scheme == "light" else dark))


def brightness(colour):
    """The relative luminance of *colour*, as the accessibility guidelines (WCAG) define it."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """How far the two colours are from each other, from 1 to 21."""
    darker, lighter = sorted(map(brightness, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("ground", ["paper", "raised"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_have_contrast(scheme, ground):
    """Text at least 4.5 to 1, what is drawn at least 3 to 1, on both grounds."""
    known = colours(scheme)
    assert set(known) == {*TEXT, *DRAWN, "paper", "raised", "line"}
    for names, least in ((TEXT, 4.5), (DRAWN, 3.0)):
        assert {} == {name: ratio for name in names if (ratio := contrast(known[name], known[ground])) < least}


def test_no_two_states_have_one_symbol_or_one_name():
    """A state is known without its colour."""
    for kind in ("symbol", "word"):
        assert len(STATES) == len({getattr(look, kind) for look in STATES.values()})
    rules = {
        name: rule for names, rule in re.findall(r"(?m)^(path\.[^{]+)\{(.*)\}$", STYLE) for name in names.split(",")
    }
    bars = [
        (look.bar(0, 100), re.sub(r"var\(--\w+\)", "", rules[f"path.{state}"]))
        for state, look in STATES.items()
        if look.meaning
    ]
    assert len(bars) == len(set(bars)) == 6


def test_a_job_that_was_not_found_is_called_so():
    """In its section and in the head; "unreachable" is for services that do not answer."""
    error = JobNotFound("fryte job a: the service responded with 404.", service="fryte", job_id="a")
    at = datetime(2026, 1, 1, tzinfo=UTC)
    outcome = Outcome("fryte", "a", "unreachable", None, error, 1, 1, at, at)
    assert "not found" == STATES[facts_of_outcome(outcome).state].word
