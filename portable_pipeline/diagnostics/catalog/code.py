"""PPC13x: commands, packages, and the code that stages call."""

from __future__ import annotations

from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic


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
