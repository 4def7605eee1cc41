"""The base of every IR node: frozen, exact, closed."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Node(BaseModel):
    """A value of the IR. Frozen; unknown keys and lossy coercions are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_timedelta="float", ser_json_inf_nan="constants")
