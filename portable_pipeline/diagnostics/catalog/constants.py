"""PPC115-117: constants that do not travel, or not well."""

from __future__ import annotations

from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic, Severity


class NonFiniteNumber(Diagnostic):
    """A constant that JSON cannot hold: NaN or infinity.

    What
        Values between stages are JSON, whose numbers are finite.

    Why
        Some engines store such a value, some refuse it, some turn it into null.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def train(stop_at: float) -> None:
            print(stop_at)


        @pipeline
        def nightly():
            train(stop_at=float("inf"))
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def train(stop_at: float | None) -> None:
            print(stop_at)


        @pipeline
        def nightly():
            train(stop_at=None)
        ```
    """

    code: ClassVar[str] = "PPC115"
    title: ClassVar[str] = "{where} holds {number}, which is no JSON"
    help: ClassVar[str] = "use None for `no limit` or `unknown`, with a type `float | None`"

    where: str
    number: str


class LargeConstant(Diagnostic):
    """A constant of more than 48 KiB.

    What
        A value written in the pipeline file takes more than 48 KiB as JSON.

    Why
        It would stand in the generated code and in the database of the orchestrator, once for each run. Results have
        the same limit (V4).

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def train(ids: list[int]) -> None:
            print(len(ids))


        @pipeline
        def nightly():
            train(ids=list(range(20_000)))
        ```

    Instead
        Compute it in a stage, or read it there from a file:

        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def train(ids: int) -> None:
            print(len(list(range(ids))))


        @pipeline
        def nightly():
            train(ids=20_000)
        ```
    """

    code: ClassVar[str] = "PPC116"
    title: ClassVar[str] = "{where} takes {kib} KiB as JSON; at most 48 KiB travel"
    help: ClassVar[str] = "compute it in a stage, or read it there from a file that another stage wrote"

    where: str
    kib: int


class LargePipeline(Diagnostic):
    """Constants that together make the pipeline large.

    What
        All constants and defaults of the pipeline together take more than 512 KiB as JSON.

    Why
        Kubernetes refuses objects over 1.5 MiB, schedulers parse the file every minute.

    Example
        Twelve stages, each called with a list of 45 KiB.

    Instead
        One stage that writes the lists as an artifact, and consumers that read it.
    """

    code: ClassVar[str] = "PPC117"
    severity: ClassVar[Severity] = Severity.WARNING
    title: ClassVar[str] = "the constants of pipeline `{pipeline}` take {kib} KiB together"
    help: ClassVar[str] = "write large values as artifacts: engines carry the constants in each run's record"
    triggered_by: ClassVar[str] = "many constants that are each below the limit of 48 KiB"

    pipeline: str
    kib: int
