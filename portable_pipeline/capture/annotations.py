"""From annotations to the types of the IR."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from pathlib import PurePath
from typing import Annotated, Any, Literal, Union, get_args, get_origin, is_typeddict

from portable_pipeline.dsl.artifacts import Artifact, Dataset, Directory, Input, Metrics, Model, Output, UriTemplate
from portable_pipeline.dsl.constraints import Field
from portable_pipeline.ir import Choice, DictOf, ListOf, OptionalOf, Record, RecordField, Scalar, Type
from portable_pipeline.ir.types import (
    ANY,
    BOOL,
    DATE,
    DATETIME,
    FLOAT,
    INT,
    NONE,
    STR,
    TIMEDELTA,
    ArtifactKind,
    RecordForm,
)

_SCALARS: dict[Any, Scalar] = {
    int: INT, float: FLOAT, str: STR, bool: BOOL, None: NONE, type(None): NONE, Any: ANY, object: ANY,
    date: DATE, datetime: DATETIME, timedelta: TIMEDELTA,
}  # fmt: skip
_KINDS: dict[Any, ArtifactKind] = {
    Dataset: "Dataset",
    Model: "Model",
    Metrics: "Metrics",
    Artifact: "Artifact",
    Directory: "Directory",
}
_INSTEAD: tuple[tuple[Any, str], ...] = (
    (PurePath, "`str` for a path, or `Input[...]`/`Output[...]` for a file that a stage reads or writes"),
    (Enum, "`Literal[...]` of the values"),
    ((tuple, set, frozenset), "`list[...]`, or a NamedTuple for values of several types"),
    (
        (bytes, bytearray, memoryview),
        "an artifact: `Output[Dataset]` where it is made, `Input[Dataset]` where it is used",
    ),
    (complex, "two floats"),
)


_PORTABLE = (
    "int, float, str, bool, date, datetime, timedelta, list, dict, Literal, "
    "or a dataclass, NamedTuple or TypedDict of these"
)


class UnsupportedAnnotation(Exception):
    """An annotation has no portable type.

    Args:
        annotation: As Python code.
        instead: What to write.
    """

    def __init__(self, annotation: Any, instead: str) -> None:
        self.annotation = shown(annotation)
        self.instead = instead
        super().__init__(self.annotation)


@dataclass(frozen=True, slots=True)
class ArtifactAnnotation:
    """`Input[Dataset]` or `Output[Dataset]`.

    Args:
        uri: The address in `Annotated[Output[Dataset], uri(...)]`.
        many: Whether it is `list[Input[Dataset]]`.
    """

    direction: Literal["input", "output"]
    kind: ArtifactKind
    uri: UriTemplate | None = None
    many: bool = False


def artifact_of(annotation: Any) -> ArtifactAnnotation | None:
    """The artifact that the annotation declares; None when it declares a value.

    Raises:
        UnsupportedAnnotation: If it is about artifacts and none that there is.
    """
    bare, extras = split(annotation)
    origin = get_origin(bare) or bare
    if origin is list and get_args(bare):
        item = artifact_of(get_args(bare)[0])
        if item is not None and item.direction == "output":
            raise UnsupportedAnnotation(bare, "`Output[...]`: a stage writes one artifact for each such parameter")
        return item and replace(item, many=True)
    if origin is not Input and origin is not Output:
        if bare in _KINDS:
            raise UnsupportedAnnotation(bare, f"`Input[{shown(bare)}]` or `Output[{shown(bare)}]`")
        return None
    (kind,) = get_args(bare) or (Artifact,)
    if kind not in _KINDS:
        raise UnsupportedAnnotation(bare, f"one of {', '.join(f'`{shown(each)}`' for each in _KINDS)} in the brackets")
    given = next((each for each in extras if isinstance(each, UriTemplate)), None)
    return ArtifactAnnotation("input" if origin is Input else "output", _KINDS[kind], given)


def split(annotation: Any) -> tuple[Any, tuple[Any, ...]]:
    """An annotation without `Annotated`, and what `Annotated` added to it."""
    if get_origin(annotation) is Annotated:
        bare, *extras = get_args(annotation)
        return bare, tuple(extras)
    return annotation, ()


def constraints_of(annotation: Any) -> Field:
    """The bounds that `Annotated[..., Field(...)]` sets; none where there is none."""
    _, extras = split(annotation)
    return next((each for each in extras if isinstance(each, Field)), Field())


def type_of(annotation: Any, _inside: tuple[type, ...] = ()) -> Type:
    """The portable type of a value with this annotation.

    Raises:
        UnsupportedAnnotation: If there is none.
    """
    bare, _ = split(annotation)
    try:
        if bare in _SCALARS:
            return _SCALARS[bare]
    except TypeError:
        raise UnsupportedAnnotation(bare, _PORTABLE) from None
    origin, inner = get_origin(bare), get_args(bare)
    if bare in (list, dict):
        return ListOf(item=ANY) if bare is list else DictOf(value=ANY)
    if origin is list:
        return ListOf(item=type_of(inner[0], _inside))
    if origin is dict:
        return _dict_of(bare, inner, _inside)
    if origin is Literal:
        return _choice_of(bare, inner)
    if origin in (Union, types.UnionType):
        return _optional_of(bare, inner, _inside)
    if isinstance(bare, type) and origin is None:
        return _class_type(bare, _inside)
    raise UnsupportedAnnotation(bare, _advice(origin))


def _dict_of(bare: Any, inner: tuple[Any, ...], inside: tuple[type, ...]) -> DictOf:
    if split(inner[0])[0] is not str:
        raise UnsupportedAnnotation(bare, "a dict whose keys are `str`, as in JSON")
    return DictOf(value=type_of(inner[1], inside))


def _choice_of(bare: Any, inner: tuple[Any, ...]) -> Type:
    values = tuple(each for each in inner if each is not None)
    if not values or not all(type(each) in (bool, int, str) for each in values):
        raise UnsupportedAnnotation(bare, "`Literal[...]` of texts, integers or booleans")
    choice = Choice(values=values)
    return choice if len(values) == len(inner) else OptionalOf(item=choice)


def _optional_of(bare: Any, inner: tuple[Any, ...], inside: tuple[type, ...]) -> Type:
    others = [each for each in inner if each is not type(None)]
    if len(others) != 1:
        raise UnsupportedAnnotation(bare, "one type, or one type and None; a record for values of several forms")
    item = type_of(others[0], inside)
    return item if item in (ANY, NONE) or isinstance(item, OptionalOf) else OptionalOf(item=item)


def _class_type(found: type, inside: tuple[type, ...]) -> Type:
    form = record_form(found)
    if form is None:
        raise UnsupportedAnnotation(found, _advice(found))
    if found in inside:
        raise UnsupportedAnnotation(found, "a record that does not contain itself")
    if "<locals>" in found.__qualname__:
        raise UnsupportedAnnotation(found, "a class at the top of its module, where the stage's code can import it")
    fields = tuple(
        RecordField(name=name, type=type_of(hint, (*inside, found)), required=required)
        for name, hint, required in _fields(found, form)
    )
    return Record(form=form, module=found.__module__, name=found.__qualname__, fields=fields)


def record_form(found: type) -> RecordForm | None:
    """How the class is a record; None when it is none."""
    if is_typeddict(found):
        return "typeddict"
    if dataclasses.is_dataclass(found):
        return "dataclass"
    return "namedtuple" if issubclass(found, tuple) and hasattr(found, "_fields") else None


def _fields(found: Any, form: RecordForm) -> list[tuple[str, Any, bool]]:
    try:
        hints = typing.get_type_hints(found, include_extras=True)
    except Exception as error:
        raise UnsupportedAnnotation(found, f"annotations that can be evaluated: {error}") from None
    if form == "dataclass":
        return [(each.name, hints[each.name], _is_required(each)) for each in dataclasses.fields(found) if each.init]
    if form == "namedtuple":
        return [(name, hints.get(name, Any), name not in found._field_defaults) for name in found._fields]
    required: frozenset[str] = found.__required_keys__
    return [(name, _without_qualifier(hint), name in required) for name, hint in hints.items()]


def _is_required(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _without_qualifier(hint: Any) -> Any:
    """`Required[int]` and `NotRequired[int]` are `int`; Python 3.10 has them in typing_extensions only."""
    name = getattr(get_origin(hint), "_name", None)
    return get_args(hint)[0] if name in ("Required", "NotRequired", "ReadOnly") else hint


def _advice(found: Any) -> str:
    if isinstance(found, type):
        for classes, instead in _INSTEAD:
            if issubclass(found, classes):
                return instead
        module = found.__module__.partition(".")[0]
        if module in ("pandas", "polars", "numpy", "pyarrow", "torch", "sklearn", "xgboost"):
            return "an artifact: write it in one stage (`Output[...]`), read it in the next (`Input[...]`)"
        if issubclass(found, Mapping):
            return "`dict[str, ...]`"
    if getattr(found, "__module__", "") == "collections.abc":
        return "`list[...]` or `dict[str, ...]`"
    return _PORTABLE


def shown(annotation: Any) -> str:
    """The annotation as its author would write it, but the members of a union by name, and None last.

    Python has one object for unions that are equal: their order is that of whichever a process has come upon first.
    """
    if annotation is type(None):
        return "None"
    inner = get_args(annotation)
    if isinstance(annotation, type) and not inner:
        return annotation.__qualname__
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        return " | ".join(sorted(map(shown, inner), key=lambda name: (name == "None", name)))
    if origin in (list, dict, tuple, set, frozenset) and Ellipsis not in inner:
        return f"{origin.__name__}[{', '.join(map(shown, inner))}]"
    return repr(annotation).replace("typing.", "").replace("portable_pipeline.dsl.artifacts.", "")


def evaluated(annotation: Any, namespace: Mapping[str, Any]) -> Any:
    """An annotation that may be a string, or hold strings, as the object that it means.

    Raises:
        Exception: Whatever evaluating it raises.
    """
    holder = types.SimpleNamespace(__annotations__={"it": annotation})
    return typing.get_type_hints(holder, dict(namespace), include_extras=True)["it"]
