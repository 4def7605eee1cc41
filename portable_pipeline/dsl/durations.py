"""Durations as people write them."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds", "ms": "milliseconds"}
_PART = r"(?P<{unit}>\d+(?:\.\d+)?){letter}"
_DURATION = re.compile("".join(f"(?:{_PART.format(unit=unit, letter=letter)})?" for letter, unit in _UNITS.items()))


def parse_duration(text: str) -> timedelta | None:
    """The duration that a text like `90s`, `30m`, `2h`, `1d` or `1h30m` stands for; None when it is none.

    >>> parse_duration("1h30m")
    datetime.timedelta(seconds=5400)
    >>> parse_duration("30 minutes") is None
    True
    """
    found = _DURATION.fullmatch(text.strip())
    if found is None or not found[0]:
        return None
    try:
        return timedelta(**{unit: float(amount) for unit, amount in found.groupdict(default="0").items()})
    except OverflowError:
        return None
