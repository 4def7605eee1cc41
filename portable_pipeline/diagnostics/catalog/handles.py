"""PPC02x and PPC03x: handles used as what they are not."""

from __future__ import annotations

from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic


class UnknownOutputName(Diagnostic):
    """A stage has no output of that name.

    What
        `handle.name` is an artifact of the stage, or a field of its result where that is a NamedTuple, a dataclass
        or a TypedDict. `handle.result` is the whole result.

    Why
        There is nothing of that name to hand over.

    Example
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
            read(write().tabel)
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
            read(write().table)
        ```
    """

    code: ClassVar[str] = "PPC027"
    title: ClassVar[str] = "{handle} has no output `{name}`"
    help: ClassVar[str] = "{suggestion}"

    handle: str
    name: str
    suggestion: str


class HandleCalled(Diagnostic):
    """A handle is called.

    What
        Calling a stage gives a handle. Calling that one means nothing.

    Why
        It happens when the handle has the name of the stage.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @pipeline
        def nightly():
            rows = load()
            rows()
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @pipeline
        def nightly():
            load()
            load()
        ```
    """

    code: ClassVar[str] = "PPC028"
    title: ClassVar[str] = "{handle} is a value, not a function"
    label: ClassVar[str] = "called here"
    help: ClassVar[str] = "{advice_on_it}"

    handle: str
    advice_on_it: str


class HandleAssigned(Diagnostic):
    """A handle is assigned to.

    What
        `handle.name = ...` and `handle[...] = ...` would change a value that exists only in a run.

    Why
        Values between stages do not change: a stage takes some and returns others.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> list[int]:
            return [1, 2, 3]


        @pipeline
        def nightly():
            rows = load()
            rows[0] = 7
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> list[int]:
            return [1, 2, 3]


        @stage(timeout="5m")
        def patched(rows: list[int]) -> list[int]:
            return [7, *rows[1:]]


        @pipeline
        def nightly():
            patched(load())
        ```
    """

    code: ClassVar[str] = "PPC029"
    title: ClassVar[str] = "{handle} has no value yet: `{target}` cannot change it"
    label: ClassVar[str] = "only a run knows it"
    help: ClassVar[str] = "change the value inside a stage and return it"

    handle: str
    target: str


class HandleAttribute(Diagnostic):
    """Something is asked of a value that is not there yet.

    What
        Parameters and `run.date` have no attributes inside a pipeline function: they get their values in a run.

    Why
        Whatever the attribute is, it belongs to the value.

    Example
        ```python
        from portable_pipeline import pipeline, run, stage


        @stage(timeout="5m")
        def show(year: int) -> None:
            print(year)


        @pipeline
        def nightly():
            show(run.date.year)
        ```

    Instead
        ```python
        from datetime import date

        from portable_pipeline import pipeline, run, stage


        @stage(timeout="5m")
        def show(day: date) -> None:
            print(day.year)


        @pipeline
        def nightly():
            show(run.date)
        ```
    """

    code: ClassVar[str] = "PPC030"
    title: ClassVar[str] = "{handle} has no value yet: `.{name}` cannot be asked of it"
    label: ClassVar[str] = "only a run knows it"
    help: ClassVar[str] = "{advice_on_it}"

    handle: str
    name: str
    advice_on_it: str


class NotAStage(Diagnostic):
    """Something that is no stage is put in order.

    What
        `.after(...)` and `>>` take handles of stages, or lists of them.

    Why
        Only a stage can end before another one starts.

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
            show(1).after(load)
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
            show(1).after(load())
        ```
    """

    code: ClassVar[str] = "PPC031"
    title: ClassVar[str] = "only stages can be put in order, not `{given}`"
    help: ClassVar[str] = "order handles that calls of stages returned: `load(x).after(check(y))`"

    given: str


class PipelineInPipeline(Diagnostic):
    """A pipeline is called inside a pipeline.

    What
        A pipeline is run as a whole, by its own schedule. It is no stage of another one.

    Why
        Its schedule, its parameters and its timeout would have to mean something there.

    Example
        A function decorated with `@pipeline` that calls another one, `weekly()`.

    Instead
        Call the stages, or a plain function that calls them; it can be called in several pipelines.
    """

    code: ClassVar[str] = "PPC032"
    title: ClassVar[str] = "pipeline `{name}` is called inside a pipeline"
    help: ClassVar[str] = "call its stages, or a plain function that calls them"
    triggered_by: ClassVar[str] = "two pipelines, one of which calls the other"

    name: str
