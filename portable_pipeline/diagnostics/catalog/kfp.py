"""PPC44x: what only KFP minds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from portable_pipeline.diagnostics.diagnostic import Diagnostic, Severity


@dataclass(frozen=True, kw_only=True)
class KfpGroup(Diagnostic):
    """A condition or a loop has no form in KFP's groups that keeps its meaning.

    What
        A `dsl.If` and a `dsl.ParallelFor` are graphs of their own. Nothing outside can name a task inside, save by
        `dsl.OneOf` and `dsl.Collected`; and a group starts, fails and is skipped as a whole.

    Why
        Pipelines that need more would wait, fail or be skipped otherwise than on the other targets.

    Example
        A stage that needs the results of two branches that do not stand in each other, or of both a branch and a stage
        that may fail while the rest of the branch runs.

    Instead
        Do what the help line says: mostly, combine the predicates of two `when`s into one.
    """

    code: ClassVar[str] = "PPC448"
    title: ClassVar[str] = "`{subject}` has no place in KFP's groups"
    label: ClassVar[str] = "{reason}"
    help: ClassVar[str] = "{instead}"
    triggered_by: ClassVar[str] = "compiling a pipeline with conditions or loops for KFP"

    subject: str
    reason: str
    instead: str


@dataclass(frozen=True, kw_only=True)
class KfpRetryInLoop(Diagnostic):
    """A stage with retries stands in a loop, where clusters are reported not to retry.

    What
        The generated code says `set_retry` for the stage, and KFP's local engine retries it. Clusters have been
        reported to run a task inside `dsl.ParallelFor` once: https://github.com/kubeflow/pipelines/issues/12389

    Why
        A stage that is not tried again fails its loop, and the run, sooner than the pipeline says.

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
