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


class ItemRef(Node):
    """The current item of a loop around the stage, or one field of it when it is a record.

    Args:
        loop: The loop's id.
        name: Which of its lists.
    """

    kind: Literal["item"] = "item"
    loop: str
    name: str
    field: str | None = None


class Collected(Node):
    """What a stage of a loop gave for each item, in item order (M2), seen from outside of the loop.

    Where the loop stands in another loop and the consumer does not, `of` is itself collected from the inner loop.
    """

    kind: Literal["collected"] = "collected"
    loop: str
    of: ResultRef | ArtifactRef | Collected = Field(discriminator="kind")


class FirstOf(Node):
    """The one option whose stage ran, of branches of which at most one does (C4)."""

    kind: Literal["first_of"] = "first_of"
    options: tuple[Annotated[ResultRef | ArtifactRef, Field(discriminator="kind")], ...]


Value = Annotated[
    Constant | ParameterRef | ResultRef | ArtifactRef | RunDate | RunTime | ItemRef | Collected | FirstOf,
    Field(discriminator="kind"),
]


class Text(Node):
    """Fixed text in a URI."""

    kind: Literal["text"] = "text"
    text: str


class ItemKey(Node):
    """What names the current item of a loop in an address (M7): its index, or its key."""

    kind: Literal["item_key"] = "item_key"
    loop: str


UriPart = Annotated[Text | ParameterRef | RunDate | ItemKey, Field(discriminator="kind")]


class Uri(Node):
    """An artifact's address: fixed text, pipeline parameters, the run date and the item, nothing else (A2)."""

    parts: tuple[UriPart, ...]

    @property
    def template(self) -> str:
        """The address as its author would write it, `{root}/{run_date}/data.csv`."""
        return "".join(_written(part) for part in self.parts)


def _written(part: Text | ParameterRef | RunDate | ItemKey) -> str:
    match part:
        case Text():
            return part.text.replace("{", "{{").replace("}", "}}")
        case ParameterRef():
            return f"{{{part.name}}}"
        case RunDate():
            return "{run_date}"
        case ItemKey():
            return "{item_key}"
