"""Pipelines of any size, as a person would have written them: a few kinds of stages, called many times."""

from __future__ import annotations

from pathlib import Path

_HEAD = '''"""A pipeline of {size} stages, for measuring."""

from datetime import date

from portable_pipeline import Dataset, Input, Output, pipeline, run, stage, uri


@stage(retries=2, retry_delay="30s", timeout="10m", tags=["io"])
def load(day: date, table: str) -> int:
    """Pull one table; returns its number of rows."""
    return len(table) + day.day


@stage(retries=1, timeout="20m")
def transform(rows: int, factor: float) -> float:
    """Scale."""
    return rows * factor


@stage(timeout="5m")
def combine(left: float, right: float) -> float:
    """Add up."""
    return left + right


@pipeline(timeout="3h", tags=["bench"])
def stages_{size}(factor: float = 1.5):
    """Loads, transformations of loads, and sums of transformations."""
'''


def pipeline_file(path: Path, size: int) -> Path:
    """Write a pipeline of `size` stages: a third of each kind, each sum also taking the one before it."""
    lines = []
    for index in range(size):
        kind = index % 3
        if kind == 0:
            lines.append(f'    loaded_{index} = load(day=run.date, table="table_{index}")')
        elif kind == 1:
            lines.append(f"    value_{index} = transform(rows=loaded_{index - 1}, factor=factor)")
        else:
            before = f"total_{index - 3}" if index > 3 else f"value_{index - 1}"
            lines.append(f"    total_{index} = combine(left=value_{index - 1}, right={before})")
    path.write_text(_HEAD.format(size=size) + "\n".join(lines) + "\n", encoding="utf-8")
    return path
