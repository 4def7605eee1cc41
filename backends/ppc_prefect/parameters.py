"""The flow's parameters in Prefect's words: annotations that pydantic enforces, and typed defaults."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from pydantic import JsonValue

from portable_pipeline.codegen.literals import Source, commas, identifier, literal
from portable_pipeline.ir import Choice, Constraints, DictOf, ListOf, OptionalOf, Parameter, Record, Scalar, Type

#: Pydantic's own `int` takes "5" and True for a number; an int stays an int (V1), and what is none is refused (P2).
_STRICT = {"int": "StrictInt", "float": "StrictFloat", "bool": "StrictBool"}
_PLAIN = {"none": "None", "any": "Any"}
_TYPED: dict[str, Callable[[Any], Source]] = {
    "date": lambda text: literal(date.fromisoformat(text)),
    "datetime": lambda text: Source(f"datetime.fromisoformat({literal(text)})"),
    "timedelta": lambda seconds: literal(timedelta(seconds=seconds)),
}


def annotation(declared: Type, records: Mapping[Record, Source], *, strict: bool) -> Source:
    """A type as the annotation of a parameter.

    Args:
        records: The name of the class for each record type.
        strict: Whether pydantic checks values by it, and is not to convert them.
    """
    if isinstance(declared, Scalar):
        name = declared.name
        return Source((_STRICT if strict else _PLAIN).get(name) or _PLAIN.get(name) or name)
    if isinstance(declared, ListOf):
        return Source(f"list[{annotation(declared.item, records, strict=strict)}]")
    if isinstance(declared, DictOf):
        return Source(f"dict[str, {annotation(declared.value, records, strict=strict)}]")
    if isinstance(declared, OptionalOf):
        return Source(f"{annotation(declared.item, records, strict=strict)} | None")
    if isinstance(declared, Choice):
        return Source(f"Literal[{', '.join(map(literal, declared.values))}]")
    return records[declared]


def parameter_annotation(parameter: Parameter, records: Mapping[Record, Source]) -> Source:
    """A parameter's annotation, with its constraints and description for the form that Prefect shows."""
    declared = annotation(parameter.type, records, strict=True)
    bounds = _bounds(parameter.constraints)
    if parameter.description:
        bounds["description"] = parameter.description
    if not bounds:
        return declared
    settings = ", ".join(f"{identifier(name)}={literal(value)}" for name, value in bounds.items())
    return Source(f"Annotated[{declared}, Field({settings})]")


def default(value: JsonValue, declared: Type) -> Source:
    """A default as source: typed, since pydantic takes defaults as they are."""
    if value is None:
        return literal(None)
    if isinstance(declared, OptionalOf):
        return default(value, declared.item)
    if isinstance(declared, ListOf) and isinstance(value, list):
        return Source(f"[{commas(default(item, declared.item) for item in value)}]")
    if isinstance(declared, DictOf) and isinstance(value, dict):
        return _dict({key: default(item, declared.value) for key, item in value.items()})
    if isinstance(declared, Record) and isinstance(value, dict):
        types = {field.name: field.type for field in declared.fields}
        return _dict({key: default(item, types[key]) for key, item in value.items()})
    if isinstance(declared, Scalar) and declared.name in _TYPED:
        return _TYPED[declared.name](value)
    return literal(value)


def record_types(declared: Type) -> Iterator[Record]:
    """The record types in a type, those that others need first."""
    if isinstance(declared, ListOf | OptionalOf):
        yield from record_types(declared.item)
    elif isinstance(declared, DictOf):
        yield from record_types(declared.value)
    elif isinstance(declared, Record):
        for field in declared.fields:
            yield from record_types(field.type)
        yield declared


def _bounds(constraints: Constraints) -> dict[str, Any]:
    return constraints.model_dump(exclude_none=True)


def _dict(entries: Mapping[str, Source]) -> Source:
    return Source(f"{{{commas(Source(f'{literal(key)}: {value}') for key, value in entries.items())}}}")
