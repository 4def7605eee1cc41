"""What Prefect does about each rule of the portable semantics."""

from __future__ import annotations

from portable_pipeline.backend import Answer, Evidence, Support


def _native(how: str) -> Support:
    return Support(Answer.NATIVE, how)


def _emulated(how: str) -> Support:
    return Support(Answer.EMULATED, how)


_NOT_YET = Support(Answer.REFUSED, "not generated yet", instead="run it on the local runner")

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
    "F2": _emulated("the flow returns a state made from those of all tasks; without it the run would be completed"),
    "F3": _NOT_YET,
    "C1": _NOT_YET,
    "C2": _NOT_YET,
    "C3": _NOT_YET,
    "C4": _NOT_YET,
    "C5": _NOT_YET,
    "C6": _NOT_YET,
    "C7": _NOT_YET,
    "M1": _NOT_YET,
    "M2": _NOT_YET,
    "M3": _NOT_YET,
    "M4": _NOT_YET,
    "M5": _NOT_YET,
    "M6": _NOT_YET,
    "M7": _NOT_YET,
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
    "X1": _NOT_YET,
    "X2": _NOT_YET,
    "X3": _NOT_YET,
    "E3.image": Support(
        Answer.REFUSED,
        "Prefect has one image for a deployment, none for a task",
        Evidence.SPEC_ONLY,
        instead="set `image` in the job variables of the deployment's work pool and leave it out here",
        degraded="the command runs where the flow runs, without its image",
    ),
}
