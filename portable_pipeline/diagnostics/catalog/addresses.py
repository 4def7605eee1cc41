"""PPC21x: addresses as they are written."""

from __future__ import annotations

from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic


class BadTemplate(Diagnostic):
    """An address that cannot be read.

    What
        A brace is not closed, or a placeholder is no name. A brace that is meant as such is written twice.

    Why
        Braces mark placeholders.

    Example
        ```python
        from portable_pipeline import Dataset, Output, pipeline, stage, uri


        @stage(timeout="5m")
        def write(table: Output[Dataset] = uri("{root}/{run_date/table.csv")) -> None:
            open(table.path, "w").close()


        @pipeline
        def nightly(root: str = "/tmp/nightly"):
            write()
        ```

    Instead
        ```python
        from portable_pipeline import Dataset, Output, pipeline, stage, uri


        @stage(timeout="5m")
        def write(table: Output[Dataset] = uri("{root}/{run_date}/table.csv")) -> None:
            open(table.path, "w").close()


        @pipeline
        def nightly(root: str = "/tmp/nightly"):
            write()
        ```
    """

    code: ClassVar[str] = "PPC210"
    title: ClassVar[str] = "`{template}` is no address: {reason}"
    help: ClassVar[str] = "write placeholders as `{{name}}` and a brace of its own as `{{{{`"

    template: str
    reason: str


class UnknownPlaceholder(Diagnostic):
    """An address with an unknown placeholder.

    What
        Placeholders are `{run_date}`, the parameters of the pipeline, `{pipeline}`, `{stage}` and `{name}` (of the
        output).

    Why
        An address depends on these and on nothing else, so that a rerun writes where the first run wrote (A2).

    Example
        ```python
        from portable_pipeline import Dataset, Output, pipeline, stage, uri


        @stage(timeout="5m")
        def write(table: Output[Dataset] = uri("{root}/{run_day}/table.csv")) -> None:
            open(table.path, "w").close()


        @pipeline
        def nightly(root: str = "/tmp/nightly"):
            write()
        ```

    Instead
        ```python
        from portable_pipeline import Dataset, Output, pipeline, stage, uri


        @stage(timeout="5m")
        def write(table: Output[Dataset] = uri("{root}/{run_date}/table.csv")) -> None:
            open(table.path, "w").close()


        @pipeline
        def nightly(root: str = "/tmp/nightly"):
            write()
        ```
    """

    code: ClassVar[str] = "PPC211"
    title: ClassVar[str] = "`{{{placeholder}}}` in an address is neither a parameter of the pipeline nor known"
    help: ClassVar[str] = "{suggestion}"

    template: str
    placeholder: str
    suggestion: str


class MovingPlaceholder(Diagnostic):
    """An address that changes from attempt to attempt.

    What
        The address names the run, the attempt, or the clock.

    Why
        A rerun for the same date would write somewhere else, consumers would read one of two, and nothing would
        ever be replaced (A2).

    Example
        ```python
        from portable_pipeline import Dataset, Output, pipeline, stage, uri


        @stage(timeout="5m")
        def write(table: Output[Dataset] = uri("{root}/{run_id}/table.csv")) -> None:
            open(table.path, "w").close()


        @pipeline
        def nightly(root: str = "/tmp/nightly"):
            write()
        ```

    Instead
        ```python
        from portable_pipeline import Dataset, Output, pipeline, stage, uri


        @stage(timeout="5m")
        def write(table: Output[Dataset] = uri("{root}/{run_date}/table.csv")) -> None:
            open(table.path, "w").close()


        @pipeline
        def nightly(root: str = "/tmp/nightly"):
            write()
        ```
    """

    code: ClassVar[str] = "PPC212"
    title: ClassVar[str] = (
        "`{{{placeholder}}}` in an address depends on {depends_on}: a rerun would write somewhere else"
    )
    help: ClassVar[str] = "use `{{run_date}}`: a rerun for the same date replaces what the last one wrote"

    template: str
    placeholder: str
    depends_on: str


class FormattedPlaceholder(Diagnostic):
    """A placeholder with a format.

    What
        `{run_date:%Y}` and `{name!r}` are Python's notation. Placeholders are filled in on every engine, in its own
        way.

    Why
        Only the plain value has one spelling everywhere. Dates are written as 2026-01-05.

    Example
        ```python
        from portable_pipeline import Dataset, Output, pipeline, stage, uri


        @stage(timeout="5m")
        def write(table: Output[Dataset] = uri("{root}/{run_date:%Y}/table.csv")) -> None:
            open(table.path, "w").close()


        @pipeline
        def nightly(root: str = "/tmp/nightly"):
            write()
        ```

    Instead
        ```python
        from portable_pipeline import Dataset, Output, pipeline, stage, uri


        @stage(timeout="5m")
        def write(table: Output[Dataset] = uri("{root}/{run_date}/table.csv")) -> None:
            open(table.path, "w").close()


        @pipeline
        def nightly(root: str = "/tmp/nightly"):
            write()
        ```
    """

    code: ClassVar[str] = "PPC213"
    title: ClassVar[str] = "`{{{placeholder}}}` in an address has a format, which engines write in different ways"
    help: ClassVar[str] = "write `{{{placeholder}}}`; a date is written as 2026-01-05"

    template: str
    placeholder: str
