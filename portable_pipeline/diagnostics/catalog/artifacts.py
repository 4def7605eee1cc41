"""PPC2xx: artifacts, their addresses, and what makes a rerun harmless."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic, Severity


@dataclass(frozen=True, kw_only=True)
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


@dataclass(frozen=True, kw_only=True)
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


@dataclass(frozen=True, kw_only=True)
class RelativeRoot(Diagnostic):
    """An address of a scheduled pipeline that starts nowhere in particular.

    What
        The pipeline has a schedule, and the address of an output is a relative path, written so or by a parameter's
        default.

    Why
        It counts from the folder in which the engine's process happens to run: another one on each worker, and one that
        is gone with the container.

    Example
        ```python
        from portable_pipeline import Dataset, Output, cron, pipeline, stage, uri


        @stage(timeout="5m")
        def ingest(table: Output[Dataset] = uri("{root}/{run_date}/table.csv")) -> None:
            open(table.path, "w").close()


        @pipeline(schedule=cron("0 2 * * *"))
        def nightly(root: str = "build/nightly"):
            ingest()
        ```

    Instead
        ```python
        from portable_pipeline import Dataset, Output, cron, pipeline, stage, uri


        @stage(timeout="5m")
        def ingest(table: Output[Dataset] = uri("{root}/{run_date}/table.csv")) -> None:
            open(table.path, "w").close()


        @pipeline(schedule=cron("0 2 * * *"))
        def nightly(root: str = "/data/nightly"):
            ingest()
        ```
    """

    code: ClassVar[str] = "PPC203"
    severity: ClassVar[Severity] = Severity.WARNING
    title: ClassVar[str] = "scheduled runs write below `{path}`, a path relative to wherever the engine runs"
    help: ClassVar[str] = "write an absolute path; a relative one is for runs by hand, from one folder"

    path: str


@dataclass(frozen=True, kw_only=True)
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


@dataclass(frozen=True, kw_only=True)
class UnreachableAddress(Diagnostic):
    """An address that generated code has no way to reach.

    What
        Artifacts live at plain paths and `file:///path`. The address has another scheme, or names a host.

    Why
        The first attempt would fail when it opens its output. Object stores are a matter of a later version; a mounted
        bucket works today.

    Example
        ```python
        from portable_pipeline import Dataset, Output, pipeline, stage, uri


        @stage(timeout="5m")
        def ingest(table: Output[Dataset] = uri("{root}/table.csv")) -> None:
            open(table.path, "w").close()


        @pipeline
        def nightly(root: str = "s3://bucket/nightly"):
            ingest()
        ```

    Instead
        ```python
        from portable_pipeline import Dataset, Output, pipeline, stage, uri


        @stage(timeout="5m")
        def ingest(table: Output[Dataset] = uri("{root}/table.csv")) -> None:
            open(table.path, "w").close()


        @pipeline
        def nightly(root: str = "/mnt/bucket/nightly"):
            ingest()
        ```
    """

    code: ClassVar[str] = "PPC205"
    title: ClassVar[str] = "`{address}` cannot be reached: {reason}"
    help: ClassVar[str] = "write a path or `file:///path`, for example where the bucket is mounted"

    address: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class BadAddress(Diagnostic):
    """An address that is no address of an artifact.

    What
        The address is empty, ends with a slash, climbs with `..`, or holds a character that no file name has.

    Why
        Where such an output ends up depends on the engine, and whether it overwrites another cannot be proven.

    Example
        ```python
        from portable_pipeline import Dataset, Output, pipeline, stage, uri


        @stage(timeout="5m")
        def ingest(table: Output[Dataset] = uri("{root}/../table.csv")) -> None:
            open(table.path, "w").close()


        @pipeline
        def nightly(root: str = "/tmp/nightly"):
            ingest()
        ```

    Instead
        ```python
        from portable_pipeline import Dataset, Output, pipeline, stage, uri


        @stage(timeout="5m")
        def ingest(table: Output[Dataset] = uri("{root}/table.csv")) -> None:
            open(table.path, "w").close()


        @pipeline
        def nightly(root: str = "/tmp/nightly"):
            ingest()
        ```
    """

    code: ClassVar[str] = "PPC206"
    title: ClassVar[str] = "the address of `{output}` {reason}"
    label: ClassVar[str] = "`{address}`"
    help: ClassVar[str] = "write a path with a file name, such as `{{root}}/{{run_date}}/table.csv`"

    output: str
    address: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class UnaddressableParameter(Diagnostic):
    """A parameter in an address whose text is not the same everywhere.

    What
        A parameter in an address is a `str`, an `int`, a `date` or a `Literal` of these.

    Why
        Engines write floats, lists, times and None in different ways; the same parameters would give different
        addresses (A2).

    Example
        ```python
        from portable_pipeline import Dataset, Output, pipeline, stage, uri


        @stage(timeout="5m")
        def sample(table: Output[Dataset] = uri("{root}/{share}/table.csv")) -> None:
            open(table.path, "w").close()


        @pipeline
        def nightly(root: str = "/tmp/nightly", share: float = 0.1):
            sample()
        ```

    Instead
        ```python
        from portable_pipeline import Dataset, Output, pipeline, stage, uri


        @stage(timeout="5m")
        def sample(table: Output[Dataset] = uri("{root}/{percent}/table.csv")) -> None:
            open(table.path, "w").close()


        @pipeline
        def nightly(root: str = "/tmp/nightly", percent: int = 10):
            sample()
        ```
    """

    code: ClassVar[str] = "PPC207"
    title: ClassVar[str] = "the address of `{output}` needs `{parameter}`, which is {type} and has no one spelling"
    help: ClassVar[str] = "use a parameter of type `str`, `int` or `date` in an address"

    output: str
    parameter: str
    type: str


@dataclass(frozen=True, kw_only=True)
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
