"""PPC20x: artifacts that get into each other's way."""

from __future__ import annotations

from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic


class SharedOutput(Diagnostic):
    """Two outputs whose addresses can be one, or one inside the other.

    What
        The addresses of two outputs are compared as templates: for which values of the parameters could they be the
        same, or one a folder above the other? The compiler has to prove that there are none (A3). It takes a parameter
        for any text without `..`; only for artifacts inside a `Directory` it assumes that a parameter within an address
        is one folder, or a part of one, and that no root (a parameter at the start of an address) lies inside the
        directory.
        `a//b`, `a/./b` and `file:///a/b` are the paths that they mean.

    Why
        The stage that ends last wins. Which one that is changes from run to run, and the consumer of the other reads
        the wrong file or fails.

    Example
        ```python
        from portable_pipeline import Dataset, Output, pipeline, stage, uri


        @stage(timeout="5m")
        def north(table: Output[Dataset] = uri("{root}/north/table.csv")) -> None:
            open(table.path, "w").close()


        @stage(timeout="5m")
        def any_region(table: Output[Dataset] = uri("{root}/{region}/table.csv")) -> None:
            open(table.path, "w").close()


        @pipeline
        def nightly(root: str = "/tmp/nightly", region: str = "south"):
            north()
            any_region()
        ```

    Instead
        Give each a folder or a file name of its own:

        ```python
        from portable_pipeline import Dataset, Output, pipeline, stage, uri


        @stage(timeout="5m")
        def north(table: Output[Dataset] = uri("{root}/north/north.csv")) -> None:
            open(table.path, "w").close()


        @stage(timeout="5m")
        def any_region(table: Output[Dataset] = uri("{root}/{region}/table.csv")) -> None:
            open(table.path, "w").close()


        @pipeline
        def nightly(root: str = "/tmp/nightly", region: str = "south"):
            north()
            any_region()
        ```
    """

    code: ClassVar[str] = "PPC201"
    title: ClassVar[str] = "{clash}"
    label: ClassVar[str] = "`{output}` is `{address}`"
    help: ClassVar[str] = "give each a folder or a file name of its own, or put `{{stage}}` into the address"

    clash: str
    output: str
    address: str


class UndatedOutput(Diagnostic):
    """An output of a scheduled pipeline that every run overwrites.

    What
        The pipeline has a schedule, and the address of an output does not depend on `{run_date}`.

    Why
        Each run replaces what the last one wrote: a rerun of an old day destroys today's data, and no day can be looked
        at again (A2).

    Example
        ```python
        from portable_pipeline import Dataset, Output, cron, pipeline, stage, uri


        @stage(timeout="5m")
        def ingest(table: Output[Dataset] = uri("{root}/table.csv")) -> None:
            open(table.path, "w").close()


        @pipeline(schedule=cron("0 2 * * *"))
        def nightly(root: str = "/tmp/nightly"):
            ingest()
        ```

    Instead
        ```python
        from portable_pipeline import Dataset, Output, cron, pipeline, stage, uri


        @stage(timeout="5m")
        def ingest(table: Output[Dataset] = uri("{root}/{run_date}/table.csv")) -> None:
            open(table.path, "w").close()


        @pipeline(schedule=cron("0 2 * * *"))
        def nightly(root: str = "/tmp/nightly"):
            ingest()
        ```
    """

    code: ClassVar[str] = "PPC202"
    title: ClassVar[str] = "`{output}` is overwritten by every run of the schedule: its address has no run date"
    label: ClassVar[str] = "`{address}`"
    help: ClassVar[str] = "put `{{run_date}}` into the address"

    output: str
    address: str


class WrongArtifactKind(Diagnostic):
    """An artifact of one kind for an input of another.

    What
        An output declared, say, `Output[Dataset]` is handed to an `Input[Model]`. `Artifact` on either side fits every
        kind.

    Why
        Kinds are there so that a table is not loaded as a model. KFP enforces them.

    Example
        ```python
        from portable_pipeline import Dataset, Input, Model, Output, pipeline, stage, uri


        @stage(timeout="5m")
        def ingest(table: Output[Dataset] = uri("{root}/table.csv")) -> None:
            open(table.path, "w").close()


        @stage(timeout="5m")
        def deploy(model: Input[Model]) -> None:
            print(model.path)


        @pipeline
        def nightly(root: str = "/tmp/nightly"):
            deploy(ingest())
        ```

    Instead
        ```python
        from portable_pipeline import Input, Model, Output, pipeline, stage, uri


        @stage(timeout="5m")
        def train(model: Output[Model] = uri("{root}/model.bin")) -> None:
            open(model.path, "w").close()


        @stage(timeout="5m")
        def deploy(model: Input[Model]) -> None:
            print(model.path)


        @pipeline
        def nightly(root: str = "/tmp/nightly"):
            deploy(train())
        ```
    """

    code: ClassVar[str] = "PPC204"
    title: ClassVar[str] = "`{argument}` of stage `{stage}` takes a {expected}, but `{given}` is a {actual}"
    help: ClassVar[str] = "declare both sides alike, or `Input[Artifact]` where any kind will do"

    stage: str
    argument: str
    expected: str
    given: str
    actual: str


class TooManyAddresses(Diagnostic):
    """Addresses that could not be compared with each other.

    What
        Whether two outputs can share an address is a question about pairs (PPC201). Nearly all of them are answered at
        a glance; here too many are not.

    Why
        What has not been compared has not been proven (A3), and comparing all would take minutes.

    Example
        Thousands of outputs whose addresses start with different parameters and end with one: `{a}/{x}.csv`,
        `{b}/{y}.csv` and so on.

    Instead
        Start the addresses with one parameter, and give each stage a folder with fixed text after it.
    """

    code: ClassVar[str] = "PPC208"
    title: ClassVar[str] = "the addresses of {count} outputs differ in too many ways to be told apart"
    help: ClassVar[str] = "start them with one parameter and give each stage a folder of its own after it"
    triggered_by: ClassVar[str] = "thousands of outputs whose addresses start and end differently"

    count: int
