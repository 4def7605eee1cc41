"""PPC140-146: blocks, and what is used across them."""

from __future__ import annotations

from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic


class BrokenBlock(Diagnostic):
    """A block that does not fit together.

    What
        Stages and blocks name the block around them. Each named block is there, before what it holds, and around
        itself there is none.

    Why
        What runs when is read from this.

    Example
        IR that another program has written, in which a stage names a block that is not there.

    Instead
        Write each block once, and before all that stands in it.
    """

    code: ClassVar[str] = "PPC140"
    title: ClassVar[str] = "{what} {reason}"
    help: ClassVar[str] = "correct the program that wrote the IR"
    triggered_by: ClassVar[str] = "IR from another program than this one: blocks of the language always fit together"

    what: str
    reason: str


class EmptyBlock(Diagnostic):
    """A block without stages.

    What
        There is no stage in the block, nor in a block inside of it.

    Why
        Stages are what runs, is repeated or is shown together: about nothing there is nothing to say.

    Example
        ```python
        from portable_pipeline import pipeline, stage, when


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            rows = load()
            with when(rows > 3):
                pass
            show(rows)
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage, when


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            rows = load()
            with when(rows > 3):
                show(rows)
        ```
    """

    code: ClassVar[str] = "PPC141"
    title: ClassVar[str] = "no stage is in this block"
    label: ClassVar[str] = "nothing is inside of it"
    help: ClassVar[str] = "call a stage in it, or take it away"


class BadParallelism(Diagnostic):
    """A loop that lets nothing run.

    What
        `max_parallel` says how many items of a loop may run at once: one or more.

    Why
        With none at once, none would ever run.

    Example
        ```python
        from portable_pipeline import each, pipeline, stage


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            show.map(each([1, 2]), max_parallel=0)
        ```

    Instead
        ```python
        from portable_pipeline import each, pipeline, stage


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            show.map(each([1, 2]), max_parallel=1)
        ```
    """

    code: ClassVar[str] = "PPC142"
    title: ClassVar[str] = "`max_parallel` is {given}"
    help: ClassVar[str] = "let at least one item run at once, or leave it out"

    given: int


class LoopReentered(Diagnostic):
    """A loop that waits for what waits for it.

    What
        A stage outside of the loop needs what the loop makes, and a stage of the same loop needs that stage.

    Why
        Engines run a loop as one whole: it is over before what collects from it begins.

    Example
        ```python
        from portable_pipeline import collect, for_each, pipeline, stage


        @stage(timeout="5m")
        def double(rows: int) -> int:
            return 2 * rows


        @stage(timeout="5m")
        def total(rows: list[int]) -> None:
            print(sum(rows))


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            with for_each([1, 2]) as number:
                doubled = double(number)
                shown = show(number)
            summed = total(collect(doubled))
            shown.after(summed)
        ```

    Instead
        ```python
        from portable_pipeline import collect, for_each, pipeline, stage


        @stage(timeout="5m")
        def double(rows: int) -> int:
            return 2 * rows


        @stage(timeout="5m")
        def total(rows: list[int]) -> None:
            print(sum(rows))


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            with for_each([1, 2]) as number:
                doubled = double(number)
            summed = total(collect(doubled))
            with for_each([1, 2]) as number:
                show(number).after(summed)
        ```
    """

    code: ClassVar[str] = "PPC143"
    title: ClassVar[str] = "the loop needs `{outside}`, which needs what the loop makes"
    help: ClassVar[str] = "make two loops of it"

    outside: str


class OutsideLoop(Diagnostic):
    """What a stage gives for each item is used outside of its loop.

    What
        A stage in a loop runs once for each item, so outside of the loop it gives not one value but one for each
        item.

    Why
        `collect(...)` makes a list of them, once for each loop that is left behind (M2).

    Example
        ```python
        from portable_pipeline import each, pipeline, stage


        @stage(timeout="5m")
        def double(rows: int) -> int:
            return 2 * rows


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            show(double.map(each([1, 2])))
        ```

    Instead
        ```python
        from portable_pipeline import collect, each, pipeline, stage


        @stage(timeout="5m")
        def double(rows: int) -> int:
            return 2 * rows


        @stage(timeout="5m")
        def total(rows: list[int]) -> None:
            print(sum(rows))


        @pipeline
        def nightly():
            total(collect(double.map(each([1, 2]))))
        ```
    """

    code: ClassVar[str] = "PPC144"
    title: ClassVar[str] = "{value} is there for each item of a loop, and {where} is outside of it"
    label: ClassVar[str] = "which item's?"
    help: ClassVar[str] = "write `{suggestion}`"

    value: str
    where: str
    suggestion: str


class ItemOutsideLoop(Diagnostic):
    """The item of a loop is used outside of it.

    What
        The handle that `for_each` gives stands for the current item while the loop runs.

    Why
        Outside of the loop there is no current item.

    Example
        ```python
        from portable_pipeline import for_each, pipeline, stage


        @stage(timeout="5m")
        def double(rows: int) -> int:
            return 2 * rows


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            with for_each([1, 2]) as number:
                double(number)
            show(number)
        ```

    Instead
        ```python
        from portable_pipeline import for_each, pipeline, stage


        @stage(timeout="5m")
        def double(rows: int) -> int:
            return 2 * rows


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            with for_each([1, 2]) as number:
                double(number)
                show(number)
        ```
    """

    code: ClassVar[str] = "PPC145"
    title: ClassVar[str] = "{value} is there while its loop runs, and {where} is outside of it"
    help: ClassVar[str] = "move it into the loop, or pass the list itself"

    value: str
    where: str


class CollectedInside(Diagnostic):
    """Something is collected where it is not complete, or where there is nothing to collect.

    What
        `collect(...)` gives what a stage leaves for all items of its loop. Inside of the loop there is only the
        current one.

    Why
        The loop would wait for its own end.

    Example
        ```python
        from portable_pipeline import collect, for_each, pipeline, stage


        @stage(timeout="5m")
        def double(rows: int) -> int:
            return 2 * rows


        @stage(timeout="5m")
        def total(rows: list[int]) -> None:
            print(sum(rows))


        @pipeline
        def nightly():
            with for_each([1, 2]) as number:
                total(collect(double(number)))
        ```

    Instead
        ```python
        from portable_pipeline import collect, for_each, pipeline, stage


        @stage(timeout="5m")
        def double(rows: int) -> int:
            return 2 * rows


        @stage(timeout="5m")
        def total(rows: list[int]) -> None:
            print(sum(rows))


        @pipeline
        def nightly():
            with for_each([1, 2]) as number:
                doubled = double(number)
            total(collect(doubled))
        ```
    """

    code: ClassVar[str] = "PPC146"
    title: ClassVar[str] = "{value} is no list where {where} is: {reason}"
    help: ClassVar[str] = "collect after the loop; inside of it use the value as it is"

    value: str
    where: str
    reason: str
