"""PPC30x: timeouts, retries and caches."""

from __future__ import annotations

from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic, Severity


class NoTimeout(Diagnostic):
    """Stages that may hang for ever.

    What
        Stages have no `timeout`, and the pipeline has none either.

    Why
        A stage that waits for something that never comes holds a worker until somebody notices. With a timeout it is a
        failed attempt, which is retried and reported (R3).

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage
        def ingest() -> None:
            print("ingested")


        @pipeline
        def nightly():
            ingest()
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="10m")
        def ingest() -> None:
            print("ingested")


        @pipeline
        def nightly():
            ingest()
        ```
    """

    code: ClassVar[str] = "PPC301"
    severity: ClassVar[Severity] = Severity.WARNING
    title: ClassVar[str] = "no timeout: {stages}"
    label: ClassVar[str] = "may run for ever"
    help: ClassVar[str] = 'add `timeout="30m"` to each stage, or one for the whole run to the pipeline'

    stages: str


class BadDuration(Diagnostic):
    """A duration that cannot be meant.

    What
        A timeout is more than nothing, a delay is not negative, and neither is longer than a year.

    Why
        Engines take such values and then do what they like: some run without any timeout, some fail at once.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="0s")
        def ingest() -> None:
            print("ingested")


        @pipeline
        def nightly():
            ingest()
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="10m")
        def ingest() -> None:
            print("ingested")


        @pipeline
        def nightly():
            ingest()
        ```
    """

    code: ClassVar[str] = "PPC302"
    title: ClassVar[str] = "`{what}` of {where} is {duration}: {reason}"
    help: ClassVar[str] = 'write a duration such as `"90s"`, `"30m"` or `"2h"`'

    what: str
    where: str
    duration: str
    reason: str


class BadRetry(Diagnostic):
    """A retry setting outside its range.

    What
        `retries` is 0 to 100, `backoff` 1 to 100, `jitter` 0 to 1.

    Why
        Below these ranges a setting contradicts the rule that a retry waits at least its delay (R2); above them it is a
        typing mistake that keeps a worker busy for weeks.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m", retries=3, retry_delay="10s", backoff=0.5)
        def ingest() -> None:
            print("ingested")


        @pipeline
        def nightly():
            ingest()
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m", retries=3, retry_delay="10s", backoff=2.0)
        def ingest() -> None:
            print("ingested")


        @pipeline
        def nightly():
            ingest()
        ```
    """

    code: ClassVar[str] = "PPC303"
    title: ClassVar[str] = "`{setting}` of stage `{stage}` is {value}; it is {allowed}"
    help: ClassVar[str] = "{suggestion}"

    setting: str
    stage: str
    value: str
    allowed: str
    suggestion: str


class CapBelowDelay(Diagnostic):
    """A cap on the wait that is shorter than the first wait.

    What
        `max_delay` is less than `retry_delay`.

    Why
        One of the two is not what was meant: the delay would never be waited for.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m", retries=3, retry_delay="10m", max_delay="60s")
        def ingest() -> None:
            print("ingested")


        @pipeline
        def nightly():
            ingest()
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m", retries=3, retry_delay="60s", backoff=2.0, max_delay="10m")
        def ingest() -> None:
            print("ingested")


        @pipeline
        def nightly():
            ingest()
        ```
    """

    code: ClassVar[str] = "PPC304"
    title: ClassVar[str] = "stage `{stage}` waits {delay} before its first retry, but at most {cap}"
    help: ClassVar[str] = "make `max_delay` at least as long as `retry_delay`"

    stage: str
    delay: str
    cap: str


class NoRetries(Diagnostic):
    """Settings for retries of a stage that has none.

    What
        `backoff`, `max_delay` or `jitter` is set, and `retries` is 0.

    Why
        Whoever wrote it expects the stage to be tried again. It is not.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m", backoff=2.0)
        def ingest() -> None:
            print("ingested")


        @pipeline
        def nightly():
            ingest()
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m", retries=3, backoff=2.0)
        def ingest() -> None:
            print("ingested")


        @pipeline
        def nightly():
            ingest()
        ```
    """

    code: ClassVar[str] = "PPC305"
    severity: ClassVar[Severity] = Severity.WARNING
    title: ClassVar[str] = "stage `{stage}` has no retries, but sets {settings}"
    help: ClassVar[str] = "add `retries=3`, or take {settings} away"

    stage: str
    settings: str


class BeyondPipeline(Diagnostic):
    """A stage that may take longer than the whole run.

    What
        The timeout of a stage, or all its waits between attempts together, is longer than the pipeline's timeout.

    Why
        The run is ended first (R6). The stage's own limit, or its last retries, never come into effect.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="4h")
        def train() -> None:
            print("trained")


        @pipeline(timeout="2h")
        def nightly():
            train()
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="4h")
        def train() -> None:
            print("trained")


        @pipeline(timeout="6h")
        def nightly():
            train()
        ```
    """

    code: ClassVar[str] = "PPC306"
    severity: ClassVar[Severity] = Severity.WARNING
    title: ClassVar[str] = "{what} of stage `{stage}`, {duration}, is beyond the pipeline's timeout of {limit}"
    help: ClassVar[str] = "give the pipeline more time, or the stage less"

    what: str
    stage: str
    duration: str
    limit: str


class NothingToTakeOver(Diagnostic):
    """A cached stage that leaves nothing.

    What
        A stage has `cache=True`, returns nothing and writes no artifact.

    Why
        Where such a stage is taken over from another run, nothing at all happens (K1). What it does, it does elsewhere:
        it prints, sends or deletes something, and a run that skips that is another run.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m", cache=True)
        def announce() -> None:
            print("it is done")


        @pipeline
        def nightly():
            announce()
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def announce() -> None:
            print("it is done")


        @pipeline
        def nightly():
            announce()
        ```
    """

    code: ClassVar[str] = "PPC307"
    severity: ClassVar[Severity] = Severity.WARNING
    title: ClassVar[str] = "stage `{stage}` is cached and leaves nothing to take over"
    help: ClassVar[str] = "take `cache=True` away, so that it runs in every run; or let it return what it did"

    stage: str
