"""Bounds on pipeline parameters that every engine can show and enforce."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Bounds on a pipeline parameter: `share: Annotated[float, Field(gt=0, lt=1)] = 0.25`.

    Args:
        ge: Least value.
        gt: Every value is greater than this.
        le: Greatest value.
        lt: Every value is less than this.
        multiple_of: Every value is a multiple of this.
        min_length: Least length of a text or list.
        max_length: Greatest length of a text or list.
        pattern: Regular expression that a text matches somewhere, as in JSON Schema.
        description: What the parameter means, for the engine's forms.
    """

    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    lt: float | None = None
    multiple_of: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    description: str = ""
