"""Which type may stand for which: whether every value of the one, as JSON, is a value of the other.

| given        | declared                                                             |
|--------------|----------------------------------------------------------------------|
| anything     | `Any`; and `Any` for anything: that is found when it arrives         |
| `int`        | `float`                                                              |
| `T`, `None`  | `T | None`                                                           |
| `list[S]`    | `list[T]` if S may stand for T; `dict` and `T | None` alike          |
| `Literal`    | a `Literal` with all its values; `str`, `int`, `bool` if all are so  |
| a record     | a record with its fields, or a `dict` of all their types             |

A `bool` is no `int`, a `datetime` no `date`: a value arrives as the type that is declared, or not at all (V1).
"""

from __future__ import annotations

from portable_pipeline.ir import Choice, DictOf, ListOf, OptionalOf, Record, Scalar, Type

_WIDER = {("int", "float")}


def assignable(given: Type, declared: Type) -> bool:
    """Whether a value of the type `given` may be handed to an argument of the type `declared`."""
    if _is_any(given) or _is_any(declared):
        return True
    match given, declared:
        case OptionalOf(), OptionalOf():
            return assignable(given.item, declared.item)
        case Scalar(name="none"), OptionalOf():
            return True
        case _, OptionalOf():
            return assignable(given, declared.item)
        case Scalar(), Scalar():
            return given.name == declared.name or (given.name, declared.name) in _WIDER
        case ListOf(), ListOf():
            return assignable(given.item, declared.item)
        case DictOf(), DictOf():
            return assignable(given.value, declared.value)
        case Choice(), Choice():
            return set(_typed(given)) <= set(_typed(declared))
        case Choice(), Scalar():
            return all(name == declared.name or (name, declared.name) in _WIDER for name, _ in _typed(given))
        case Record(), Record():
            return _fields_fit(given, declared)
        case Record(), DictOf():
            return all(assignable(field.type, declared.value) for field in given.fields)
    return False


def _is_any(each: Type) -> bool:
    return isinstance(each, Scalar) and each.name == "any"


def _typed(choice: Choice) -> list[tuple[str, bool | int | str]]:
    # In Python 1 == True, in JSON it is not.
    return [(type(value).__name__, value) for value in choice.values]


def _fields_fit(given: Record, declared: Record) -> bool:
    has = {field.name: field for field in given.fields}
    wants = {field.name: field for field in declared.fields}
    return has.keys() <= wants.keys() and all(
        assignable(has[name].type, field.type) and (has[name].required or not field.required)
        if name in has
        else not field.required
        for name, field in wants.items()
    )
