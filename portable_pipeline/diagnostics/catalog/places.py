"""PPC20x: addresses that are wrong by themselves."""

from __future__ import annotations

from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic, Severity


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
