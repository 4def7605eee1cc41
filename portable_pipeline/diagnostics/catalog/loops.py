"""PPC147-149: what loops run over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic


@dataclass(frozen=True, kw_only=True)
class NotAList(Diagnostic):
    """A loop over something that is no list.

    What
        `for_each` and `each` go through a list: a constant, a parameter, a stage's result or a field of it.

    Why
        How often the stages run must be known when the loop begins, and the same on every engine.

    Example
        ```python
        from portable_pipeline import each, pipeline, stage


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            show.map(each(load()))
        ```

    Instead
        ```python
        from portable_pipeline import each, pipeline, stage


        @stage(timeout="5m")
        def load() -> list[int]:
            return [1, 2]


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            show.map(each(load()))
        ```
    """

    code: ClassVar[str] = "PPC147"
    title: ClassVar[str] = "{value} is {given}, no list"
    help: ClassVar[str] = "write a list, return one from the stage, or declare the parameter `list[...]`"

    value: str
    given: str


@dataclass(frozen=True, kw_only=True)
class UnevenLists(Diagnostic):
    """Lists of different lengths that are gone through in step.

    What
        Each call gets one item of each list in `each(...)`, so all are equally long.

    Why
        What would the shorter one give in the end?

    Example
        ```python
        from portable_pipeline import each, pipeline, stage


        @stage(timeout="5m")
        def show(rows: int, title: str) -> None:
            print(rows)


        @pipeline
        def nightly():
            show.map(each([1, 2]), title=each(["one"]))
        ```

    Instead
        ```python
        from portable_pipeline import each, pipeline, stage


        @stage(timeout="5m")
        def show(rows: int, title: str) -> None:
            print(rows)


        @pipeline
        def nightly():
            show.map(each([1, 2]), title=each(["one", "two"]))
        ```
    """

    code: ClassVar[str] = "PPC148"
    title: ClassVar[str] = "the lists have {lengths} items"
    help: ClassVar[str] = "give them the same length, or nest two loops for all combinations"

    lengths: str


@dataclass(frozen=True, kw_only=True)
class BadItemKey(Diagnostic):
    """Items that `key=` does not name.

    What
        `key=` is a field that all items have, a text, an integer or a date, and different in each. Texts in it
        are no paths.

    Why
        `{item_key}` in an address is this field: two items of one key would write to one place.

    Example
        ```python
        from portable_pipeline import each, pipeline, stage


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            show.map(each([1, 2]), key="name")
        ```

    Instead
        ```python
        from portable_pipeline import each, pipeline, stage


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            show.map(each([1, 2]))
        ```
    """

    code: ClassVar[str] = "PPC149"
    title: ClassVar[str] = "the items have no usable key `{key}`: {reason}"
    help: ClassVar[str] = "leave `key=` out: the index names the items then"

    key: str
    reason: str
