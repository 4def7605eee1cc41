"""PPC037-039, PPC055: maps and what is collected from them."""

from __future__ import annotations

from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic


class MapWithoutEach(Diagnostic):
    """A map over nothing.

    What
        In `stage.map(...)` what is wrapped in `each(...)` is gone through item by item; the rest is the same for
        all calls.

    Why
        Whether a list is one value or many is not to be guessed.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            show.map(rows=[1, 2])
        ```

    Instead
        ```python
        from portable_pipeline import each, pipeline, stage


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            show.map(rows=each([1, 2]))
        ```
    """

    code: ClassVar[str] = "PPC037"
    title: ClassVar[str] = "`{stage}.map` has nothing to go through"
    help: ClassVar[str] = "wrap the list in `each(...)`"

    stage: str


class EachOutsideMap(Diagnostic):
    """`each` outside of a map.

    What
        `each(...)` says which argument of `stage.map(...)` is gone through item by item. An ordinary call has no
        items.

    Why
        One call is one stage, with one value for each argument.

    Example
        ```python
        from portable_pipeline import each, pipeline, stage


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            show(each([1, 2]))
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

    code: ClassVar[str] = "PPC038"
    title: ClassVar[str] = "`{argument}` of stage `{stage}` is `each(...)`, outside of a map"
    help: ClassVar[str] = "call `{stage}.map(...)`"

    stage: str
    argument: str


class NothingToCollect(Diagnostic):
    """`collect` of a stage that is in no loop.

    What
        `collect(handle)` makes a list of what a stage of a loop gives for each item. Each call takes one loop
        away.

    Why
        A stage outside of any loop gives one value, not a list of them.

    Example
        ```python
        from portable_pipeline import collect, pipeline, stage


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @stage(timeout="5m")
        def show(rows: list[int]) -> None:
            print(rows)


        @pipeline
        def nightly():
            show(collect(load()))
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            show(load())
        ```
    """

    code: ClassVar[str] = "PPC039"
    title: ClassVar[str] = "`{stage}` stands in {loops}: there is nothing to collect"
    help: ClassVar[str] = "leave out `collect`"

    stage: str
    loops: str


class ListOfArtifacts(Diagnostic):
    """One artifact where several are given, or the other way round.

    What
        `collect(...)` gives a list of artifacts. The parameter that takes it is annotated `list[Input[...]]`, and
        such a parameter takes nothing else.

    Why
        The stage's code sees either one artifact, with its path, or a list of them.

    Example
        ```python
        from portable_pipeline import Dataset, Input, Output, collect, for_each, pipeline, stage, uri


        @stage(timeout="5m")
        def write(part: int, table: Output[Dataset] = uri("{root}/{item_key}.csv")) -> None:
            open(table.path, "w").close()


        @stage(timeout="5m")
        def join(tables: Input[Dataset]) -> None:
            print(tables)


        @pipeline
        def nightly(root: str = "/tmp/nightly"):
            with for_each([1, 2]) as part:
                written = write(part)
            join(collect(written))
        ```

    Instead
        ```python
        from portable_pipeline import Dataset, Input, Output, collect, for_each, pipeline, stage, uri


        @stage(timeout="5m")
        def write(part: int, table: Output[Dataset] = uri("{root}/{item_key}.csv")) -> None:
            open(table.path, "w").close()


        @stage(timeout="5m")
        def join(tables: list[Input[Dataset]]) -> None:
            print(tables)


        @pipeline
        def nightly(root: str = "/tmp/nightly"):
            with for_each([1, 2]) as part:
                written = write(part)
            join(collect(written))
        ```
    """

    code: ClassVar[str] = "PPC055"
    title: ClassVar[str] = "`{argument}` of stage `{stage}` takes {expected}, and gets {given}"
    help: ClassVar[str] = "declare `{argument}: {instead}`"

    stage: str
    argument: str
    expected: str
    given: str
    instead: str
