"""The axes of the report: round ticks, few of them, and labels that say which unit and day they mean."""

import pytest

from jobwait._report import axis

DAY = 86_400.0
BEGAN = 1_767_225_600.0  # 2026-01-01 00:00:00 UTC


@pytest.mark.parametrize(
    ("span", "labels"),
    [
        (0, "0"),
        (0.5, "0|0.1 s|0.2 s|0.3 s|0.4 s|0.5 s"),
        (62, "0|15 s|30 s|45 s|60 s"),
        (170, "0|30 s|60 s|90 s|120 s|150 s"),
        (25 * 60, "0|5 min|10 min|15 min|20 min|25 min"),
        (8 * 3600, "0|2 h|4 h|6 h|8 h"),
        (9 * DAY, "0|2 d|4 d|6 d|8 d"),
    ],
)
def test_an_axis_of_durations_has_round_ticks(span, labels):
    """From zero to the end, in one unit, at most seven of them."""
    assert labels == "|".join(text for _, text in axis.elapsed(span))


@pytest.mark.parametrize(
    ("first", "span", "labels"),
    [
        (BEGAN + 7, 60, "00:00:10|00:00:20|00:00:30|00:00:40|00:00:50|00:01:00"),
        (BEGAN + 100, 3600, "00:10|00:20|00:30|00:40|00:50|01:00"),
        (BEGAN + 20 * 3600, 8 * 3600, "20:00|22:00|Jan 2|02:00|04:00"),
        (BEGAN + 3600, 5 * DAY, "Jan 2|Jan 3|Jan 4|Jan 5|Jan 6"),
        (BEGAN + 1, 0, "00:00:01"),
        (BEGAN + 1.01, 0.05, "00:00:01.020|00:00:01.040|00:00:01.060"),
    ],
)
def test_an_axis_of_moments_has_ticks_at_round_times_of_the_day(first, span, labels):
    """In UTC; a tick at midnight is the date."""
    assert labels == "|".join(text for _, text in axis.clock(first, first + span))


def test_ticks_are_within_the_axis_and_few():
    """Whatever the span is, from a millisecond to forty years."""
    for exponent in range(-3, 10):
        for factor in (1, 1.7, 3.3, 9.9):
            span = factor * 10.0**exponent
            for ticks in (axis.elapsed(span), axis.clock(BEGAN + 0.123, BEGAN + 0.123 + span)):
                assert 1 <= len(ticks) <= axis.MOST + 1
                assert all(0 <= at <= 1 + 1e-9 for at, _ in ticks)
