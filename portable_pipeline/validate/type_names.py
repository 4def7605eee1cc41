"""Types as their author would write them."""

from __future__ import annotations

from portable_pipeline.ir import Choice, DictOf, ListOf, OptionalOf, Record, Scalar, Type

_SCALARS = {"none": "None", "any": "Any"}


def type_name(declared: Type) -> str:
    """The type as an annotation.

    >>> type_name(OptionalOf(item=ListOf(item=Scalar(name="int"))))
    'list[int] | None'
    """
    match declared:
        case Scalar():
            return _SCALARS.get(declared.name, declared.name)
        case ListOf():
            return f"list[{type_name(declared.item)}]"
        case DictOf():
            return f"dict[str, {type_name(declared.value)}]"
        case OptionalOf():
            return f"{type_name(declared.item)} | None"
        case Choice():
            return f"Literal[{', '.join(map(repr, declared.values))}]"
        case Record():
            return declared.name
