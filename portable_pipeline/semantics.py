"""The portable semantics as data: each rule's id and title, and where a pipeline relies on it.

The support tables of the backends, the compile-time check of a target, the printed matrix and the expectations of the
contract tests are all keyed by these ids. A rule with a suffix (`R2.jitter`) is a part of a rule that an engine may
lack while it keeps the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from portable_pipeline.diagnostics import Span
from portable_pipeline.ir import ArtifactInput, CommandBody, Pipeline, PythonBody, RunDate, RunTime, Stage
from portable_pipeline.ir.fire_times import skipped_fire_time
from portable_pipeline.ir.graph import upstream

Places = Iterable[Span | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Args:
        id: As in the semantics: a letter for the group, a number, and a suffix for a part.
        title: What holds, in a line.
        used: Where a pipeline relies on it; no places mean that it does not.
    """

    id: str
    title: str
    used: Callable[[Pipeline], Places]


def _always(pipeline: Pipeline) -> Places:
    return (pipeline.span,)


def _stages(relies: Callable[[Stage], bool]) -> Callable[[Pipeline], Places]:
    def places(pipeline: Pipeline) -> Iterator[Span | None]:
        return (stage.span for stage in pipeline.stages if relies(stage))

    return places


def _pipeline(relies: Callable[[Pipeline], bool]) -> Callable[[Pipeline], Places]:
    def places(pipeline: Pipeline) -> Places:
        return (pipeline.span,) if relies(pipeline) else ()

    return places


def _dated(stage: Stage) -> bool:
    parts = (part for output in stage.outputs for part in output.uri.parts)
    return any(isinstance(each, RunDate | RunTime) for each in (*(given.value for given in stage.inputs), *parts))


_edges = _stages(lambda stage: bool(upstream(stage)))
_several = _pipeline(lambda pipeline: len(pipeline.stages) > 1)
_values = _stages(lambda stage: bool(stage.inputs) or stage.result is not None)
_results = _stages(lambda stage: stage.result is not None)
_parameters = _pipeline(lambda pipeline: bool(pipeline.parameters))
_retries = _stages(lambda stage: stage.retry.retries > 0)
_jitter = _stages(lambda stage: stage.retry.retries > 0 and stage.retry.jitter > 0)
_timeouts = _stages(lambda stage: stage.timeout is not None)
_aborts = _stages(lambda stage: stage.retry.retries > 0 and isinstance(stage.body, PythonBody) and stage.body.aborts)
_outputs = _stages(lambda stage: bool(stage.outputs))
_artifacts_in = _stages(lambda stage: any(isinstance(each, ArtifactInput) for each in stage.inputs))
_images = _stages(lambda stage: isinstance(stage.body, CommandBody) and stage.body.image is not None)
_run_timeout = _pipeline(lambda pipeline: pipeline.timeout is not None)
_schedule = _pipeline(lambda pipeline: pipeline.schedule is not None)
_gap = _pipeline(lambda pipeline: pipeline.schedule is not None and skipped_fire_time(pipeline.schedule) is not None)
_zone = _pipeline(lambda pipeline: pipeline.schedule is not None and pipeline.schedule.timezone != "UTC")

RULES: dict[str, Rule] = {
    rule.id: rule
    for rule in (
        Rule("G1", "a stage starts only after every upstream has ended", _edges),
        Rule("G2", "nothing else orders stages", _several),
        Rule("G3", "a result reaches all its consumers", _edges),
        Rule("G4", "a stage called twice is two stages with stable ids", _always),
        Rule("G5", "a failure in one branch does not stop an independent branch", _several),
        Rule("V1", "values arrive with the declared type", _values),
        Rule("V2", "strings arrive byte for byte", _values),
        Rule("V3", "a value of another type than declared fails its producer", _results),
        Rule("V4", "a value over 48 KiB of JSON is refused at run time", _results),
        Rule("V5", "several named results can be used one by one", _results),
        Rule("P1", "parameters are typed, with defaults, overridable for each run", _parameters),
        Rule("P2", "a missing or ill-typed parameter is refused before any stage starts", _parameters),
        Rule("P3", "defaults and overrides arrive typed", _parameters),
        Rule("R1", "at most retries + 1 attempts, one after the other", _retries),
        Rule("R2", "a retry waits at least its delay, with backoff and cap", _retries),
        Rule("R2.jitter", "jitter adds to the wait", _jitter),
        Rule("R3", "a timeout ends the attempt's whole process tree", _timeouts),
        Rule("R4", "Abort fails the stage at once", _aborts),
        Rule("R5", "an attempt that dies is a failed attempt", _always),
        Rule("R6", "a pipeline timeout ends the run", _run_timeout),
        Rule("F1", "consumers of a failed stage never start", _edges),
        Rule("F2", "the run has failed if and only if a stage failed", _always),
        Rule("A1", "an artifact is visible only after its stage succeeded", _outputs),
        Rule("A2", "an artifact's URI depends on parameters, run date and stage only", _outputs),
        Rule("A3", "two stages never write one URI", _outputs),
        Rule("A4", "a consumer reads exactly what its producer committed", _artifacts_in),
        Rule("A5", "files and directories are artifacts", _outputs),
        Rule("D1", "the run date is that of the fire time in the schedule's zone", _stages(_dated)),
        Rule("D2", "cron schedules fire as written", _schedule),
        Rule("D2.zone", "cron schedules fire in their time zone", _zone),
        Rule("D2.gap", "a fire time that the clock skips fires right after the gap", _gap),
        Rule("E3.image", "a command runs in its container image", _images),
    )
}
