"""Plain functions that know nothing of pipelines; a case makes stages of them."""

from __future__ import annotations

from recording import record

FACTOR = 3


def scale(log: str, value: int) -> int:
    """Multiply by a constant of this module."""
    record(log, "scale", value=value)
    return value * FACTOR


def add(log: str, left: int, right: int = 100) -> int:
    """Add, by default a hundred."""
    record(log, "add", left=left, right=right)
    return left + right
