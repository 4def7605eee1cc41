"""PPC04x and PPC05x: what is passed to a stage is nothing that it can get."""

from __future__ import annotations

from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic


class NotAUri(Diagnostic):
    """An output gets something that is no address.

    What
        An `Output[...]` parameter is no value that a caller passes: its default, or the argument, says where the
        artifact goes.

    Why
        The stage gets the artifact to write, with its path, from the engine.

    Example
        ```python
        from portable_pipeline import Dataset, Output, pipeline, stage, uri


        @stage(timeout="5m")
        def write(table: Output[Dataset] = uri("{root}/table.csv")) -> None:
            open(table.path, "w").close()


        @pipeline
        def nightly(root: str = "/tmp/nightly"):
            write(table="/tmp/table.csv")
        ```

    Instead
        ```python
        from portable_pipeline import Dataset, Output, pipeline, stage, uri


        @stage(timeout="5m")
        def write(table: Output[Dataset] = uri("{root}/table.csv")) -> None:
            open(table.path, "w").close()


        @pipeline
        def nightly(root: str = "/tmp/nightly"):
            write(table=uri("{root}/other.csv"))
        ```
    """

    code: ClassVar[str] = "PPC047"
    title: ClassVar[str] = "output `{output}` of {stage} takes an address"
    help: ClassVar[str] = 'write `uri("...")`, or leave it out'

    stage: str
    output: str


class HandleInContainer(Diagnostic):
    """A list or dict of handles is passed to a stage.

    What
        An argument is one handle or a constant. A container that holds handles is neither.

    Why
        Each edge of the graph ends in a parameter with a name and a type of its own.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @stage(timeout="5m")
        def total(counts: list[int]) -> None:
            print(sum(counts))


        @pipeline
        def nightly():
            total([load(), load()])
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def load() -> int:
            return 3


        @stage(timeout="5m")
        def total(first: int, second: int) -> None:
            print(first + second)


        @pipeline
        def nightly():
            total(load(), load())
        ```
    """

    code: ClassVar[str] = "PPC048"
    title: ClassVar[str] = "`{argument}` of stage `{stage}` is a container of handles"
    help: ClassVar[str] = "give the stage a parameter for each of them"

    stage: str
    argument: str


class StageNotCalled(Diagnostic):
    """A stage is passed on without being called.

    What
        The argument is the stage itself, not what a call of it gives.

    Why
        A stage that is not called is no part of the pipeline.

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
            show(load)
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

    code: ClassVar[str] = "PPC049"
    title: ClassVar[str] = "`{stage}` is passed on without being called"
    help: ClassVar[str] = "call it: `{stage}(...)`"

    stage: str


class HandleOfAnotherPipeline(Diagnostic):
    """A handle from another pipeline.

    What
        The handle was kept from an earlier trace, in a global or a default.

    Why
        What the other pipeline computes belongs to its own runs.

    Example
        Two pipelines in one program that share a list in which the first keeps `load()`.

    Instead
        Call the stage in the pipeline that needs it.
    """

    code: ClassVar[str] = "PPC050"
    title: ClassVar[str] = "{handle} belongs to another pipeline"
    help: ClassVar[str] = "call the stage in this pipeline, or read what the other one wrote"
    triggered_by: ClassVar[str] = (
        "a handle that outlived the trace it was made in, as in a list at the top of the module"
    )

    handle: str


class MissingRoot(Diagnostic):
    """An output has no address.

    What
        An output without `uri(...)` goes to `{root}/{pipeline}/{run_date}/{stage}/{name}`. The pipeline has no
        parameter `root`.

    Why
        Where artifacts live is a matter of each installation, so it is a parameter and nothing that we choose.

    Example
        ```python
        from portable_pipeline import Dataset, Output, pipeline, stage


        @stage(timeout="5m")
        def write(table: Output[Dataset]) -> None:
            open(table.path, "w").close()


        @pipeline
        def nightly():
            write()
        ```

    Instead
        ```python
        from portable_pipeline import Dataset, Output, pipeline, stage


        @stage(timeout="5m")
        def write(table: Output[Dataset]) -> None:
            open(table.path, "w").close()


        @pipeline
        def nightly(root: str = "/tmp/nightly"):
            write()
        ```
    """

    code: ClassVar[str] = "PPC051"
    title: ClassVar[str] = "output `{output}` of stage `{stage}` has no address, and the pipeline no parameter `root`"
    help: ClassVar[str] = "add `root: str` to the pipeline's parameters, or give the output a `uri(...)`"

    stage: str
    output: str
