"""Results as an engine's database has kept them, shown as what the stage has returned."""

from __future__ import annotations

from pydantic import JsonValue

from portable_pipeline.ir import DictOf, ListOf, OptionalOf, Record, Scalar
from portable_pipeline.ir.types import Type


def as_declared(value: JsonValue, declared: Type | None) -> JsonValue:
    """A JSON value whose floats are floats: SQLite, below Airflow, keeps `2.0` as `2`.

    Args:
        declared: None where that is not known; then the value is as it is, like what is declared `Any`.

    >>> as_declared(2, Scalar(name="float"))
    2.0
    """
    match declared, value:
        case Scalar(name="float"), int() if not isinstance(value, bool):
            return float(value)
        case OptionalOf(), _ if value is not None:
            return as_declared(value, declared.item)
        case ListOf(), list():
            return [as_declared(each, declared.item) for each in value]
        case DictOf(), dict():
            return {name: as_declared(each, declared.value) for name, each in value.items()}
        case Record(), dict():
            types = {field.name: field.type for field in declared.fields}
            return {name: as_declared(each, types.get(name)) for name, each in value.items()}
    return value
