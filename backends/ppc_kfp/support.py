"""What KFP does about each rule of the portable semantics; what it executes here is its own local engine."""

from __future__ import annotations

from portable_pipeline.backend import Answer, Evidence, Support


def _native(how: str, evidence: Evidence = Evidence.EXECUTED) -> Support:
    return Support(Answer.NATIVE, how, evidence)


def _emulated(how: str, evidence: Evidence = Evidence.EXECUTED) -> Support:
    return Support(Answer.EMULATED, how, evidence)


SUPPORT = {
    "G1": _native("task outputs as arguments, `.after` for the rest"),
    "G2": _native("Argo starts every task whose upstream has ended", Evidence.SPEC_ONLY),
    "G3": _native("an output is given to each consumer"),
    "G4": _native("one task for each stage, displayed by its id; calls that agree share a component"),
    "G5": _native("Argo goes on with other branches, and so does the local engine's orchestrator for control flow"),
    "V1": _emulated("components decode and encode by the declared types; all numbers but floats travel as JSON text"),
    "V2": _emulated("two braces in a row, which KFP and Argo would replace, are kept apart on the way"),
    "V3": _emulated("components check their results against the declared types"),
    "V4": _emulated("components measure their results"),
    "V5": _native("components return each field that is used under its name"),
    "P1": _native("the pipeline's parameters; what KFP has no type for is JSON text"),
    "P2": _emulated("KFP checks str, float and bool; a first task checks the rest, and all others wait for it"),
    "P3": _emulated("components decode by the declared types; an int from 2**53 on is refused"),
    "R1": _native("`set_retry`"),
    "R2": _emulated("`set_retry` with the shortest waits that it can do and that are nowhere shorter than asked for"),
    "R2.jitter": _emulated("a retry begins with a random wait, by the index of the attempt that KFP gives it"),
    "R3": _native(
        "`kubernetes.set_timeout`: the pod of the attempt is killed; a stage with a hook or a stand-in runs "
        "in a process of its own, which its component kills",
        Evidence.SPEC_ONLY,
    ),
    "R4": Support(
        Answer.REFUSED,
        "KFP retries whatever the error is",
        instead="leave the retries of this stage out, or retry inside it what is worth a retry",
        degraded="`Abort` is an error like any other, and is retried",
    ),
    "R5": _emulated("an attempt is a container of its own; a stage that ends it with status 0 is made to fail"),
    "R6": _native("`active_deadline_seconds` of the pipeline", Evidence.SPEC_ONLY),
    "F1": _native("a task runs only when all tasks upstream have succeeded"),
    "F1.loop": _native("a loop does not start, with or without items, where something that its stages need has failed"),
    "F2": _native("a failed task fails the run"),
    "F3": _emulated(
        "the primary's task gives its failure as an output, the stand-in's always runs and hands on what there is; "
        "where a pod is lost with its node, or killed as a whole, or where a cluster does not tell an attempt "
        "its index (`KFP_RETRY_INDEX`) or does not retry, the run fails and nobody stands in"
    ),
    "F3.apart": Support(
        Answer.REFUSED,
        "the stand-in's task hands on what the primary gave, and starts only after all that it takes has succeeded",
        instead="do inside the stand-in what that stage does, or let the primary wait for it, too: `.after(...)`",
        degraded="where that stage fails, consumers of the primary do not run either",
    ),
    "C1": _native("`dsl.If` on the output of a component that evaluates the predicate"),
    "C2": _native("`dsl.Else`, or a `dsl.If` on the opposite answer"),
    "C3": _emulated(
        "a stage that needs one of a branch moves into its `dsl.If`; one that needs several branches gets one of its "
        "own, on whether all is there: branches give a mark in their `dsl.Else` (of artifacts, records pass: KFP's "
        "lineage does not show these edges)"
    ),
    "C4": _emulated(
        "`dsl.OneOf` of a `when` and its `otherwise`; for other joins a component takes the first that is no mark (of "
        "artifacts, records are joined: KFP's lineage does not show these edges)"
    ),
    "C5": _emulated("a component decodes the operands and compares them in Python: KFP would compare their texts"),
    "C6": _native("nested `dsl.If`; a branch does not start after the task of its predicate has failed"),
    "C7": _native("only the tasks inside a `dsl.If` wait for the predicate", Evidence.SPEC_ONLY),
    "M1": _native("`dsl.ParallelFor` over what a component prepares: for each item the texts that its stages take"),
    "M2": _emulated(
        "a component makes one JSON text of `dsl.Collected`, where ints would be doubles, and leaves out the marks of "
        "what was skipped (of artifacts, records are collected: KFP's lineage does not show these edges)"
    ),
    "M3": _emulated("a `dsl.If` around the loop and what collects from it, a `dsl.Else` that gives `[]`: KFP cannot"),
    "M4": _native("a failed item fails the loop's group; the other items still end"),
    "M4.apart": _native(
        "a loop's group starts when all is there that any of its stages needs, and gives something when all of them "
        "have ended well: otherwise what takes of it does not start, and a warning (PPC447) says where that is"
    ),
    "M5": _native("`parallelism` of `dsl.ParallelFor`; the local engine never runs more than two items at once"),
    "M5.outer": _native("as M5: the item of the outer loop is a graph of its own, inner loop and all"),
    "M6": _emulated("nested groups; what is inside passes out of each of them by a task of its own"),
    "M7": _native("the item's index or key, as a part of its texts"),
    "A1": _emulated("components rename their outputs into place after the stage has succeeded"),
    "A2": _native("f-strings of parameters and the run's date, as parameters of the components"),
    "A3": _native("refused by the compiler, whatever the target"),
    "A4": _emulated("components compare their inputs with the size and SHA-256 in the producers' metadata"),
    "A5": _emulated("components commit files and directories alike"),
    "D1": _emulated(
        "a first task: the parameter `run_date`, else the last fire time before the run's creation, else now"
    ),
    "D2": _native("a recurring run, made by the deploy script", Evidence.SPEC_ONLY),
    "D2.zone": Support(
        Answer.REFUSED,
        "recurring runs have no time zone: the cluster fires all of them in UTC",
        Evidence.SPEC_ONLY,
        instead="write the schedule in UTC",
        degraded="the fields of the schedule are taken as UTC; the run's date is that of the zone",
    ),
    "D2.gap": Support(
        Answer.REFUSED,
        "recurring runs have no time zone, so no gaps either",
        Evidence.SPEC_ONLY,
        instead="write the schedule in UTC",
        degraded="the fields of the schedule are taken as UTC, where no time is skipped",
    ),
    "X1": _native(
        "the exit task of a `dsl.ExitHandler` around everything; where KFP does not know how the run has ended "
        "(older clusters, after a loop), hooks are told, and the log says, that it has failed; "
        "that it runs after the run's own timeout is not shown"
    ),
    "X1.failed": Support(
        Answer.REFUSED,
        "an exit task of KFP is told how the run has ended, and not which stages failed",
        instead="look at `event.state` only, and let `on_failure` of the stages tell which failed",
        degraded="`event.failed` is empty and `event.degraded` False, whatever has happened",
    ),
    "X2": _emulated(
        "the component runs the stage in a process of its own, and calls the hook after the last attempt; "
        "not where a pod is lost with its node, or killed as a whole, or where a cluster does not tell an attempt "
        "its index (`KFP_RETRY_INDEX`) or does not retry"
    ),
    "X2.timeout": Support(
        Answer.REFUSED,
        "at the deadline of a run its pods are killed, and the hook would run in one of them",
        Evidence.SPEC_ONLY,
        instead="put the hook on the pipeline, or bound the stage itself",
        degraded="the hook is not called for what the run's timeout ends",
    ),
    "X3": _emulated(
        "hooks run in processes of their own, killed when their time is up; what fails there is logged by the "
        "component that called them"
    ),
    "K1": Support(
        Answer.REFUSED,
        "KFP keeps a task's outputs by the names of its input artifacts, not by what is in them, and does not look "
        "whether those that it wrote itself are still there",
        instead="leave out `cache=True`, or skip inside the stage what it has done before",
        degraded="the stage runs in every run",
    ),
    "E3.image": _native("`base_image` of the component; the image must have Python", Evidence.SPEC_ONLY),
}
