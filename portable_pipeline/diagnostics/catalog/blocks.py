"""PPC033-036: predicates and blocks that are not written as they have to be."""

from __future__ import annotations

from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic


class HandleMembership(Diagnostic):
    """Python's `in` is asked of what only a run knows.

    What
        `value in handle` and `handle in [...]` give true or false at once. Python lets nobody delay that answer.

    Why
        The pipeline function is executed once, before any run: there is no value to compare with.

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
            with when(rows in [1, 2]):
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
            with when(rows.is_in([1, 2])):
                show(rows)
        ```
    """

    code: ClassVar[str] = "PPC033"
    title: ClassVar[str] = "{handle} has no value yet: Python's `in` cannot ask it"
    label: ClassVar[str] = "only a run knows it"
    help: ClassVar[str] = "write `handle.is_in([...])`; where the list is the handle, `in_(value, handle)`"

    handle: str


class BlockNotEntered(Diagnostic):
    """A block that is not opened.

    What
        `when`, `otherwise`, `for_each` and `group` open a block in a `with` statement. Called without one, or in
        an `if` or a `for`, they do nothing.

    Why
        The stages below would run as if it was not there.

    Example
        ```python
        from portable_pipeline import for_each, pipeline, stage


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            for count in for_each([1, 2]):
                show(count)
        ```

    Instead
        ```python
        from portable_pipeline import for_each, pipeline, stage


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            with for_each([1, 2]) as count:
                show(count)
        ```
    """

    code: ClassVar[str] = "PPC034"
    title: ClassVar[str] = "`{block}` opens no block here"
    label: ClassVar[str] = "nothing is inside of it"
    help: ClassVar[str] = "write `with {block}(...):`"

    block: str


class OtherwiseWithoutWhen(Diagnostic):
    """An `otherwise` that belongs to no `when`.

    What
        `otherwise()` is the other side of the `when` just before, in the same block. Nothing may stand between
        the two.

    Why
        A reader has to see what it is the opposite of, and so have we.

    Example
        ```python
        from portable_pipeline import otherwise, pipeline, stage, when


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            rows = load()
            with when(rows > 100):
                show(rows)
            show(1)
            with otherwise():
                show(0)
        ```

    Instead
        ```python
        from portable_pipeline import otherwise, pipeline, stage, when


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            rows = load()
            with when(rows > 100):
                show(rows)
            with otherwise():
                show(0)
            show(1)
        ```
    """

    code: ClassVar[str] = "PPC035"
    title: ClassVar[str] = "`otherwise()` follows no `when`"
    label: ClassVar[str] = "what would it be the opposite of?"
    help: ClassVar[str] = "put it right after the block of its `when`"


class NotAPredicate(Diagnostic):
    """`when` is given something that is no predicate.

    What
        A predicate compares results, parameters and constants, or is one of them that is a `bool`. Anything else
        neither holds nor does not.

    Why
        What Python knows already when it reads the pipeline is decided for ever, and no run could change it.

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
            with when(rows):
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
            with when(rows > 0):
                show(rows)
        ```
    """

    code: ClassVar[str] = "PPC036"
    title: ClassVar[str] = "{given} is no predicate"
    help: ClassVar[str] = "{advice_on_it}"

    given: str
    advice_on_it: str
