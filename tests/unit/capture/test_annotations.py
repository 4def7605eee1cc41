"""How annotations are shown in messages."""

# ruff: noqa: RUF036, UP006, UP007, UP035, UP045

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any, Callable, List, Literal, Optional, Union

import pytest

from portable_pipeline.capture.annotations import shown


@pytest.mark.parametrize(
    ("annotation", "text"),
    [
        (Decimal, "Decimal"),
        (None | int, "int | None"),
        (Optional[Union[Fraction, Decimal]], "Decimal | Fraction | None"),
        (List[Union[int, None, Decimal]], "list[Decimal | int | None]"),
        (dict[str, Union[str, Fraction]], "dict[str, Fraction | str]"),
        (tuple[int, ...], "tuple[int, ...]"),
        (Literal["b", "a"], "Literal['b', 'a']"),
        (Callable[[int], str], "Callable[[int], str]"),
        (Any, "Any"),
    ],
)
def test_annotations_are_shown_as_one_would_write_them(annotation: object, text: str) -> None:
    assert shown(annotation) == text


def test_a_union_is_shown_alike_whichever_was_there_first() -> None:
    class One: ...

    class Other: ...

    class Third: ...

    # Python takes the object that it has for the one when it is asked for the other, in the order of the first.
    assert shown(Optional[Union[Other, One]]) == shown(Optional[Union[One, Other]])
    assert shown(Union[Third, One]) == shown(Union[One, Third])
