"""PPC06x: declarations of stages and pipelines."""

from __future__ import annotations

from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic, Severity


class UnsupportedType(Diagnostic):
    """A type that cannot travel between stages.

    What
        Values between stages are JSON: int, float, str, bool, None, lists, dicts with text keys; and date,
        datetime, timedelta, `Literal`, dataclasses, NamedTuples and TypedDicts of these, which arrive as what they
        are. Everything else is an artifact: a file that one stage writes and another reads.

    Why
        Stages run in processes, often on machines, of their own.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def show(names: set[str]) -> None:
            print(names)


        @pipeline
        def nightly():
            show(["a"])
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def show(names: list[str]) -> None:
            print(set(names))


        @pipeline
        def nightly():
            show(["a"])
        ```
    """

    code: ClassVar[str] = "PPC060"
    title: ClassVar[str] = "{where} is `{annotation}`, which cannot travel between stages"
    help: ClassVar[str] = "use {instead}"

    where: str
    annotation: str
    instead: str


class MissingAnnotation(Diagnostic):
    """Something has no annotation.

    What
        Parameters and results of stages, and parameters of pipelines, say what they are.

    Why
        Values arrive with the declared type. Without one there is nothing to check and nothing to convert to.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def show(rows) -> None:
            print(rows)


        @pipeline
        def nightly():
            show(3)
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            show(3)
        ```
    """

    code: ClassVar[str] = "PPC061"
    title: ClassVar[str] = "{what} has no annotation"
    help: ClassVar[str] = (
        "say what it is: `int`, `list[str]`, `Input[Dataset]`; `-> None` for a function that returns nothing"
    )

    what: str


class UnresolvableAnnotation(Diagnostic):
    """An annotation that cannot be evaluated.

    What
        The annotation names something that is not there when the module is imported: misspelt, or imported for type
        checkers only.

    Why
        The stage's process reads the annotations to convert what arrives.

    Example
        ```python
        from __future__ import annotations

        from typing import TYPE_CHECKING

        if TYPE_CHECKING:
            from datetime import date

        from portable_pipeline import pipeline, run, stage


        @stage(timeout="5m")
        def show(day: date) -> None:
            print(day)


        @pipeline
        def nightly():
            show(run.date)
        ```

    Instead
        ```python
        from __future__ import annotations

        from datetime import date

        from portable_pipeline import pipeline, run, stage


        @stage(timeout="5m")
        def show(day: date) -> None:
            print(day)


        @pipeline
        def nightly():
            show(run.date)
        ```
    """

    code: ClassVar[str] = "PPC062"
    title: ClassVar[str] = "{where} is `{annotation}`, which cannot be evaluated: {reason}"
    help: ClassVar[str] = "import the name where it is there at run time too"

    where: str
    annotation: str
    reason: str


class UnsupportedParameter(Diagnostic):
    """A parameter that cannot be passed by its name.

    What
        Stages and pipelines have no `*args`, no `**kwargs` and no positional-only parameters.

    Why
        Engines pass arguments by name, and show them by name.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def show(*rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            show()
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def show(rows: list[int]) -> None:
            print(rows)


        @pipeline
        def nightly():
            show([1, 2])
        ```
    """

    code: ClassVar[str] = "PPC063"
    title: ClassVar[str] = "parameter `{parameter}` of {where} {kind}"
    help: ClassVar[str] = "declare each parameter by its name: engines pass arguments by name"

    parameter: str
    where: str
    kind: str


class UnusedConstraint(Diagnostic):
    """Bounds on a parameter of a stage.

    What
        `Annotated[..., Field(...)]` sets bounds on a parameter of a pipeline, which engines show and enforce. On a
        parameter of a stage it does nothing.

    Why
        A bound that nobody enforces is worse than none.

    Example
        ```python
        from typing import Annotated

        from portable_pipeline import Field, pipeline, stage


        @stage(timeout="5m")
        def show(rows: Annotated[int, Field(ge=1)]) -> None:
            print(rows)


        @pipeline
        def nightly(rows: int = 3):
            show(rows)
        ```

    Instead
        ```python
        from typing import Annotated

        from portable_pipeline import Field, pipeline, stage


        @stage(timeout="5m")
        def show(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly(rows: Annotated[int, Field(ge=1)] = 3):
            show(rows)
        ```
    """

    code: ClassVar[str] = "PPC064"
    severity: ClassVar[Severity] = Severity.WARNING
    title: ClassVar[str] = "the `Field(...)` of `{parameter}` says nothing at {stage}"
    help: ClassVar[str] = "move it to the pipeline's parameter; inside a stage check the value and raise"

    parameter: str
    stage: str


class BadSetting(Diagnostic):
    """A setting of another type than it takes.

    What
        A setting of `stage`, `pipeline`, `command` or `cron` is, say, a text where a number is meant.

    Why
        Engines would read it in different ways.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(retries="3", timeout="5m")
        def load() -> int:
            return 3


        @pipeline
        def nightly():
            load()
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(retries=3, timeout="5m")
        def load() -> int:
            return 3


        @pipeline
        def nightly():
            load()
        ```
    """

    code: ClassVar[str] = "PPC067"
    title: ClassVar[str] = "`{setting}` of {where} is {expected}, not {given}"
    help: ClassVar[str] = "write {expected}"

    setting: str
    where: str
    given: str
    expected: str


class BadDuration(Diagnostic):
    """A setting that is no duration.

    What
        A duration is a text of numbers with units, `ms`, `s`, `m`, `h` and `d`, the largest first; or a timedelta.
        A bare number has no unit.

    Why
        `timeout=30` is half a minute to one reader and half an hour to the next.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5 minutes")
        def load() -> int:
            return 3


        @pipeline
        def nightly():
            load()
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
        ```
    """

    code: ClassVar[str] = "PPC068"
    title: ClassVar[str] = "`{setting}` of {where} is no duration: {given}"
    help: ClassVar[str] = 'write `"90s"`, `"30m"`, `"2h"`, `"1d"`, `"1h30m"`, or a timedelta'

    setting: str
    where: str
    given: str
