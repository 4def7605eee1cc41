"""Where the argument of a stage comes from."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from portable_pipeline.ir.base import Node


class Constant(Node):
    """A value known at compile time, as JSON (dates in ISO form, timedeltas in seconds, records as dicts)."""

    kind: Literal["constant"] = "constant"
    value: JsonValue


class ParameterRef(Node):
    """The value of a pipeline parameter in this run."""

    kind: Literal["parameter"] = "parameter"
    name: str


class ResultRef(Node):
    """A stage's result, or one field of it when the result is a record (V5)."""

    kind: Literal["result"] = "result"
    stage: str
    field: str | None = None


class ArtifactRef(Node):
    """An artifact that a stage has committed in this run (A4)."""

    kind: Literal["artifact"] = "artifact"
    stage: str
    output: str


class RunDate(Node):
    """The date of the run (D1)."""

    kind: Literal["run_date"] = "run_date"


class RunTime(Node):
    """The instant of the run (D1), in the schedule's zone."""

    kind: Literal["run_time"] = "run_time"


Value = Annotated[
    Constant | ParameterRef | ResultRef | ArtifactRef | RunDate | RunTime,
    Field(discriminator="kind"),
]


class Text(Node):
    """Fixed text in a URI."""

    kind: Literal["text"] = "text"
    text: str


UriPart = Annotated[Text | ParameterRef | RunDate, Field(discriminator="kind")]


class Uri(Node):
    """An artifact's address: fixed text, pipeline parameters and the run date, nothing else (A2)."""

    parts: tuple[UriPart, ...]

    @property
    def template(self) -> str:
        """The address as its author would write it, `{root}/{run_date}/data.csv`."""
        return "".join(_written(part) for part in self.parts)


def _written(part: Text | ParameterRef | RunDate) -> str:
    if isinstance(part, Text):
        return part.text.replace("{", "{{").replace("}", "}}")
    return "{run_date}" if isinstance(part, RunDate) else f"{{{part.name}}}"
