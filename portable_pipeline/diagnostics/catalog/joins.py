"""PPC152-153, PPC156: joins."""

from __future__ import annotations

from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic, Severity


class OpenJoin(Diagnostic):
    """A join of stages that may all run.

    What
        `first_of` takes the first of its options that has succeeded. Nothing proves here that at most one of them
        runs.

    Why
        Which of the values a run uses should follow from its branches and not from the order in which the options
        are written.

    Example
        ```python
        from portable_pipeline import first_of, pipeline, stage, when


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @stage(timeout="5m")
        def double(rows: int) -> int:
            return 2 * rows


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            rows = load()
            with when(rows > 3):
                many = double(rows)
            with when(rows > 9):
                more = double(rows)
            show(first_of(more, many))
        ```

    Instead
        ```python
        from portable_pipeline import first_of, otherwise, pipeline, stage, when


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @stage(timeout="5m")
        def double(rows: int) -> int:
            return 2 * rows


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            rows = load()
            with when(rows > 3):
                many = double(rows)
            with otherwise():
                few = double(0)
            show(first_of(many, few))
        ```
    """

    code: ClassVar[str] = "PPC152"
    severity: ClassVar[Severity] = Severity.WARNING
    title: ClassVar[str] = "`{one}` and `{other}`, which are joined here, can both run"
    help: ClassVar[str] = "put one of them into the `otherwise()` of the other's branch"

    one: str
    other: str


class BadJoin(Diagnostic):
    """A join of things that are not alike.

    What
        The options of `first_of` are two or more results of one type, or two or more artifacts.

    Why
        Whichever of them ran, the consumer gets the same kind of thing.

    Example
        ```python
        from portable_pipeline import first_of, otherwise, pipeline, stage, when


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @stage(timeout="5m")
        def double(rows: int) -> int:
            return 2 * rows


        @stage(timeout="5m")
        def name(rows: int) -> str:
            return str(rows)


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            rows = load()
            with when(rows > 3):
                many = double(rows)
            with otherwise():
                few = name(rows)
            show(first_of(many, few))
        ```

    Instead
        ```python
        from portable_pipeline import first_of, otherwise, pipeline, stage, when


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @stage(timeout="5m")
        def double(rows: int) -> int:
            return 2 * rows


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            rows = load()
            with when(rows > 3):
                many = double(rows)
            with otherwise():
                few = double(0)
            show(first_of(many, few))
        ```
    """

    code: ClassVar[str] = "PPC153"
    title: ClassVar[str] = "the options of this join are not alike: {reason}"
    help: ClassVar[str] = "let the branches end in stages that give the same"

    reason: str


class JoinDecides(Diagnostic):
    """A join decides about a block.

    What
        `first_of(...)` is what a stage takes. Predicates and the lists of loops come from stages, parameters and
        constants.

    Why
        A stage is where branches meet: it waits for them, and its outcome is that of the join.

    Example
        ```python
        from portable_pipeline import first_of, otherwise, pipeline, stage, when


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @stage(timeout="5m")
        def double(rows: int) -> int:
            return 2 * rows


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            rows = load()
            with when(rows > 3):
                many = double(rows)
            with otherwise():
                few = double(0)
            with when(first_of(many, few) > 9):
                show(rows)
        ```

    Instead
        ```python
        from portable_pipeline import first_of, otherwise, pipeline, stage, when


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @stage(timeout="5m")
        def double(rows: int) -> int:
            return 2 * rows


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            rows = load()
            with when(rows > 3):
                many = double(rows)
            with otherwise():
                few = double(0)
            joined = double(first_of(many, few))
            with when(joined > 18):
                show(rows)
        ```
    """

    code: ClassVar[str] = "PPC156"
    title: ClassVar[str] = "{value} decides about a block"
    help: ClassVar[str] = "give it to a stage, and decide by what that returns"

    value: str
