"""PPC04x: arguments of calls of stages."""

from __future__ import annotations

from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic


class UnknownArgument(Diagnostic):
    """A stage is called with an argument that it does not take.

    What
        The name is none of the function's parameters.

    Why
        A misspelt argument would leave the real one at its default.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            show(row=3)
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            show(rows=3)
        ```
    """

    code: ClassVar[str] = "PPC040"
    title: ClassVar[str] = "stage `{stage}` takes no argument `{argument}`"
    help: ClassVar[str] = "{suggestion}"

    stage: str
    argument: str
    suggestion: str


class MissingArgument(Diagnostic):
    """A stage is called without an argument that it needs.

    What
        A parameter without default gets no value.

    Why
        The stage would fail in its first run.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            show()
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            show(rows=3)
        ```
    """

    code: ClassVar[str] = "PPC041"
    title: ClassVar[str] = "stage `{stage}` needs an argument `{argument}`"
    help: ClassVar[str] = "pass `{argument}=...`, or give the parameter a default"

    stage: str
    argument: str


class RepeatedArgument(Diagnostic):
    """A stage gets an argument twice.

    What
        The same parameter is passed by position and by name.

    Why
        One of the two would be lost.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            show(3, rows=4)
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            show(rows=4)
        ```
    """

    code: ClassVar[str] = "PPC042"
    title: ClassVar[str] = "stage `{stage}` gets `{argument}` twice"
    label: ClassVar[str] = "the second"
    help: ClassVar[str] = "leave one of them out"

    stage: str
    argument: str


class TooManyArguments(Diagnostic):
    """A stage gets more positional arguments than it takes.

    What
        There are fewer parameters than arguments, or the rest can only be passed by name.

    Why
        The rest would be lost.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            show(3, 4)
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            show(3)
        ```
    """

    code: ClassVar[str] = "PPC043"
    title: ClassVar[str] = "stage `{stage}` takes {taken} positional arguments, not {given}"
    help: ClassVar[str] = "name the arguments: `{stage}(name=...)`"

    stage: str
    given: int
    taken: int


class AmbiguousHandle(Diagnostic):
    """A handle stands for several artifacts.

    What
        A handle without a name means the only artifact of its stage. This stage writes several.

    Why
        Taking the first one would depend on the order of the parameters.

    Example
        ```python
        from portable_pipeline import Dataset, Input, Output, pipeline, stage, uri


        @stage(timeout="5m")
        def write(
            table: Output[Dataset] = uri("{root}/table.csv"),
            rest: Output[Dataset] = uri("{root}/rest.csv"),
        ) -> None:
            for each in (table, rest):
                open(each.path, "w").close()


        @stage(timeout="5m")
        def read(table: Input[Dataset]) -> None:
            print(table.path)


        @pipeline
        def nightly(root: str = "/tmp/nightly"):
            read(write())
        ```

    Instead
        ```python
        from portable_pipeline import Dataset, Input, Output, pipeline, stage, uri


        @stage(timeout="5m")
        def write(
            table: Output[Dataset] = uri("{root}/table.csv"),
            rest: Output[Dataset] = uri("{root}/rest.csv"),
        ) -> None:
            for each in (table, rest):
                open(each.path, "w").close()


        @stage(timeout="5m")
        def read(table: Input[Dataset]) -> None:
            print(table.path)


        @pipeline
        def nightly(root: str = "/tmp/nightly"):
            read(write().table)
        ```
    """

    code: ClassVar[str] = "PPC044"
    title: ClassVar[str] = "which artifact of `{stage}` is meant for `{receiver}`?"
    label: ClassVar[str] = "`{stage}` writes several"
    help: ClassVar[str] = "say which: {choices}"

    stage: str
    receiver: str
    choices: str


class NothingToPass(Diagnostic):
    """A handle stands for nothing that could be passed.

    What
        A handle without a name means the stage's result for a parameter that takes a value, and its only artifact
        for one that takes an artifact. The stage has none of that kind.

    Why
        There is nothing to hand over.

    Example
        ```python
        from portable_pipeline import Dataset, Output, pipeline, stage, uri


        @stage(timeout="5m")
        def write(table: Output[Dataset] = uri("{root}/table.csv")) -> None:
            open(table.path, "w").close()


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly(root: str = "/tmp/nightly"):
            show(write())
        ```

    Instead
        ```python
        from portable_pipeline import Dataset, Input, Output, pipeline, stage, uri


        @stage(timeout="5m")
        def write(table: Output[Dataset] = uri("{root}/table.csv")) -> None:
            open(table.path, "w").close()


        @stage(timeout="5m")
        def read(table: Input[Dataset]) -> None:
            print(table.path)


        @pipeline
        def nightly(root: str = "/tmp/nightly"):
            read(write())
        ```
    """

    code: ClassVar[str] = "PPC045"
    title: ClassVar[str] = "stage `{stage}` has no {wanted} to pass to `{receiver}`"
    label: ClassVar[str] = "it has {has}"
    help: ClassVar[str] = "name what is meant, or declare the parameter as what is passed"

    stage: str
    receiver: str
    wanted: str
    has: str


class ConstantNotPortable(Diagnostic):
    """A constant that cannot travel as its declared type.

    What
        Constants are written into the generated code as JSON, dates in ISO form, and arrive with the declared type.
        This value is no JSON, or stands for another type.

    Why
        What arrives has to be what was passed, on every engine.

    Example
        ```python
        from datetime import date

        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def show(day: date) -> None:
            print(day)


        @pipeline
        def nightly():
            show("2026-01-05")
        ```

    Instead
        ```python
        from datetime import date

        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def show(day: date) -> None:
            print(day)


        @pipeline
        def nightly():
            show(date(2026, 1, 5))
        ```
    """

    code: ClassVar[str] = "PPC046"
    title: ClassVar[str] = "{what} is declared `{declared}` and gets a `{given}`"
    help: ClassVar[str] = "pass a value of the declared type; what is no JSON travels as an artifact"

    what: str
    given: str
    declared: str
