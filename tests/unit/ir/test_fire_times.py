"""Which fire times the clock skips."""

from __future__ import annotations

from datetime import datetime

import pytest

from portable_pipeline.ir import Cron
from portable_pipeline.ir.fire_times import skipped_fire_time


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
