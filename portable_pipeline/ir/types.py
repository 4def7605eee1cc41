"""The types of values (V1) and of artifacts, structural and independent of Python classes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from portable_pipeline.ir.base import Node

ScalarName = Literal["int", "float", "str", "bool", "none", "date", "datetime", "timedelta", "any"]
ArtifactKind = Literal["Dataset", "Model", "Metrics", "Artifact", "Directory"]
RecordForm = Literal["dataclass", "namedtuple", "typeddict"]


class Scalar(Node):
    """A value without parts; `any` is any JSON value."""

    kind: Literal["scalar"] = "scalar"
    name: ScalarName


class ListOf(Node):
    """A list whose items share a type."""

    kind: Literal["list"] = "list"
    item: Type


class DictOf(Node):
    """A dict with string keys whose values share a type."""

    kind: Literal["dict"] = "dict"
    value: Type


class OptionalOf(Node):
    """The item's type, or None."""

    kind: Literal["optional"] = "optional"
    item: Type


class Choice(Node):
    """One of a few constants (`typing.Literal`)."""

    kind: Literal["choice"] = "choice"
    values: tuple[bool | int | str, ...]


class RecordField(Node):
    """One field of a record."""

    name: str
    type: Type
    required: bool = True


class Record(Node):
    """A dataclass, NamedTuple or TypedDict; travels as a dict of its fields.

    Args:
        module: Dotted name of the module that defines it, as the stage's code imports it.
        name: Qualified name in that module.
    """

    kind: Literal["record"] = "record"
    form: RecordForm
    module: str
    name: str
    fields: tuple[RecordField, ...]


Type = Annotated[Scalar | ListOf | DictOf | OptionalOf | Choice | Record, Field(discriminator="kind")]


class Constraints(Node):
    """Bounds on a parameter's value, as in JSON Schema."""

    ge: int | float | None = None
    gt: int | float | None = None
    le: int | float | None = None
    lt: int | float | None = None
    multiple_of: int | float | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None


for _model in (ListOf, DictOf, OptionalOf, RecordField, Record):
    _model.model_rebuild()

INT, FLOAT, STR, BOOL = Scalar(name="int"), Scalar(name="float"), Scalar(name="str"), Scalar(name="bool")
NONE, ANY = Scalar(name="none"), Scalar(name="any")
DATE, DATETIME, TIMEDELTA = Scalar(name="date"), Scalar(name="datetime"), Scalar(name="timedelta")
