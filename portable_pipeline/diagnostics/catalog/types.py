"""PPC110-114: what is handed over against what is declared."""

from __future__ import annotations

from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic


class TypeMismatch(Diagnostic):
    """A result or a parameter of one type for an argument of another.

    What
        What the one side can give is not what the other declares. An `int` may stand for a `float`, a `T` for a
        `T | None`; lists, dicts and records are compared by what is in them; `Any` fits everything. Nothing else is
        converted.

    Why
        Values travel as JSON and arrive with the declared type (V1). The stage would fail when it starts, after
        everything before it has run.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def count() -> int:
            return 3


        @stage(timeout="5m")
        def report(rows: list[int]) -> None:
            print(rows)


        @pipeline
        def nightly():
            report(count())
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def count() -> list[int]:
            return [3]


        @stage(timeout="5m")
        def report(rows: list[int]) -> None:
            print(rows)


        @pipeline
        def nightly():
            report(count())
        ```
    """

    code: ClassVar[str] = "PPC110"
    title: ClassVar[str] = "`{argument}` of stage `{stage}` is {expected}, but {given} is {actual}"
    label: ClassVar[str] = "{actual}"
    help: ClassVar[str] = "{suggestion}"

    stage: str
    argument: str
    expected: str
    given: str
    actual: str
    suggestion: str


class IllTypedConstant(Diagnostic):
    """A constant that is not of the declared type.

    What
        A value written in the pipeline file is handed to an argument of another type. A `bool` is no `int`, a `str` is
        no `date`.

    Why
        Values arrive with the declared type (V1); this one could not.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def train(depth: int) -> None:
            print(depth)


        @pipeline
        def nightly():
            train(depth="3")
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def train(depth: int) -> None:
            print(depth)


        @pipeline
        def nightly():
            train(depth=3)
        ```
    """

    code: ClassVar[str] = "PPC111"
    title: ClassVar[str] = "{place}`{argument}` of stage `{stage}` {reason}"
    help: ClassVar[str] = "hand over a value of that type, or change the annotation"

    stage: str
    argument: str
    place: str
    reason: str


class ValueForArtifact(Diagnostic):
    """A value for an argument that takes an artifact.

    What
        An argument declared `Input[...]` is given a constant, a parameter, a result or the run date.

    Why
        An artifact is what another stage has committed in this run (A4), with its size and its hash. A path in a string
        proves nothing of that.

    Example
        ```python
        from portable_pipeline import Dataset, Input, pipeline, stage


        @stage(timeout="5m")
        def train(table: Input[Dataset]) -> None:
            print(table.path)


        @pipeline
        def nightly():
            train("/data/table.csv")
        ```

    Instead
        The output of a stage; or, for a path from outside the pipeline, an argument of type `str`:

        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def train(table: str) -> None:
            print(table)


        @pipeline
        def nightly():
            train("/data/table.csv")
        ```
    """

    code: ClassVar[str] = "PPC112"
    title: ClassVar[str] = "`{argument}` of stage `{stage}` takes an artifact, but {given} is a value"
    help: ClassVar[str] = "pass the output of a stage; for a path from outside the pipeline declare the argument `str`"

    stage: str
    argument: str
    given: str


class ArtifactForValue(Diagnostic):
    """An artifact for an argument that takes a value.

    What
        An argument with the type of a value is given an output artifact.

    Why
        What arrives would be a reference to a file, not what is in it.

    Example
        ```python
        from portable_pipeline import Dataset, Output, pipeline, stage, uri


        @stage(timeout="5m")
        def ingest(table: Output[Dataset] = uri("{root}/table.csv")) -> int:
            open(table.path, "w").close()
            return 0


        @stage(timeout="5m")
        def train(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly(root: str = "/tmp/nightly"):
            train(ingest().table)
        ```

    Instead
        ```python
        from portable_pipeline import Dataset, Output, pipeline, stage, uri


        @stage(timeout="5m")
        def ingest(table: Output[Dataset] = uri("{root}/table.csv")) -> int:
            open(table.path, "w").close()
            return 0


        @stage(timeout="5m")
        def train(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly(root: str = "/tmp/nightly"):
            train(ingest().result)
        ```
    """

    code: ClassVar[str] = "PPC113"
    title: ClassVar[str] = "`{argument}` of stage `{stage}` takes {expected}, but {given} is an artifact"
    help: ClassVar[str] = "declare the argument `Input[...]` and read the file, or pass the result of `{producer}`"

    stage: str
    argument: str
    expected: str
    given: str
    producer: str


class NameCollision(Diagnostic):
    """Two results of a stage go by one name.

    What
        What a stage gives to others is named: `result` for the value that it returns, a name for each field when that
        is a record, a name for each output artifact. Two of these are the same.

    Why
        `handle.name` would mean either, and on the way between stages one would overwrite the other.

    Example
        ```python
        from typing import NamedTuple

        from portable_pipeline import Metrics, Output, pipeline, stage, uri


        class Scores(NamedTuple):
            auc: float
            report: str


        @stage(timeout="5m")
        def evaluate(report: Output[Metrics] = uri("{root}/report.json")) -> Scores:
            return Scores(0.9, "fine")


        @pipeline
        def nightly(root: str = "/tmp/nightly"):
            evaluate()
        ```

    Instead
        ```python
        from typing import NamedTuple

        from portable_pipeline import Metrics, Output, pipeline, stage, uri


        class Scores(NamedTuple):
            auc: float
            summary: str


        @stage(timeout="5m")
        def evaluate(report: Output[Metrics] = uri("{root}/report.json")) -> Scores:
            return Scores(0.9, "fine")


        @pipeline
        def nightly(root: str = "/tmp/nightly"):
            evaluate()
        ```
    """

    code: ClassVar[str] = "PPC114"
    title: ClassVar[str] = "stage `{stage}` gives two things named `{name}`: {one} and {other}"
    help: ClassVar[str] = "rename it: `handle.{name}` has to mean one thing"

    stage: str
    name: str
    one: str
    other: str
