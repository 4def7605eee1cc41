"""Conditions on values, evaluated as Python would on what the values are, not on how they travel.

| predicate                           | holds if                                                            |
|-------------------------------------|---------------------------------------------------------------------|
| `[operand, "<", operand]`           | it does in Python; also `==` `!=` `<=` `>` `>=` `in`                |
| `["all", predicate, ...]`           | each holds; those after the first that does not are not looked at   |
| `["any", predicate, ...]`           | one holds; those after it are not looked at                         |
| `["not", predicate]`                | the predicate does not hold                                         |

An operand is `{"value": JSON}`, or `{"name": "score"}` for one of the values that are given. With `"type"` it is
compared as one:

| type                                         | compared as                                     |
|----------------------------------------------|-------------------------------------------------|
| none                                         | the JSON itself                                 |
| `"date"` `"datetime"` `"timedelta"`          | what the ISO text or the seconds stand for      |
| `["list", type]` `["dict", type]`            | a list or dict of these                         |
| `["optional", type]`                         | None, or one of these                           |
| `{"field": type, ...}`                       | a dict in which these fields are of these types |
"""

import datetime as dt
import operator
from collections.abc import Callable, Mapping
from typing import Any

from . import values
from .errors import InvalidValue

_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda item, container: item in container,
}
_SCALARS = {"date": dt.date, "datetime": dt.datetime, "timedelta": dt.timedelta}


def holds(predicate: Any, given: Mapping[str, Any] | None = None) -> bool:
    """Tell whether a predicate holds.

    Args:
        predicate: JSON, as above.
        given: JSON values by the names that operands use.

    Raises:
        InvalidValue: Python cannot compare these values (`None < 3`), or one is not of its type.

    >>> holds([{"name": "day", "type": "date"}, "<", {"value": "2026-01-10", "type": "date"}], {"day": "2026-01-05"})
    True
    >>> holds(["not", ["any", [{"value": 1}, "==", {"value": 2}], [{"value": 1}, "in", {"value": [1, 2]}]]])
    False
    """
    given = given or {}
    if predicate[0] == "all":
        return all(holds(each, given) for each in predicate[1:])
    if predicate[0] == "any":
        return any(holds(each, given) for each in predicate[1:])
    if predicate[0] == "not":
        return not holds(predicate[1], given)
    left, comparison, right = predicate
    return _compared(_operand(left, given), comparison, _operand(right, given))


def typed(value: Any, kind: Any, what: str = "a value") -> Any:
    """Turn JSON into what it stands for.

    Args:
        value: The JSON.
        kind: One of the types above; None leaves it as it is.
        what: How an error names the value.

    Raises:
        InvalidValue: It is not of that type.

    >>> typed(["2026-01-05"], ["list", "date"])
    [datetime.date(2026, 1, 5)]
    """
    if kind is None:
        return value
    if isinstance(kind, str):
        return values.decode(value, _SCALARS[kind], what)
    if isinstance(kind, Mapping):
        fields = values.decode(value, dict[str, Any], what)
        return {name: typed(each, kind.get(name), f"{what}.{name}") for name, each in fields.items()}
    form, inner = kind
    if form == "optional":
        return None if value is None else typed(value, inner, what)
    if form == "dict":
        return {key: typed(each, inner, what) for key, each in values.decode(value, dict[str, Any], what).items()}
    return [typed(each, inner, what) for each in values.decode(value, list[Any], what)]


def _operand(operand: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
    what = operand.get("name", "a constant")
    return typed(given[operand["name"]] if "name" in operand else operand["value"], operand.get("type"), what)


def _compared(left: Any, comparison: str, right: Any) -> bool:
    try:
        return bool(_COMPARISONS[comparison](left, right))
    except TypeError as error:
        raise InvalidValue(f"cannot tell whether {_shown(left)} {comparison} {_shown(right)}: {error}") from None


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
