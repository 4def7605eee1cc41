"""PPC10x: the graph, its names and its references."""

from __future__ import annotations

from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic

_ONLY_IR = "IR JSON that another front end made; in a pipeline file the name is a handle, which always exists"


class EmptyPipeline(Diagnostic):
    """A pipeline without stages.

    What
        The pipeline function calls no stage.

    Why
        There is nothing to run. Engines differ in what they make of that: an empty DAG, a flow that fails, a spec that
        does not compile.

    Example
        ```python
        from portable_pipeline import pipeline


        @pipeline
        def nightly():
            pass
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def ingest() -> None:
            print("ingested")


        @pipeline
        def nightly():
            ingest()
        ```
    """

    code: ClassVar[str] = "PPC101"
    title: ClassVar[str] = "pipeline `{pipeline}` has no stages"
    help: ClassVar[str] = "call at least one function decorated with `@stage` in it"

    pipeline: str


class InvalidName(Diagnostic):
    """A name that some target could not carry.

    What
        Names of pipelines, stages, parameters and outputs are ASCII identifiers of Python, no keywords, of at most 100
        characters.

    Why
        They become functions, task ids, labels, file names and parts of addresses. Targets replace or drop what they
        cannot carry, each in its own way, and then two names become one.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m", name="clean-data")
        def clean() -> None:
            print("cleaned")


        @pipeline
        def nightly():
            clean()
        ```

    Instead
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m", name="clean_data")
        def clean() -> None:
            print("cleaned")


        @pipeline
        def nightly():
            clean()
        ```
    """

    code: ClassVar[str] = "PPC102"
    title: ClassVar[str] = "`{name}` cannot be the name of a {what}: {reason}"
    help: ClassVar[str] = "{suggestion}"

    name: str
    what: str
    reason: str
    suggestion: str


class DuplicateName(Diagnostic):
    """Two things of one kind have the same name.

    What
        Ids of stages are unique in a pipeline, names of parameters too; so are those of a stage's inputs and outputs.

    Why
        A reference by that name would mean one or the other, and engines choose differently.

    Example
        IR JSON with two stages whose `id` is `train`.

    Instead
        Ids as the language gives them: `train`, `train_2`.
    """

    code: ClassVar[str] = "PPC103"
    title: ClassVar[str] = "{where} has two {what} named `{name}`"
    help: ClassVar[str] = "give one of them another name"
    triggered_by: ClassVar[str] = "IR JSON that another front end made; the language numbers repeated calls"

    where: str
    what: str
    name: str


class StageCycle(Diagnostic):
    """Stages wait for each other.

    What
        Following "needs the result of" and `.after` from one stage leads back to it.

    Why
        A stage starts when everything before it has ended (G1). None of these could ever start.

    Example
        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def prepare() -> int:
            return 1


        @stage(timeout="5m")
        def evaluate(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly():
            clean = prepare()
            report = evaluate(clean)
            clean.after(report)
        ```

    Instead
        What the next run needs from this one comes in as a parameter, or from where this run left it:

        ```python
        from portable_pipeline import pipeline, stage


        @stage(timeout="5m")
        def prepare(last_rows: int) -> int:
            return last_rows + 1


        @stage(timeout="5m")
        def evaluate(rows: int) -> None:
            print(rows)


        @pipeline
        def nightly(last_rows: int = 0):
            evaluate(prepare(last_rows))
        ```
    """

    code: ClassVar[str] = "PPC104"
    title: ClassVar[str] = "stages form a cycle: {path}"
    label: ClassVar[str] = "{edge}"
    help: ClassVar[str] = "take one of these edges away; what the next run needs can come in as a parameter"

    path: str
    edge: str


class UnknownStage(Diagnostic):
    """A reference to a stage that is not there.

    What
        An input or an `after` names a stage that the pipeline does not have.

    Why
        The edge would be lost, and the order with it.

    Example
        IR JSON with `"after": ["prepair"]` beside a stage `prepare`.

    Instead
        `"after": ["prepare"]`
    """

    code: ClassVar[str] = "PPC105"
    title: ClassVar[str] = "stage `{stage}` needs `{name}`, and there is no such stage"
    help: ClassVar[str] = "{suggestion}"
    triggered_by: ClassVar[str] = _ONLY_IR

    stage: str
    name: str
    suggestion: str


class UnknownOutput(Diagnostic):
    """A reference to an artifact that its producer does not write.

    What
        An input takes an output that the other stage does not declare.

    Why
        Nothing would ever be there.

    Example
        IR JSON with `{"kind": "artifact", "stage": "ingest", "output": "tabel"}` where `ingest` writes `table`.

    Instead
        `{"kind": "artifact", "stage": "ingest", "output": "table"}`
    """

    code: ClassVar[str] = "PPC106"
    title: ClassVar[str] = "stage `{stage}` takes `{producer}.{name}`, and `{producer}` writes no such artifact"
    help: ClassVar[str] = "{suggestion}"
    triggered_by: ClassVar[str] = _ONLY_IR

    stage: str
    producer: str
    name: str
    suggestion: str


class UnknownField(Diagnostic):
    """A reference to a field that the result does not have.

    What
        An input takes a field of another stage's result; the result is no record, or a record without that field (V5).

    Why
        There would be no value to hand over.

    Example
        IR JSON with `{"kind": "result", "stage": "evaluate", "field": "acu"}` where the result has a field `auc`.

    Instead
        `{"kind": "result", "stage": "evaluate", "field": "auc"}`
    """

    code: ClassVar[str] = "PPC107"
    title: ClassVar[str] = "stage `{stage}` takes `{producer}.{name}`, and the result of `{producer}` has no such field"
    label: ClassVar[str] = "the result is {result}"
    help: ClassVar[str] = "{suggestion}"
    triggered_by: ClassVar[str] = _ONLY_IR

    stage: str
    producer: str
    name: str
    result: str
    suggestion: str


class UnknownParameterName(Diagnostic):
    """A reference to a parameter that the pipeline does not have.

    What
        An input or an address names a parameter that is no argument of the pipeline function.

    Why
        It would have no value in any run.

    Example
        IR JSON with `{"kind": "parameter", "name": "rot"}` in a pipeline with a parameter `root`.

    Instead
        `{"kind": "parameter", "name": "root"}`
    """

    code: ClassVar[str] = "PPC108"
    title: ClassVar[str] = "stage `{stage}` needs a parameter `{name}` that pipeline `{pipeline}` does not have"
    help: ClassVar[str] = "{suggestion}"
    triggered_by: ClassVar[str] = _ONLY_IR

    stage: str
    pipeline: str
    name: str
    suggestion: str


class NoResult(Diagnostic):
    """The result of a stage that returns nothing.

    What
        An input takes the result of a stage whose function returns `None`.

    Why
        There is no value. An engine would hand over a null of its own, or wait for ever.

    Example
        IR JSON with `{"kind": "result", "stage": "ingest"}` where `ingest` has no `result`.

    Instead
        Let the function return what the consumer needs, or, for the order alone, use `after`.
    """

    code: ClassVar[str] = "PPC109"
    title: ClassVar[str] = "stage `{stage}` takes the result of `{producer}`, which returns nothing"
    help: ClassVar[str] = "return a value from `{producer}`; for the order alone write `.after(...)`"
    triggered_by: ClassVar[str] = "IR JSON that another front end made; in a pipeline file capture says it (PPC0xx)"

    stage: str
    producer: str
