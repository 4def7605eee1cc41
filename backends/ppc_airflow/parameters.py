"""Pipeline parameters as Airflow params: JSON Schema, which Airflow shows as a form and enforces."""

from __future__ import annotations

from typing import Any

from portable_pipeline.codegen.literals import Source, commas, identifier, literal
from portable_pipeline.ir import Choice, Constraints, DictOf, ListOf, OptionalOf, Parameter, Record, Type

Schema = dict[str, Any]

_DATETIME = r"^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?([Zz]|[+-]\d\d:\d\d)?)?$"

_SCALARS: dict[str, Schema] = {
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "str": {"type": "string"},
    "bool": {"type": "boolean"},
    "none": {"type": "null"},
    "date": {"type": "string", "format": "date"},
    # Not the format `date-time`: for Airflow that is one with an offset.
    "datetime": {"type": "string", "pattern": _DATETIME},
    "timedelta": {"type": "number"},
    "any": {},
}
_BOUNDS = {
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
    "multiple_of": "multipleOf",
    "min_length": "minLength",
    "max_length": "maxLength",
    "pattern": "pattern",
}
_LIST_BOUNDS = {**_BOUNDS, "min_length": "minItems", "max_length": "maxItems"}


def param(parameter: Parameter) -> Source:
    """The expression for a parameter: `Param(0.8, type="number", minimum=0)`."""
    default = () if parameter.required else (literal(parameter.default),)
    description = {"description": parameter.description} if parameter.description else {}
    keywords = {**_bounded(parameter.type, parameter.constraints), **description}
    settings = (Source(f"{identifier(name)}={literal(value)}") for name, value in keywords.items())
    return Source(f"Param({commas((*default, *settings))})")


def schema(declared: Type) -> Schema:
    """The JSON Schema of a type's JSON form."""
    if isinstance(declared, ListOf):
        return {"type": "array", "items": schema(declared.item)}
    if isinstance(declared, DictOf):
        return {"type": "object", "additionalProperties": schema(declared.value)}
    if isinstance(declared, OptionalOf):
        return _optional(schema(declared.item))
    if isinstance(declared, Choice):
        return {"enum": list(declared.values)}
    if isinstance(declared, Record):
        return _record(declared)
    return dict(_SCALARS[declared.name])


def _bounded(declared: Type, constraints: Constraints) -> Schema:
    """A type's schema with bounds, which count for what is not null."""
    if isinstance(declared, OptionalOf):
        return _optional(_bounded(declared.item, constraints))
    names = _LIST_BOUNDS if isinstance(declared, ListOf) else _BOUNDS
    bounds = {names[key]: value for key, value in constraints.model_dump(exclude_none=True).items()}
    return {**schema(declared), **bounds}


def _optional(item: Schema) -> Schema:
    if "enum" in item:
        return {**item, "enum": [None, *item["enum"]]}
    # Airflow's form wants a list of types; keywords for other types than the value's own do not count in JSON Schema.
    return {**item, "type": ["null", item["type"]]} if isinstance(item.get("type"), str) else item


def _record(record: Record) -> Schema:
    return {
        "type": "object",
        "properties": {field.name: schema(field.type) for field in record.fields},
        "required": [field.name for field in record.fields if field.required],
        "additionalProperties": False,
    }
