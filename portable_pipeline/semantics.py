"""The portable semantics as data: each rule's id and title, and where a pipeline relies on it.

The support tables of the backends, the compile-time check of a target, the printed matrix and the expectations of the
contract tests are all keyed by these ids. A rule with a suffix (`R2.jitter`) is a part of a rule that an engine may
lack while it keeps the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from portable_pipeline.diagnostics import Span
from portable_pipeline.ir import (
    ArtifactInput,
    Branch,
    Collected,
    CommandBody,
    FirstOf,
    Items,
    Loop,
    Operand,
    Pipeline,
    PythonBody,
    RunDate,
    RunTime,
    Stage,
)
from portable_pipeline.ir.control import blocks_around, operands
from portable_pipeline.ir.fallbacks import needing_more
from portable_pipeline.ir.fire_times import skipped_fire_time
from portable_pipeline.ir.graph import upstream
from portable_pipeline.ir.loops import LoopNeeds, holding_loops, taken_apart

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


def _branches(relies: Callable[[Branch, Pipeline], bool]) -> Callable[[Pipeline], Places]:
    def places(pipeline: Pipeline) -> Iterator[Span | None]:
        found = (block for block in pipeline.blocks if isinstance(block, Branch))
        return (block.span for block in found if relies(block, pipeline))

    return places


def _loops(relies: Callable[[Loop, Pipeline], bool]) -> Callable[[Pipeline], Places]:
    def places(pipeline: Pipeline) -> Iterator[Span | None]:
        found = (block for block in pipeline.blocks if isinstance(block, Loop))
        return (block.span for block in found if relies(block, pipeline))

    return places


def _looped_outputs(pipeline: Pipeline) -> Iterator[Span | None]:
    for stage in pipeline.stages:
        if stage.outputs and any(isinstance(block, Loop) for block in blocks_around(pipeline, stage.block)):
            yield stage.span


def _guarded(branch: Branch, pipeline: Pipeline) -> bool:
    return any(isinstance(block, Branch) for block in blocks_around(pipeline, branch.parent))


def _holds(loop: Loop, pipeline: Pipeline) -> bool:
    """Whether it has several stages, or blocks, inside."""
    stages = sum(stage.block == loop.id for stage in pipeline.stages)
    return stages > 1 or any(block.parent == loop.id for block in pipeline.blocks)


def _outside_needs(pipeline: Pipeline) -> Iterator[Span | None]:
    needs = LoopNeeds(pipeline)
    for loop in pipeline.blocks:
        if isinstance(loop, Loop) and needs.may_run_for_none(loop.id):
            inside = (stage.id for stage in pipeline.stages if loop in needs.around(stage.id))
            if any(needs.open(each, loop.id) for each in inside):
                yield loop.span


def _outer_bounds(pipeline: Pipeline) -> Iterator[Span | None]:
    outer = holding_loops(pipeline)
    bounded = (block for block in pipeline.blocks if isinstance(block, Loop) and block.max_parallel is not None)
    return (loop.span for loop in bounded if loop.id in outer)


def _taken_apart(pipeline: Pipeline) -> Iterator[Span | None]:
    return (stage.span for stage in taken_apart(pipeline))


def _failure_hooks(pipeline: Pipeline) -> Iterator[Span | None]:
    hooks = (pipeline.on_failure, *(stage.on_failure for stage in pipeline.stages))
    return (hook.span for hook in hooks if hook is not None)


def _exit_hook(pipeline: Pipeline) -> Places:
    return () if pipeline.on_exit is None else (pipeline.on_exit.span,)


def _asked_failed(pipeline: Pipeline) -> Iterator[Span | None]:
    hooks = (pipeline.on_exit, pipeline.on_failure)
    return (hook.span for hook in hooks if hook is not None and hook.asks_failed)


def _timed_hooks(pipeline: Pipeline) -> Iterator[Span | None]:
    hooks = (stage.on_failure for stage in pipeline.stages if pipeline.timeout is not None)
    return (hook.span for hook in hooks if hook is not None)


def _hooks(pipeline: Pipeline) -> Iterator[Span | None]:
    yield from _exit_hook(pipeline)
    yield from _failure_hooks(pipeline)


def _apart(pipeline: Pipeline) -> Iterator[Span | None]:
    return (stage.span for stage in needing_more(pipeline))


def _dated(stage: Stage) -> bool:
    parts = (part for output in stage.outputs for part in output.uri.parts)
    return any(isinstance(each, RunDate | RunTime) for each in (*(given.value for given in stage.inputs), *parts))


def _dated_places(pipeline: Pipeline) -> Iterator[Span | None]:
    yield from (stage.span for stage in pipeline.stages if _dated(stage))
    for block in pipeline.blocks:
        used: tuple[Operand, ...] | tuple[Items, ...] = ()
        if isinstance(block, Branch):
            used = operands(block.predicate)
        elif isinstance(block, Loop):
            used = block.items
        if any(isinstance(each.value, RunDate | RunTime) for each in used):
            yield block.span


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
_joins = _stages(lambda stage: any(isinstance(each.value, FirstOf) for each in stage.inputs))
_collects = _stages(lambda stage: any(isinstance(each.value, Collected) for each in stage.inputs))
_fallbacks = _stages(lambda stage: stage.fallback is not None)
_any_branch = _branches(lambda branch, pipeline: True)
_any_loop = _loops(lambda loop, pipeline: True)
_cached = _stages(lambda stage: stage.cache)
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
        Rule("F1.loop", "a loop without items hides no failure of what its stages need", _outside_needs),
        Rule("F2", "the run has failed if and only if a stage failed and no stand-in took its place", _always),
        Rule("F3", "a stand-in runs when its primary has failed for good; the run is degraded", _fallbacks),
        Rule("F3.apart", "a stage that only the stand-in needs may fail where the primary succeeds", _apart),
        Rule("C1", "a block runs if its predicate holds, else its stages are skipped", _any_branch),
        Rule("C2", "`otherwise` is the complement of its `when`", _branches(lambda it, _: it.otherwise_of is not None)),
        Rule("C3", "what needs a skipped stage is skipped", _any_branch),
        Rule("C4", "a join gets the value of the branch that ran", _joins),
        Rule("C5", "predicates are evaluated as Python would on the typed values", _any_branch),
        Rule("C6", "conditions nest; a failed upstream of a predicate is no skip", _branches(_guarded)),
        Rule("C7", "waiting for a predicate holds up no other stage", _any_branch),
        Rule("M1", "a loop's body runs once for each item", _any_loop),
        Rule("M2", "collected results are in item order, typed", _collects),
        Rule("M3", "no items: the body runs zero times, consumers run", _any_loop),
        Rule("M4", "an item that fails for good fails the loop; the others still end", _any_loop),
        Rule(
            "M4.apart",
            "what does not need a stage of a loop that failed gets all items, or does not start",
            _taken_apart,
        ),
        Rule(
            "M5", "`max_parallel` bounds how many items run at once", _loops(lambda it, _: it.max_parallel is not None)
        ),
        Rule("M5.outer", "`max_parallel` bounds a loop that holds another one", _outer_bounds),
        Rule("M6", "a body holds several stages, conditions and further loops", _loops(_holds)),
        Rule("M7", "artifacts of a loop have one address for each item", _looped_outputs),
        Rule("A1", "an artifact is visible only after its stage succeeded", _outputs),
        Rule("A2", "an artifact's URI depends on parameters, run date and stage only", _outputs),
        Rule("A3", "two stages never write one URI", _outputs),
        Rule("A4", "a consumer reads exactly what its producer committed", _artifacts_in),
        Rule("A5", "files and directories are artifacts", _outputs),
        Rule("D1", "the run date is that of the fire time in the schedule's zone", _dated_places),
        Rule("D2", "cron schedules fire as written", _schedule),
        Rule("D2.zone", "cron schedules fire in their time zone", _zone),
        Rule("D2.gap", "a fire time that the clock skips fires right after the gap", _gap),
        Rule("X1", "`on_exit` runs once at the end of every run", _exit_hook),
        Rule("X1.failed", "a hook at the end is told which stages failed, and whether others stood in", _asked_failed),
        Rule("X2", "`on_failure` fires once when a stage or the run has failed for good", _failure_hooks),
        Rule("X2.timeout", "a stage that the run's timeout ends has failed, and its hook fires", _timed_hooks),
        Rule("X3", "a hook that fails, or is ended when its time is up, is reported and changes no state", _hooks),
        Rule("K1", "a stage with `cache=True` runs once for the same code, inputs and environment", _cached),
        Rule("E3.image", "a command runs in its container image", _images),
    )
}
