"""What a loop runs over."""

from collections.abc import Mapping
from typing import Any

from .errors import InvalidValue


def loop_items(lists: Mapping[str, Any], key: str | None = None) -> list[dict[str, Any]]:
    """Return the items of a loop, each with a value for each name; lists are gone through in step.

    Args:
        lists: JSON values by name.
        key: The field of the first list's items that names each in addresses; None for its index.

    Raises:
        InvalidValue: One is no list, they are of different lengths, or two items would write to one address.

    >>> loop_items({"x": [1, 2], "y": ["a", "b"]})
    [{'x': 1, 'y': 'a'}, {'x': 2, 'y': 'b'}]
    """
    for name, given in lists.items():
        if not isinstance(given, list):
            raise InvalidValue(f"`{name}` is no list, but {type(given).__name__}: {repr(given)[:80]}")
    if len({len(given) for given in lists.values()}) > 1:
        lengths = ", ".join(f"`{name}` has {len(given)}" for name, given in lists.items())
        raise InvalidValue(f"the lists are of different lengths: {lengths}")
    items = [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]
    if key is not None:
        _check_keys([item_key(item, index, key) for index, item in enumerate(items)], key)
    return items


def item_key(item: Mapping[str, Any], index: int, key: str | None = None) -> str:
    """Return what names an item in addresses.

    Args:
        item: One of those that `loop_items` returned.
        index: Its place, from 0.
        key: As for `loop_items`.

    Raises:
        InvalidValue: The field is not there, or is neither a number nor a name that can be part of a path.
    """
    if key is None:
        return str(index)
    first = next(iter(item.values()))
    if not isinstance(first, dict) or key not in first:
        raise InvalidValue(f"item {index} has no `{key}`")
    value = first[key]
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, str))
        or str(value) in ("", ".", "..")
        or "/" in str(value)
    ):
        raise InvalidValue(f"`{key}` of item {index} cannot name it in an address: {value!r}")
    return str(value)


def _check_keys(keys: list[str], key: str) -> None:
    seen: dict[str, int] = {}
    for index, each in enumerate(keys):
        if each in seen:
            raise InvalidValue(f"`{key}` is {each!r} in item {seen[each]} and in item {index}")
        seen[each] = index
