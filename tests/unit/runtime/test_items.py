"""What a loop runs over, and what names its items."""

from __future__ import annotations

from typing import Any

import pytest

from portable_pipeline.runtime import item_key, loop_items
from portable_pipeline.runtime.errors import InvalidValue


def test_lists_are_gone_through_in_step() -> None:
    assert loop_items({"x": [1, 2], "y": ["a", None]}) == [{"x": 1, "y": "a"}, {"x": 2, "y": None}]
    assert loop_items({"x": []}) == []


@pytest.mark.parametrize(
    ("lists", "key", "message"),
    [
        ({"x": "text"}, None, "`x` is no list, but str: 'text'"),
        ({"x": None}, None, "`x` is no list, but NoneType: None"),
        ({"x": [1], "y": [1, 2]}, None, "different lengths: `x` has 1, `y` has 2"),
        ({"x": [{"id": 1}, {"id": "1"}]}, "id", "`id` is '1' in item 0 and in item 1"),
        ({"x": [{"id": 1}, {}]}, "id", "item 1 has no `id`"),
        ({"x": [3]}, "id", "item 0 has no `id`"),
        ({"x": [{"id": "a/b"}]}, "id", "cannot name it in an address: 'a/b'"),
        ({"x": [{"id": ".."}]}, "id", "cannot name it in an address"),
        ({"x": [{"id": True}]}, "id", "cannot name it in an address: True"),
    ],
)
def test_what_is_no_loop_is_told(lists: dict[str, Any], key: str | None, message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        loop_items(lists, key)


def test_an_item_is_named_by_its_index_or_by_a_field_of_the_first_list() -> None:
    items = loop_items({"x": [{"id": "ä"}, {"id": 7}], "y": [{"id": "no"}, {"id": "no"}]}, "id")
    assert [item_key(item, index, "id") for index, item in enumerate(items)] == ["ä", "7"]
    assert [item_key(item, index) for index, item in enumerate(items)] == ["0", "1"]
