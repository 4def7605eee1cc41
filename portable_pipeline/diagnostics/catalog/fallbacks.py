"""PPC157-159: fallbacks."""

from __future__ import annotations

from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic


class UnlikeFallback(Diagnostic):
    """A stand-in that gives something else.

    What
        Consumers of a stage get what its stand-in leaves when it has failed: a result of the same type, and
        artifacts of the same names and kinds.

    Why
        They do not know which of the two has run.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @stage(timeout="5m")
        def nothing() -> str:
            return "none"


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            show(load().or_else(nothing()))
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @stage(timeout="5m")
        def nothing() -> int:
            return 0


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            show(load().or_else(nothing()))
        ```
    """

    code: ClassVar[str] = "PPC157"
    title: ClassVar[str] = "`{stand_in}` cannot stand in for `{primary}`: {reason}"
    help: ClassVar[str] = "let both give the same"

    stand_in: str
    primary: str
    reason: str


class MisplacedFallback(Diagnostic):
    """A stand-in that cannot take its place.

    What
        A stage and its stand-in stand in the same block, and the stand-in does not need what the stage makes.

    Why
        Where the one can run, so must the other, and when the one has failed, nothing of it is there.

    Example
        ```python
        from portable_pipeline import pipeline, stage, when


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
            rows = double(load())
            with when(rows > 3):
                other = double(1)
            show(rows.or_else(other))
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


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
            rows = double(load())
            other = double(1)
            show(rows.or_else(other))
        ```
    """

    code: ClassVar[str] = "PPC158"
    title: ClassVar[str] = "`{stand_in}` cannot stand in for `{primary}`: {reason}"
    help: ClassVar[str] = "call both in the same block; in a map write `for_each`, with both calls in it"

    stand_in: str
    primary: str
    reason: str


class StandInUsed(Diagnostic):
    """A stand-in is used by itself.

    What
        A stand-in is skipped unless the stage that it stands in for has failed. Consumers name that stage.

    Why
        What needs the stand-in itself would be skipped in every run that goes well.

    Example
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
            other = load()
            rows = load().or_else(other)
            show(rows)
            show(other)
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
            other = load()
            rows = load().or_else(other)
            show(rows)
        ```
    """

    code: ClassVar[str] = "PPC159"
    title: ClassVar[str] = "{where} needs `{stand_in}`, which only stands in for `{primary}`"
    help: ClassVar[str] = "use what `{primary}` gives: it is the stand-in's when it has failed"

    where: str
    stand_in: str
    primary: str
