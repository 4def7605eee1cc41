"""PPC31x: schedules."""

from __future__ import annotations

from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic


class BadCron(Diagnostic):
    """A schedule that is no cron expression of five fields.

    What
        `cron(...)` takes minute, hour, day of month, month and day of week, in this order.

    Why
        Seconds, years, `@daily` and `H` mean different things to different engines, or nothing.

    Example
        ```python
        from portable_pipeline import cron, pipeline, stage


        @stage(timeout="5m")
        def ingest() -> None:
            print("ingested")


        @pipeline(schedule=cron("0 25 * * *"))
        def nightly():
            ingest()
        ```

    Instead
        ```python
        from portable_pipeline import cron, pipeline, stage


        @stage(timeout="5m")
        def ingest() -> None:
            print("ingested")


        @pipeline(schedule=cron("0 2 * * *"))
        def nightly():
            ingest()
        ```
    """

    code: ClassVar[str] = "PPC310"
    title: ClassVar[str] = "`{expression}` is no cron expression: {reason}"
    help: ClassVar[str] = "{suggestion}"

    expression: str
    reason: str
    suggestion: str


class NeverFires(Diagnostic):
    """A schedule without a single fire time.

    What
        Each field of the cron expression is fine, and no date satisfies all of them.

    Why
        The pipeline would be deployed, look healthy and never run.

    Example
        ```python
        from portable_pipeline import cron, pipeline, stage


        @stage(timeout="5m")
        def ingest() -> None:
            print("ingested")


        @pipeline(schedule=cron("0 2 31 4 *"))
        def nightly():
            ingest()
        ```

    Instead
        ```python
        from portable_pipeline import cron, pipeline, stage


        @stage(timeout="5m")
        def ingest() -> None:
            print("ingested")


        @pipeline(schedule=cron("0 2 30 4 *"))
        def nightly():
            ingest()
        ```
    """

    code: ClassVar[str] = "PPC311"
    title: ClassVar[str] = "`{expression}` never fires"
    help: ClassVar[str] = "no date has that day of the month in that month: check the third and the fourth field"

    expression: str


class UnknownZone(Diagnostic):
    """A time zone that is not in the IANA database.

    What
        `timezone` is a name such as `Europe/Berlin` or `UTC`.

    Why
        Abbreviations like `CEST` mean different offsets to different engines, and some take what they do not know
        for UTC.

    Example
        ```python
        from portable_pipeline import cron, pipeline, stage


        @stage(timeout="5m")
        def ingest() -> None:
            print("ingested")


        @pipeline(schedule=cron("0 2 * * *", timezone="Europe/Berln"))
        def nightly():
            ingest()
        ```

    Instead
        ```python
        from portable_pipeline import cron, pipeline, stage


        @stage(timeout="5m")
        def ingest() -> None:
            print("ingested")


        @pipeline(schedule=cron("0 2 * * *", timezone="Europe/Berlin"))
        def nightly():
            ingest()
        ```
    """

    code: ClassVar[str] = "PPC312"
    title: ClassVar[str] = "there is no time zone `{zone}`"
    help: ClassVar[str] = "{suggestion}"

    zone: str
    suggestion: str


class NeededOnSchedule(Diagnostic):
    """A parameter that no scheduled run is given.

    What
        The pipeline has a schedule and a parameter without a default.

    Why
        Nobody is there at night to type it in: every scheduled run would be refused (P2).

    Example
        ```python
        from portable_pipeline import cron, pipeline, stage


        @stage(timeout="5m")
        def ingest(table: str) -> None:
            print(table)


        @pipeline(schedule=cron("0 2 * * *"))
        def nightly(table: str):
            ingest(table)
        ```

    Instead
        ```python
        from portable_pipeline import cron, pipeline, stage


        @stage(timeout="5m")
        def ingest(table: str) -> None:
            print(table)


        @pipeline(schedule=cron("0 2 * * *"))
        def nightly(table: str = "events"):
            ingest(table)
        ```
    """

    code: ClassVar[str] = "PPC313"
    title: ClassVar[str] = "parameter `{name}` has no default, and scheduled runs are given none"
    help: ClassVar[str] = "give it a default"

    name: str
