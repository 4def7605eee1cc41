"""PPC12x and PPC13x: declarations of parameters, commands, packages and code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic, Severity


@dataclass(frozen=True, kw_only=True)
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


@dataclass(frozen=True, kw_only=True)
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


@dataclass(frozen=True, kw_only=True)
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


@dataclass(frozen=True, kw_only=True)
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


@dataclass(frozen=True, kw_only=True)
class UnknownCode(Diagnostic):
    """A stage whose function does not travel with the pipeline.

    What
        The stage's module is neither among the pipeline's modules nor marked as installed, or does not define the
        function.

    Why
        The import would fail in the first attempt.

    Example
        IR JSON with a body `{"kind": "python", "module": "pipeline", "function": "trian"}` where the module `pipeline`
        defines `train`.

    Instead
        `{"kind": "python", "module": "pipeline", "function": "train"}`
    """

    code: ClassVar[str] = "PPC130"
    title: ClassVar[str] = "stage `{stage}` calls `{module}:{function}`, which the pipeline does not carry"
    help: ClassVar[str] = "{suggestion}"
    triggered_by: ClassVar[str] = "IR JSON that another front end made; capture carries the code of every stage"

    stage: str
    module: str
    function: str
    suggestion: str


@dataclass(frozen=True, kw_only=True)
class BadRequirement(Diagnostic):
    """A package that no installer understands.

    What
        `packages=[...]` takes requirements as for pip, without options: a name, with extras, a version, a marker.

    Why
        It is installed when a run starts; a mistake in it fails every run.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def train() -> None:
            print("trained")


        @pipeline(packages=["scikit-learn=1.7.2"])
        def nightly():
            train()
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def train() -> None:
            print("trained")


        @pipeline(packages=["scikit-learn==1.7.2"])
        def nightly():
            train()
        ```
    """

    code: ClassVar[str] = "PPC131"
    title: ClassVar[str] = "`{requirement}` is no requirement: {reason}"
    help: ClassVar[str] = "write a name with a version as for pip, for example `scikit-learn==1.7.2`"

    requirement: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class BadCommand(Diagnostic):
    """A command that cannot be executed.

    What
        A command has no program, or a brace that is neither a placeholder nor doubled.

    Why
        Each attempt would fail before the program starts.

    Example
        ```python
        from portable_pipeline import command, pipeline

        count = command("awk '{print $1}' /etc/hosts", name="count", timeout="1m")


        @pipeline
        def nightly():
            count()
        ```

    Instead
        ```python
        from portable_pipeline import command, pipeline

        count = command("awk '{{print $1}}' /etc/hosts", name="count", timeout="1m")


        @pipeline
        def nightly():
            count()
        ```
    """

    code: ClassVar[str] = "PPC132"
    title: ClassVar[str] = "the command of stage `{stage}` cannot be executed: {reason}"
    help: ClassVar[str] = "{suggestion}"

    stage: str
    reason: str
    suggestion: str


@dataclass(frozen=True, kw_only=True)
class BadPlaceholder(Diagnostic):
    """A placeholder of a command that stands for nothing.

    What
        `{name}` in a command is a value that goes in; `{name.path}` and `{name.uri}` an artifact that goes in or comes
        out. This one is neither.

    Why
        Each attempt would fail before the program starts.

    Example
        ```python
        from portable_pipeline import command, pipeline, uri

        dump = command(
            ["cp", "/etc/hosts", "{table}"],
            name="dump",
            outputs={"table": uri("{root}/table.txt")},
            timeout="1m",
        )


        @pipeline
        def nightly(root: str = "/tmp/nightly"):
            dump()
        ```

    Instead
        ```python
        from portable_pipeline import command, pipeline, uri

        dump = command(
            ["cp", "/etc/hosts", "{table.path}"],
            name="dump",
            outputs={"table": uri("{root}/table.txt")},
            timeout="1m",
        )


        @pipeline
        def nightly(root: str = "/tmp/nightly"):
            dump()
        ```
    """

    code: ClassVar[str] = "PPC133"
    title: ClassVar[str] = "`{placeholder}` in the command of stage `{stage}` {reason}"
    help: ClassVar[str] = "{suggestion}"

    stage: str
    placeholder: str
    reason: str
    suggestion: str


@dataclass(frozen=True, kw_only=True)
class UnwrittenOutput(Diagnostic):
    """A command that is not told where to write its output.

    What
        An output of a command stage does not stand in the command.

    Why
        An output is written to a place of its own and moved to its address when the stage has succeeded (A1). A program
        that is not given that place cannot write there, so the stage always fails.

    Example
        ```python
        from portable_pipeline import command, pipeline, uri

        dump = command(
            ["cp", "/etc/hosts", "/tmp/nightly/table.txt"],
            name="dump",
            outputs={"table": uri("{root}/table.txt")},
            timeout="1m",
        )


        @pipeline
        def nightly(root: str = "/tmp/nightly"):
            dump()
        ```

    Instead
        ```python
        from portable_pipeline import command, pipeline, uri

        dump = command(
            ["cp", "/etc/hosts", "{table.path}"],
            name="dump",
            outputs={"table": uri("{root}/table.txt")},
            timeout="1m",
        )


        @pipeline
        def nightly(root: str = "/tmp/nightly"):
            dump()
        ```
    """

    code: ClassVar[str] = "PPC134"
    title: ClassVar[str] = "the command of stage `{stage}` does not say where to write `{output}`"
    help: ClassVar[str] = "write `{{{output}.path}}` where the command takes the file"

    stage: str
    output: str
