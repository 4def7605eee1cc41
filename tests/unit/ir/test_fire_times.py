"""Which fire times the clock skips."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from portable_pipeline.ir import Cron
from portable_pipeline.ir.fire_times import fire_times, skipped_fire_time


@pytest.mark.parametrize(
    ("expression", "zone", "skipped"),
    [
        ("30 2 * * *", "Europe/Berlin", datetime(2026, 3, 29, 2, 30)),
        ("0 2 * * *", "Europe/Berlin", datetime(2026, 3, 29, 2, 0)),
        ("30 1 * * *", "Europe/Berlin", None),
        ("0 3 * * *", "Europe/Berlin", None),
        ("*/20 * * * *", "Europe/Berlin", datetime(2026, 3, 29, 2, 0)),
        ("30 2 * * 1-6", "Europe/Berlin", None),
        ("30 2 1-7 * *", "Europe/Berlin", None),
        ("30 2 * * *", "America/New_York", datetime(2026, 3, 8, 2, 30)),
        ("0 2 * * *", "Australia/Lord_Howe", datetime(2026, 10, 4, 2, 0)),
        ("30 2 * * *", "Australia/Lord_Howe", None),
        ("30 2 * * *", "UTC", None),
        ("30 2 * * *", "Asia/Tokyo", None),
    ],
)
def test_skipped_fire_times(expression, zone, skipped):
    assert skipped_fire_time(Cron(expression=expression, timezone=zone)) == skipped


@pytest.mark.parametrize(
    ("expression", "zone", "first", "last", "expected"),
    [
        ("30 2 * * 1-5", "UTC", "2026-01-02", "2026-01-05", ["2026-01-02T02:30:00+00:00", "2026-01-05T02:30:00+00:00"]),
        # Skipped by the clock: the first instant after the gap.
        ("30 2 * * *", "Europe/Berlin", "2026-03-29", "2026-03-29", ["2026-03-29T03:00:00+02:00"]),
        ("30 0 * * *", "America/Santiago", "2026-09-06", "2026-09-06", ["2026-09-06T01:00:00-03:00"]),
        # Shown twice by the clock: once.
        ("30 2 * * *", "Europe/Berlin", "2026-10-25", "2026-10-25", ["2026-10-25T02:30:00+02:00"]),
        # Several in a gap are one.
        (
            "*/20 2-3 * * *", "Europe/Berlin", "2026-03-29", "2026-03-29",
            ["2026-03-29T03:00:00+02:00", "2026-03-29T03:20:00+02:00", "2026-03-29T03:40:00+02:00"],
        ),
        ("0 0 31 * *", "UTC", "2026-02-01", "2026-04-30", ["2026-03-31T00:00:00+00:00"]),
        ("0 0 29 2 *", "UTC", "2026-01-01", "2027-12-31", []),
    ],
)  # fmt: skip
def test_fire_times(expression: str, zone: str, first: str, last: str, expected: list[str]) -> None:
    schedule = Cron(expression=expression, timezone=zone)
    found = fire_times(schedule, date.fromisoformat(first), date.fromisoformat(last))
    assert [each.isoformat() for each in found] == expected
