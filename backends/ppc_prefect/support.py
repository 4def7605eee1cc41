"""What Prefect does about each rule of the portable semantics."""

from __future__ import annotations

from portable_pipeline.backend import Answer, Evidence, Support


def _native(how: str) -> Support:
    return Support(Answer.NATIVE, how)


def _emulated(how: str) -> Support:
    return Support(Answer.EMULATED, how)


SUPPORT = {
    "G1": _native("futures as arguments, `wait_for` for the rest"),
    "G2": _native("every task is submitted at once; each waits for its own upstream only"),
    "G3": _native("a future is given to each consumer"),
    "G4": _native("one task for each stage, named by its id"),
    "G5": _native("tasks wait in threads of their own; the flow waits for all of them before it ends"),
    "V1": _emulated("an attempt decodes and encodes by the stage's annotations"),
    "V2": _native("Python literals; parameters and results stay Python objects or JSON"),
    "V3": _emulated("an attempt checks its result against the annotation"),
    "V4": _emulated("an attempt measures its result"),
    "V5": _emulated("a task returns each named result under its name"),
    "P1": _native("the flow's parameters"),
    "P2": _native("the flow's annotations, strict where pydantic would convert"),
    "P3": _native("the flow's annotations"),
    "R1": _native("`retries`"),
    "R2": _native("`retry_delay_seconds`, a list of constants where the waits differ"),
    "R2.jitter": _native("`retry_jitter_factor`, with delays longer by what it can take away"),
    "R3": _emulated("an attempt is a process of its own, whose tree is killed; a thread could not be"),
    "R4": _native("`retry_condition_fn`"),
    "R5": _emulated("an attempt is a process of its own; its death is an exception in the task"),
    "R6": _emulated("`timeout_seconds` of the flow, and a block that ends the attempts that still run"),
    "F1": _native("a task whose upstream has not completed stays pending, as `NotReady`, and never runs"),
    "F1.loop": _emulated("the task that collects waits for what the loop's stages need, and fails with it"),
    "F2": _emulated("the flow returns a state made from those of all tasks; without it the run would be completed"),
    "F3": _emulated(
        "the stand-in takes its primary by `allow_failure`, skips unless that failed; the run completes as `Degraded`"
    ),
    "F3.apart": _emulated("as F3"),
    "C1": _emulated("a task for each predicate; tasks of the block take its result and return a `Skipped` state"),
    "C2": _emulated("tasks of `otherwise` take the result of the same predicate's task, and run where the others skip"),
    "C3": _emulated("a task that takes the result of a skipped one returns `Skipped`; Prefect alone would run it"),
    "C4": _emulated("a task takes the results of all branches, and uses the first that is there"),
    "C5": _emulated("a Python expression of what the results stand for"),
    "C6": _native("predicates are tasks: one whose upstream has failed never runs, and neither does what waits for it"),
    "C7": _native("predicates are tasks: the flow submits everything at once and waits at its end only"),
    "M1": _emulated("a task that submits the stages of each item, with the item in the names of their runs"),
    "M2": _emulated("a task that collects the results in the order of the items"),
    "M3": _emulated("a loop without items is completed, and what is collected from it is an empty list"),
    "M4": _emulated("what is collected fails with an item; the items' tasks do not depend on each other"),
    "M4.apart": _native("each task minds its own upstream only: it starts"),
    "M5": _emulated("a thread for each item that may run; it waits for all tasks of the item"),
    "M5.outer": _emulated("as M5: an item's tasks include those of the inner loop"),
    "M6": _emulated("tasks of an item are submitted as those of a flow are, and loops in loops too"),
    "M7": _emulated("f-strings with the key of the item"),
    "A1": _emulated("an attempt's outputs are renamed into place after it has succeeded"),
    "A2": _native("f-strings of parameters and the run's date"),
    "A3": _native("refused by the compiler, whatever the target"),
    "A4": _emulated("an attempt compares its inputs with what their producers committed"),
    "A5": _emulated("an attempt commits files and directories alike"),
    "D1": _emulated("the run's scheduled start in the schedule's zone, or a parameter where a date is given"),
    "D2": _native("the deployment's cron schedule; of an hour that comes twice, the first"),
    "D2.zone": _native("the deployment's time zone"),
    "D2.gap": Support(
        Answer.REFUSED,
        "where its server runs on Python before 3.13, Prefect starts such a run an hour early",
        Evidence.SPEC_ONLY,
        instead="choose a time that every day has, or run the pipeline in UTC",
        degraded="on one night a year the run may start an hour early",
    ),
    "X1": _emulated("a block around the flow's submissions; Prefect's own hooks do not know the stages that failed"),
    "X1.failed": _emulated("from the final states of all tasks"),
    "X2": _native("`on_failure` of the task; for the run as X1"),
    "X2.timeout": _native("as X2: the end of the flow ends the attempt, and so its task"),
    "X3": _native(
        "an error in a hook is logged, and changes no state; a hook is a process of its own, killed when its time is up"
    ),
    "K1": Support(
        Answer.REFUSED,
        "Prefect can keep a task's result by its inputs (`cache_policy`), but by the source of the task alone and not "
        "that of the code it calls, and it does not look whether the artifacts are still there",
        instead="leave out `cache=True`, or skip inside the stage what it has done before",
        degraded="the stage runs in every run",
    ),
    "E3.image": Support(
        Answer.REFUSED,
        "Prefect has one image for a deployment, none for a task",
        Evidence.SPEC_ONLY,
        instead="set `image` in the job variables of the deployment's work pool and leave it out here",
        degraded="the command runs where the flow runs, without its image",
    ),
}
