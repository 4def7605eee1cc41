"""PPC214-215: addresses in loops."""

from __future__ import annotations

from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic


class SharedByItems(Diagnostic):
    """All items of a loop write one address.

    What
        A stage in a loop runs once for each item. Its address names the item with `{item_key}`: the index, or the
        field that `key=` names; in a loop in a loop, one folder for each level.

    Why
        Items run at the same time and in any order: the last one would win (M7, A3).

    Example
        ```python
        from portable_pipeline import Dataset, Output, each, pipeline, stage, uri


        @stage(timeout="5m")
        def write(part: int, table: Output[Dataset] = uri("{root}/part.csv")) -> None:
            open(table.path, "w").close()


        @pipeline
        def nightly(root: str = "/tmp/nightly"):
            write.map(each([1, 2]))
        ```

    Instead
        ```python
        from portable_pipeline import Dataset, Output, each, pipeline, stage, uri


        @stage(timeout="5m")
        def write(part: int, table: Output[Dataset] = uri("{root}/{item_key}.csv")) -> None:
            open(table.path, "w").close()


        @pipeline
        def nightly(root: str = "/tmp/nightly"):
            write.map(each([1, 2]))
        ```
    """

    code: ClassVar[str] = "PPC214"
    title: ClassVar[str] = "every item of the loop would write `{output}` to `{address}`"
    label: ClassVar[str] = "the same for each item"
    help: ClassVar[str] = "put `{{item_key}}` into the address"

    output: str
    address: str


class ItemKeyOutsideLoop(Diagnostic):
    """An address with `{item_key}` outside of a loop.

    What
        `{item_key}` stands for the current item of the loops around a stage. This stage is in none.

    Why
        There is no item to name.

    Example
        ```python
        from portable_pipeline import Dataset, Output, pipeline, stage, uri


        @stage(timeout="5m")
        def write(part: int, table: Output[Dataset] = uri("{root}/{item_key}.csv")) -> None:
            open(table.path, "w").close()


        @pipeline
        def nightly(root: str = "/tmp/nightly"):
            write(1)
        ```

    Instead
        ```python
        from portable_pipeline import Dataset, Output, pipeline, stage, uri


        @stage(timeout="5m")
        def write(part: int, table: Output[Dataset] = uri("{root}/part.csv")) -> None:
            open(table.path, "w").close()


        @pipeline
        def nightly(root: str = "/tmp/nightly"):
            write(1)
        ```
    """

    code: ClassVar[str] = "PPC215"
    title: ClassVar[str] = "`{{item_key}}` in `{template}` names an item, and there is no loop"
    help: ClassVar[str] = "leave it out, or call the stage in a loop"

    template: str
