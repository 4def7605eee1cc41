"""Values between stages: JSON on the way, the declared type on arrival.

| declared                         | as JSON                                                  |
|----------------------------------|----------------------------------------------------------|
| `str` `bool` `int` `None`        | itself; a bool is no int                                 |
| `float`                          | a number; an int arrives as a float; neither NaN nor inf |
| `date` `datetime`                | ISO 8601, a datetime with the offset that it has         |
| `timedelta`                      | seconds; exact to the microsecond up to 270 years        |
| `list[T]` `dict[str, T]`         | an array, an object                                      |
| dataclass, NamedTuple, TypedDict | an object with a key for each field                      |
| `T | None`, `Literal`            | as the member that fits                                  |
| `Any`, or no annotation          | as it is                                                 |
"""

import datetime as dt
import json
import re
import types
from collections.abc import Callable
from math import isfinite
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

from .errors import InvalidValue

Json = Union[None, bool, int, float, str, "list[Json]", "dict[str, Json]"]

MAX_JSON_BYTES = 48 * 1024

UNDECLARED: Any = Any
"""What a parameter or result without an annotation is taken for."""


def encode(value: Any, declared: Any, what: str) -> Json:
    """Turn a value into JSON, and prove that it is what was declared.

    Args:
        value: What the stage returned.
        declared: Its type annotation, resolved (not a string).
        what: How an error names the value: "result", "parameter `day`".

    Raises:
        InvalidValue: The value is something else, or cannot be written as JSON.
    """
    encoded: Json = _convert(value, declared, what, decoding=False)
    return encoded


def check_size(encoded: Json, what: str) -> None:
    """Refuse a value that is too large to travel through an orchestrator's database.

    Raises:
        InvalidValue: Its compact JSON takes more than `MAX_JSON_BYTES` in UTF-8.
    """
    text = json.dumps(encoded, ensure_ascii=False, separators=(",", ":"))
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_JSON_BYTES:
        raise InvalidValue(
            f"{what} takes {size} bytes of JSON, at most {MAX_JSON_BYTES} travel; write an artifact instead"
        )


def decode(encoded: Any, declared: Any, what: str) -> Any:
    """Turn JSON back into a value of the declared type.

    Args:
        encoded: What `encode` returned, or what a user wrote for a parameter.
        declared: The type annotation, resolved (not a string).
        what: How an error names the value: "result", "parameter `day`".

    Raises:
        InvalidValue: The JSON does not hold a value of that type.
    """
    return _convert(encoded, declared, what, decoding=True)


def hints(function: Callable[..., Any]) -> dict[str, Any]:
    """Return the annotations of a function, those written as strings evaluated."""
    return get_type_hints(function)


def record_fields(declared: Any) -> dict[str, Any] | None:
    """Return the fields of a record type and their types; None for any other type."""
    if not isinstance(declared, type):
        return None
    if hasattr(declared, "__dataclass_fields__"):
        import dataclasses  # slow to import, and only loaded when the stage's own module has loaded it

        names = [field.name for field in dataclasses.fields(declared) if field.init]
    elif is_typeddict(declared):
        names = list(declared.__annotations__)
    elif issubclass(declared, tuple) and hasattr(declared, "_fields"):
        names = list(declared._fields)
    else:
        return None
    declared_types = get_type_hints(declared, include_extras=True)
    return {name: declared_types.get(name, UNDECLARED) for name in names}


def type_name(declared: Any) -> str:
    """Name a type as its author wrote it: `int`, `list[str]`, `float | None`."""
    if declared is None or declared is type(None):
        return "None"
    if isinstance(declared, type) and not get_args(declared):
        return declared.__qualname__
    if get_origin(declared) in (Union, types.UnionType):
        return " | ".join(type_name(member) for member in get_args(declared))
    return re.sub(r"\b(?:\w+\.)+(?=\w)", "", str(declared))


def _convert(value: Any, declared: Any, what: str, *, decoding: bool) -> Any:
    origin, members = get_origin(declared) or declared, get_args(declared)
    if origin is Annotated or _name(origin) in ("Required", "NotRequired"):
        return _convert(value, members[0], what, decoding=decoding)
    if origin is Any:
        return value if decoding else _plain(value, what)
    if origin is Literal:
        # 1 == True == 1.0 in Python, not in JSON.
        if not any(value == member and type(value) is type(member) for member in members):
            raise _mismatch(value, declared, what)
        return value
    if origin in (Union, types.UnionType):
        return _optional(value, declared, what, decoding=decoding)
    if origin is list:
        return _array(value, declared, what, decoding=decoding)
    if origin is dict:
        return _object(value, declared, what, decoding=decoding)
    scalar = _SCALARS.get(type(None) if origin is None else origin)
    if scalar is not None:
        return _scalar(value, declared, what, scalar[decoding])
    fields = record_fields(origin)
    if fields is not None:
        return _record(value, declared, fields, what, decoding=decoding)
    raise InvalidValue(f"{what} is declared {type_name(declared)}, which cannot travel between stages as JSON")


def _scalar(value: Any, declared: Any, what: str, convert: Callable[[Any], Any]) -> Any:
    try:
        return convert(value)
    except TypeError:
        raise _mismatch(value, declared, what) from None
    except (ValueError, OverflowError) as error:
        raise _mismatch(value, declared, what, str(error)) from None


def _optional(value: Any, declared: Any, what: str, *, decoding: bool) -> Any:
    if value is None:
        return None
    members = [member for member in get_args(declared) if member is not type(None)]
    if len(members) > 1:
        raise InvalidValue(f"{what} is declared {type_name(declared)}: only `T | None` is told apart on arrival")
    return _convert(value, members[0], what, decoding=decoding)


def _array(value: Any, declared: Any, what: str, *, decoding: bool) -> list[Any]:
    if not isinstance(value, list):
        raise _mismatch(value, declared, what)
    member = (*get_args(declared), UNDECLARED)[0]
    return [_convert(item, member, f"{what}[{index}]", decoding=decoding) for index, item in enumerate(value)]


def _object(value: Any, declared: Any, what: str, *, decoding: bool) -> Any:
    key_type, member = get_args(declared) or (str, UNDECLARED)
    if key_type is not str:
        raise InvalidValue(f"{what} is declared {type_name(declared)}, but the keys of a JSON object are str")
    if not isinstance(value, dict):
        raise _mismatch(value, declared, what)
    return {
        _scalar(key, str, f"a key of {what}", _string): _convert(item, member, f"{what}[{key!r}]", decoding=decoding)
        for key, item in value.items()
    }


def _record(value: Any, declared: Any, fields: dict[str, Any], what: str, *, decoding: bool) -> Any:
    if decoding or is_typeddict(declared):
        if not isinstance(value, dict):
            raise _mismatch(value, declared, what)
        given = value
    elif isinstance(value, declared):
        given = {name: getattr(value, name) for name in fields}
    else:
        raise _mismatch(value, declared, what)
    for name in given:
        if name not in fields:
            raise _mismatch(value, declared, what, f"it has no field {name!r}")
    for name in _required(declared, fields):
        if name not in given:
            raise _mismatch(value, declared, what, f"field {name!r} is missing")
    members = {
        name: _convert(given[name], field, f"{what}.{name}", decoding=decoding)
        for name, field in fields.items()
        if name in given
    }
    return declared(**members) if decoding else members


def _required(declared: Any, fields: dict[str, Any]) -> list[str]:
    if is_typeddict(declared):
        # With `from __future__ import annotations` Python takes every key for required: ask the evaluated hints first.
        qualified = {name: _name(get_origin(field)) for name, field in fields.items()}
        by_default = {"Required": True, "NotRequired": False}
        return [name for name in fields if by_default.get(qualified[name], name in declared.__required_keys__)]
    if hasattr(declared, "_field_defaults"):
        return [name for name in fields if name not in declared._field_defaults]
    import dataclasses

    missing = dataclasses.MISSING
    return [
        field.name
        for field in dataclasses.fields(declared)
        if field.init and field.default is missing and field.default_factory is missing
    ]


def _plain(value: Any, what: str) -> Any:
    """Encode a value of which nothing is declared, by the type that it has."""
    kind = type(value)
    for base in kind.__mro__:
        if base in _SCALARS or base in (list, dict):
            return _convert(value, base, what, decoding=False)
    if record_fields(kind) is not None:
        return _convert(value, kind, what, decoding=False)
    raise InvalidValue(f"{what} is of type {kind.__qualname__}, which cannot travel between stages as JSON")


def _mismatch(value: Any, declared: Any, what: str, why: str = "") -> InvalidValue:
    try:
        shown = repr(value)
    except Exception:  # as deep as a stack, or a class of the user's that cannot do it
        shown = "what cannot be shown"
    shown = shown if len(shown) <= 80 else f"{shown[:77]}..."
    reason = f" ({why})" if why else ""
    return InvalidValue(f"{what} is declared {type_name(declared)}, got {type(value).__name__}: {shown}{reason}")


def _name(qualifier: Any) -> str:
    return str(qualifier).rpartition(".")[2]  # `Required` may come from typing or from typing_extensions


def _integer(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError
    return int(value)


def _float(value: Any) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise TypeError
    number = float(value)
    if not isfinite(number):
        raise ValueError("JSON has neither NaN nor infinity")
    return number


def _string(value: Any) -> str:
    text = str.__str__(value)  # not str(value): that takes anything, and asks a subclass how to look
    text.encode()  # half of a surrogate pair is no text, and no engine's database takes it
    return text


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _none(value: Any) -> None:
    if value is not None:
        raise TypeError


def _date_to_json(value: Any) -> str:
    if isinstance(value, dt.datetime):  # a subclass of date, and yet another type
        raise TypeError
    return dt.date.isoformat(value)


def _datetime_from_json(value: Any) -> dt.datetime:
    if isinstance(value, str) and value.endswith(("Z", "z")):  # Python 3.10 does not read it
        value = f"{value[:-1]}+00:00"
    return dt.datetime.fromisoformat(value)


def _timedelta_to_json(value: Any) -> float:
    seconds: float = dt.timedelta.total_seconds(value)
    return int(seconds) if seconds.is_integer() else seconds


def _timedelta_from_json(value: Any) -> dt.timedelta:
    return dt.timedelta(seconds=_float(value))


_SCALARS: dict[Any, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    # type: (to JSON, from JSON)
    type(None): (_none, _none),
    bool: (_boolean, _boolean),
    int: (_integer, _integer),
    float: (_float, _float),
    str: (_string, _string),
    dt.date: (_date_to_json, dt.date.fromisoformat),
    dt.datetime: (dt.datetime.isoformat, _datetime_from_json),
    dt.timedelta: (_timedelta_to_json, _timedelta_from_json),
}
