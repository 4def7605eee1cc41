"""How values travel between KFP's tasks, and how their types are written for the components.

| wire    | KFP's type | carries                                          |
|---------|------------|--------------------------------------------------|
| `text`  | str        | str, date, datetime, choices of strings          |
| `json`  | str        | everything else, as JSON                         |
| `float` | float      | float                                            |
| `bool`  | bool       | bool                                             |
| `int`   | int        | an int parameter of the pipeline, below 2**53    |

KFP turns every number into a double, so other ints travel as JSON. Two braces in a row are placeholders to KFP and to
Argo: in `text` the second travels as a word joiner and its number, in `json` as an escape; `decode_value` undoes both.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Literal

from pydantic import JsonValue

from portable_pipeline.codegen.literals import Source, commas, literal
from portable_pipeline.ir import Choice, DictOf, ListOf, OptionalOf, Record, Scalar, Type

Wire = Literal["text", "json", "float", "bool", "int"]

ANNOTATIONS: dict[Wire, Source] = {
    "text": Source("str"),
    "json": Source("str"),
    "float": Source("float"),
    "bool": Source("bool"),
    "int": Source("int"),
}
_MARK = "\u2060"
_EXACT_INTS_BELOW = 2**53
_WIRES: dict[str, Wire] = {"str": "text", "date": "text", "datetime": "text", "float": "float", "bool": "bool"}


def wire(declared: Type) -> Wire:
    """How a result of the type travels, and whatever is not said to travel otherwise."""
    if isinstance(declared, Scalar):
        return _WIRES.get(declared.name, "json")
    return "text" if _is_word(declared) else "json"


def parameter_wire(declared: Type) -> Wire:
    """How a parameter of the pipeline travels: an int as KFP's own, which checks it and shows it as a number."""
    return "int" if isinstance(declared, Scalar) and declared.name == "int" else wire(declared)


def fits(value: JsonValue, how: Wire) -> bool:
    """Whether a constant can travel so."""
    if how == "int":
        return type(value) is int and abs(value) < _EXACT_INTS_BELOW
    kinds: dict[Wire, tuple[type, ...]] = {"text": (str,), "float": (int, float), "bool": (bool,)}
    return how == "json" or type(value) in kinds[how]


def constant(value: JsonValue, how: Wire) -> Source:
    """A constant as the literal that travels."""
    if how == "json":
        return literal(json.dumps(value).replace("{{", "{\\u007b"))
    if how == "text":
        return literal(escaped(str(value)))
    return literal(float(value) if how == "float" and isinstance(value, int | float) else value)


def escaped(text: str) -> str:
    """A text in which no two braces follow each other."""
    return re.sub(f"(?<={{){{|{_MARK}", lambda found: _numbered(found[0]), text)


def default(value: JsonValue, how: Wire) -> Source:
    """A default of a parameter: KFP copies it into a comment of the YAML, which a line break would end."""
    if how != "text":
        return constant(value, how)
    text = escaped(str(value))
    # A number has four digits; YAML holds all beyond these, and none of them breaks a line.
    kept = (each if each.isprintable() or each == _MARK or each > "\uffff" else _numbered(each) for each in text)
    return literal("".join(kept))


def _numbered(character: str) -> str:
    return f"{_MARK}{ord(character):04x}"


def decoding(name: Source, declared: Type, how: Wire, class_of: Callable[[Record], Source]) -> Source:
    """The expression for a value of the type, from one that travels so.

    Args:
        class_of: As for `declaration`.
    """
    arguments = [name, declaration(declared, class_of)]
    # A string is taken for JSON unless the declared type is a text: say so where its source is of another type.
    if how in ("text", "json") and (how == "json") != (wire(declared) != "text"):
        arguments.append(Source(f"as_json={how == 'json'}"))
    return Source(f"decode_value({commas(arguments)})")


def declaration(declared: Type, class_of: Callable[[Record], Source]) -> Source:
    """A type as `carried.py` reads it.

    Args:
        class_of: The expression for a record's class where the declaration is used.
    """
    if isinstance(declared, Scalar):
        return literal(declared.name)
    if isinstance(declared, ListOf):
        return Source(f'("list", {declaration(declared.item, class_of)})')
    if isinstance(declared, DictOf):
        return Source(f'("dict", {declaration(declared.value, class_of)})')
    if isinstance(declared, OptionalOf):
        return Source(f'("optional", {declaration(declared.item, class_of)})')
    if isinstance(declared, Choice):
        return literal(("word" if _is_word(declared) else "choice", *declared.values))
    fields = ", ".join(f"{literal(each.name)}: {declaration(each.type, class_of)}" for each in declared.fields)
    required = literal([each.name for each in declared.fields if each.required])
    return Source(f'("record", {class_of(declared)}, {{{fields}}}, {required})')


def records(declared: Type) -> tuple[Record, ...]:
    """The record types in a type, each once, outermost first."""
    if isinstance(declared, Record):
        inner = (found for each in declared.fields for found in records(each.type))
        return tuple(dict.fromkeys((declared, *inner)))
    if isinstance(declared, ListOf | OptionalOf):
        return records(declared.item)
    return records(declared.value) if isinstance(declared, DictOf) else ()


def shown(declared: Type) -> str:
    """A type in words, for descriptions."""
    if isinstance(declared, Scalar):
        return declared.name
    if isinstance(declared, ListOf):
        return f"list of {shown(declared.item)}"
    if isinstance(declared, DictOf):
        return f"dict of {shown(declared.value)}"
    if isinstance(declared, OptionalOf):
        return f"{shown(declared.item)} or null"
    if isinstance(declared, Choice):
        return "one of " + ", ".join(json.dumps(each) for each in declared.values)
    return f"record {declared.name}"


def _is_word(declared: Type) -> bool:
    return isinstance(declared, Choice) and all(isinstance(each, str) for each in declared.values)
