"""PPC44x: what only Kubeflow Pipelines minds."""

from __future__ import annotations

from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic, Severity


class KfpReservedName(Diagnostic):
    """The code of a stage defines a name that generated KFP components need for themselves.

    What
        A KFP component is one function: the code of the stage is nested in it, and it calls a few helpers such as
        `decode_value` and `commit_outputs`, which KFP carries into it by their names.

    Why
        A function of the same name in the stage's code would hide the helper, and the component would call it instead.

    Example
        A helper of a stage: `def fingerprint(path): ...`

    Instead
        `def file_fingerprint(path): ...`, or the helper in a module of its own that the stage imports.
    """

    code: ClassVar[str] = "PPC440"
    title: ClassVar[str] = "the code of `{stage}` defines `{name}`, which KFP components call"
    help: ClassVar[str] = "give it another name, or move it to a module that does not use portable_pipeline"
    triggered_by: ClassVar[str] = "compiling for KFP a stage whose code defines the name of one of the helpers"

    stage: str
    name: str


class KfpRunDateParameter(Diagnostic):
    """A pipeline whose stages take the run's date has a parameter `run_date` of its own.

    What
        KFP has no notion of a run's date: the generated pipeline has a parameter `run_date` for it.

    Why
        Two parameters cannot have one name.

    Example
        `def churn(run_date: str): ingest(day=run.date)`

    Instead
        Give the parameter another name; or drop it, and take `run.date`, which `--date` sets.
    """

    code: ClassVar[str] = "PPC441"
    title: ClassVar[str] = "a KFP pipeline that uses the run's date has a parameter `run_date` already"
    help: ClassVar[str] = "give your parameter another name"
    triggered_by: ClassVar[str] = "compiling for KFP a pipeline that takes `run.date` and has a parameter `run_date`"


class KfpComponentTooLarge(Diagnostic):
    """The code that a KFP component carries is larger than an argument of a program can be.

    What
        KFP hands a component's source to its container as one argument, local modules included, and Linux takes at
        most 128 KiB for one.

    Why
        The task would fail at its start with "Argument list too long".

    Example
        A stage that imports a local module with large tables in it.

    Instead
        Install the module as a package (`packages=[...]`), or read the tables from an artifact.
    """

    code: ClassVar[str] = "PPC442"
    title: ClassVar[str] = "the code of `{stage}` takes about {kib} KiB in its KFP component, more than 128 KiB"
    help: ClassVar[str] = "install local modules as a package, or read large tables from an artifact"
    triggered_by: ClassVar[str] = "compiling for KFP a stage with too much code"

    stage: str
    kib: int


class KfpPipelineTooLarge(Diagnostic):
    """The code of all components together comes close to what a Kubernetes cluster takes as one object.

    What
        KFP makes one Argo workflow of a run, with the source of every component in it, and Kubernetes keeps objects of
        at most 1.5 MiB.

    Why
        The run would be refused when it is created: "etcdserver: request is too large".

    Example
        A pipeline with 150 different stage functions; or one with fewer, each of which imports large local modules.

    Instead
        Install the code as a package (`packages=[...]`), so that components import it and do not carry it; call one
        function from several stages; or split the pipeline.
    """

    code: ClassVar[str] = "PPC443"
    severity: ClassVar[Severity] = Severity.WARNING
    title: ClassVar[str] = (
        "the components of this pipeline take about {mib:.1f} MiB; Kubernetes refuses more than 1.5 MiB"
    )
    help: ClassVar[str] = "install the stages' code as a package, or split the pipeline"
    triggered_by: ClassVar[str] = "compiling for KFP a pipeline with too many different stages"

    mib: float


class KfpPlaceholderInCode(Diagnostic):
    """The code of a stage holds what KFP takes for a placeholder, where it cannot be written differently.

    What
        KFP replaces two braces and a dollar sign wherever they stand in what it runs, source code included. In strings
        and comments the compiler writes them in another way; inside the expressions of an f-string it cannot.

    Why
        The code that runs would be another than the code that was written.

    Example
        An f-string with a string inside that holds two braces and a dollar sign.

    Instead
        Give the inner string a name in a statement of its own.
    """

    code: ClassVar[str] = "PPC444"
    title: ClassVar[str] = "the code of `{stage}` has a KFP placeholder inside an expression of an f-string"
    help: ClassVar[str] = "give the string with the two braces and the dollar sign a name of its own"
    triggered_by: ClassVar[str] = "compiling for KFP a stage with such an f-string"

    stage: str


class KfpLoopAsOne(Diagnostic):
    """A loop of KFP's ties a stage to another that it does not need.

    What
        A `dsl.ParallelFor` is a graph of its own: it starts when all is there that any of its stages needs, and what is
        collected from it is there when all of its stages have ended well.

    Why
        If the other stage fails, the run has failed on every target; but on KFP this one does not run, either, and it
        waits for the other. No value changes, and no run ends otherwise.

    Example
        `with for_each(regions) as region: found = extract(region); warn(found)`, and after it `total(collect(found))`,
        which does not run if a `warn` has failed.

    Instead
        Where the stages have nothing to do with each other, a loop for each.
    """

    code: ClassVar[str] = "PPC447"
    severity: ClassVar[Severity] = Severity.WARNING
    title: ClassVar[str] = "`{stage}` does not run if `{other}` has failed: KFP starts and fails a loop as a whole"
    help: ClassVar[str] = "write a loop of its own for what has nothing to do with the rest"
    triggered_by: ClassVar[str] = "compiling a pipeline with such a loop for KFP"

    stage: str
    other: str


class KfpGroup(Diagnostic):
    """A condition or a loop has no form in KFP's groups that keeps its meaning.

    What
        A `dsl.If` and a `dsl.ParallelFor` are graphs of their own; what passes between them does so in one order. And
        KFP joins texts with texts, and JSON with JSON.

    Why
        Pipelines that need more would wait for themselves, or get values of another type than on the other targets.

    Example
        A join of a stage that returns `str` with one that returns `str | None`.

    Instead
        Do what the help line says.
    """

    code: ClassVar[str] = "PPC448"
    title: ClassVar[str] = "`{subject}` has no place in KFP's groups"
    label: ClassVar[str] = "{reason}"
    help: ClassVar[str] = "{instead}"
    triggered_by: ClassVar[str] = "compiling a pipeline with conditions or loops for KFP"

    subject: str
    reason: str
    instead: str


class KfpRetryInLoop(Diagnostic):
    """A stage with retries stands in a loop, where clusters are reported not to retry.

    What
        The generated code says `set_retry` for the stage, and KFP's local engine retries it. Clusters run a task inside
        `dsl.ParallelFor` once: their compiler leaves the retries out of the Argo workflow. No release has that mended
        (https://github.com/kubeflow/pipelines/issues/12389, https://github.com/kubeflow/pipelines/issues/13897).

    Why
        A stage that is not tried again fails its loop, and the run, sooner than the pipeline says; and before the last
        attempt nobody stands in for it, and its hook is not told.

    Example
        `@stage(retries=2)`, called inside `with for_each(...)`.

    Instead
        Try it on your cluster, or retry inside the stage what is worth a retry.
    """

    code: ClassVar[str] = "PPC449"
    severity: ClassVar[Severity] = Severity.WARNING
    title: ClassVar[str] = "clusters are reported not to retry `{stage}`, which stands in a loop"
    help: ClassVar[str] = "try it on your cluster, or retry inside the stage what is worth a retry"
    triggered_by: ClassVar[str] = "compiling a pipeline with such a stage for KFP"

    stage: str


class KfpRoundedDefault(Diagnostic):
    """An integer parameter's default is beyond those that KFP keeps as they are.

    What
        KFP keeps numbers in pipelines as doubles, integers too: beyond 2**53 not every integer is one.

    Why
        A run without the parameter would get another number than the default, without a word.

    Example
        `seed: int = 9007199254740993`

    Instead
        A smaller number, or a `str` that the stage takes for a number.
    """

    code: ClassVar[str] = "PPC445"
    title: ClassVar[str] = "KFP may round the default of parameter `{parameter}`, an integer beyond 2**53"
    help: ClassVar[str] = "give a number below 2**53, or declare the parameter `str`"
    triggered_by: ClassVar[str] = "compiling a pipeline with such a parameter for KFP"

    parameter: str
