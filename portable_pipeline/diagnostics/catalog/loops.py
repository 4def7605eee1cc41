"""PPC147-149: what loops run over; PPC160: what they need of each other."""

from __future__ import annotations

from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic


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


class LoopsEntangled(Diagnostic):
    """Loops of which each waits for something that another one makes.

    What
        A stage of one loop needs what another loop makes, and a stage of that one what the first loop makes: though no
        stage needs itself.

    Why
        Engines run a loop as one whole. With `max_parallel` each of the two could also wait for an item of the other
        that is never to begin.

    Example
        ```python
        from portable_pipeline import collect, for_each, pipeline, stage


        @stage(timeout="5m")
        def load(store: int) -> int:
            return store


        @stage(timeout="5m")
        def tell(store: int) -> None:
            print(store)


        @stage(timeout="5m")
        def fit(month: int, rows: list[int]) -> int:
            return month + sum(rows)


        @pipeline
        def yearly():
            with for_each([1, 2, 3]) as store:
                loaded = load(store)
                told = tell(store)
            with for_each([1, 2]) as month:
                fit(month, collect(loaded))
                planned = tell(month)
            told.after(planned)
        ```

    Instead
        ```python
        from portable_pipeline import collect, for_each, pipeline, stage


        @stage(timeout="5m")
        def load(store: int) -> int:
            return store


        @stage(timeout="5m")
        def tell(store: int) -> None:
            print(store)


        @stage(timeout="5m")
        def fit(month: int, rows: list[int]) -> int:
            return month + sum(rows)


        @pipeline
        def yearly():
            with for_each([1, 2, 3]) as store:
                loaded = load(store)
            with for_each([1, 2]) as month:
                fit(month, collect(loaded))
                planned = tell(month)
            with for_each([1, 2, 3]) as store:
                tell(store).after(planned)
        ```
    """

    code: ClassVar[str] = "PPC160"
    title: ClassVar[str] = "loops need each other: {path}"
    label: ClassVar[str] = "{edge}"
    help: ClassVar[str] = "make two loops of one of them: what the other one needs, and what needs the other one"

    path: str
    edge: str
