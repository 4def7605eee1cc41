"""PPC12x: declarations of parameters."""

from __future__ import annotations

from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic, Severity


class UnusedParameter(Diagnostic):
    """A parameter that nothing uses.

    What
        An argument of the pipeline function is handed to no stage and stands in no address.

    Why
        Whoever sets it for a run expects something to change.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def train(depth: int) -> None:
            print(depth)


        @pipeline
        def nightly(depth: int = 3, rate: float = 0.1):
            train(depth)
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def train(depth: int, rate: float) -> None:
            print(depth, rate)


        @pipeline
        def nightly(depth: int = 3, rate: float = 0.1):
            train(depth, rate)
        ```
    """

    code: ClassVar[str] = "PPC120"
    severity: ClassVar[Severity] = Severity.WARNING
    title: ClassVar[str] = "parameter `{name}` is not used"
    help: ClassVar[str] = "pass it to a stage, or take it away"

    name: str


class IllTypedDefault(Diagnostic):
    """A default that is not of its parameter's type.

    What
        The default of an argument of the pipeline function does not fit its annotation.

    Why
        Parameters arrive with the declared type (P3). Every run that relies on the default would be refused.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def train(depth: int) -> None:
            print(depth)


        @pipeline
        def nightly(depth: int = "3"):
            train(depth)
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def train(depth: int) -> None:
            print(depth)


        @pipeline
        def nightly(depth: int = 3):
            train(depth)
        ```
    """

    code: ClassVar[str] = "PPC121"
    title: ClassVar[str] = "{place}the default of parameter `{name}` {reason}"
    help: ClassVar[str] = "change the default or the annotation"

    name: str
    place: str
    reason: str


class DefaultOutOfBounds(Diagnostic):
    """A default that its own constraints refuse.

    What
        The default of a parameter violates the `Field(...)` in its annotation.

    Why
        Engines that enforce the constraint refuse every run that relies on the default; others let it pass.

    Example
        ```python
        from typing import Annotated

        from portable_pipeline import Field, pipeline, stage


        @stage(timeout="5m")
        def train(share: float) -> None:
            print(share)


        @pipeline
        def nightly(share: Annotated[float, Field(ge=0, le=1)] = 20.0):
            train(share)
        ```

    Instead
        ```python
        from typing import Annotated

        from portable_pipeline import Field, pipeline, stage


        @stage(timeout="5m")
        def train(share: float) -> None:
            print(share)


        @pipeline
        def nightly(share: Annotated[float, Field(ge=0, le=1)] = 0.2):
            train(share)
        ```
    """

    code: ClassVar[str] = "PPC122"
    title: ClassVar[str] = "the default of parameter `{name}` is out of bounds: {reason}"
    help: ClassVar[str] = "change the default or the constraint"

    name: str
    reason: str


class BadConstraint(Diagnostic):
    """A constraint that no value satisfies, or that says nothing about the type.

    What
        The bounds of a parameter contradict each other, a pattern is no regular expression, or a bound does not apply:
        numbers have `ge gt le lt multiple_of`; strings `min_length max_length pattern`; lists and dicts
        `min_length max_length`.

    Why
        The first refuses every run, the second is found by the first run, the third promises a check that nobody makes.

    Example
        ```python
        from typing import Annotated

        from portable_pipeline import Field, pipeline, stage


        @stage(timeout="5m")
        def train(depth: int) -> None:
            print(depth)


        @pipeline
        def nightly(depth: Annotated[int, Field(ge=10, le=3)]):
            train(depth)
        ```

    Instead
        ```python
        from typing import Annotated

        from portable_pipeline import Field, pipeline, stage


        @stage(timeout="5m")
        def train(depth: int) -> None:
            print(depth)


        @pipeline
        def nightly(depth: Annotated[int, Field(ge=3, le=10)]):
            train(depth)
        ```
    """

    code: ClassVar[str] = "PPC123"
    title: ClassVar[str] = "the constraints of parameter `{name}` make no sense: {reason}"
    help: ClassVar[str] = "{suggestion}"

    name: str
    reason: str
    suggestion: str
