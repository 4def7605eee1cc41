"""What components do about failures: attempts in processes of their own, hooks, and what stand-ins take over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from portable_pipeline.codegen.calls import Argument, FreeNames
from portable_pipeline.codegen.code_folder import closure
from portable_pipeline.codegen.literals import Source, commas, identifier, literal
from portable_pipeline.ir import Pipeline, Stage
from portable_pipeline.ir.control import loops_around
from ppc_kfp.closures import defined_names
from ppc_kfp.code import as_stage, code_of
from ppc_kfp.plan import Output
from ppc_kfp.plan_failures import HookCall, Supervision
from ppc_kfp.waits import hook_seconds, whole_seconds
from ppc_kfp.wires import ANNOTATIONS, constant

#: What a task gives in the place of each value, by KFP's type.
_EMPTY = {
    ANNOTATIONS["text"]: Source('""'),
    ANNOTATIONS["float"]: Source("0.0"),
    ANNOTATIONS["bool"]: Source("False"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """Parameters of a component with a hook.

    Args:
        stage: For the stage's id.
        run: For the run's.
        indices: For the index of the item of each loop around the stage, the outermost first.
    """

    stage: Source
    run: Source
    indices: tuple[Source, ...]

    @property
    def arguments(self) -> Iterator[Argument]:
        """They as parameters."""
        return (Argument(each, Source("str")) for each in (self.stage, self.run, *self.indices))

    @property
    def instance(self) -> Source:
        """The expression for the id of the stage with the item's index."""
        if not self.indices:
            return self.stage
        return Source(f'f"{self.instance_text}"')

    @property
    def instance_text(self) -> Source:
        """The same as a part of an f-string."""
        return Source("".join((f"{{{self.stage}}}", *(f"[{{{each}}}]" for each in self.indices))))


def is_supervised(stage: Stage) -> bool:
    """Whether its component has to see how an attempt ends."""
    return stage.fallback is not None or stage.on_failure is not None


def bound(stage: Stage) -> int | None:
    """The timeout that Kubernetes minds: a component that has to see its stage fail does so itself."""
    return None if is_supervised(stage) else whole_seconds(stage.timeout)


def policy(pipeline: Pipeline, stage: Stage) -> object:
    """What two stages must share besides to be two tasks of one component."""
    if not is_supervised(stage):
        return None
    hook = None if stage.on_failure is None else (stage.on_failure.body, len(loops(pipeline, stage)))
    return stage.fallback is not None, hook, stage.timeout, stage.retry.retries


def loops(pipeline: Pipeline, stage: Stage) -> tuple[str, ...]:
    """Ids of the loops around it, the outermost first."""
    return tuple(each.id for each in loops_around({block.id: block for block in pipeline.blocks}, stage.block))


def taken_names(pipeline: Pipeline, stage: Stage) -> frozenset[str]:
    """What a component with a hook cannot call its own things."""
    if stage.on_failure is None:
        return frozenset()
    return defined_names(closure(pipeline, as_stage(stage.on_failure))) | {"FailureEvent", "dataclass"}


def told(pipeline: Pipeline, stage: Stage, names: FreeNames) -> Told | None:
    """The parameters for its hook."""
    if stage.on_failure is None:
        return None
    indices = tuple(names.take("index") for _ in loops(pipeline, stage))
    return Told(names.take("stage"), names.take("run_id"), indices)


def supervision(
    pipeline: Pipeline,
    stage: Stage,
    outputs: tuple[Output, ...],
    staged: tuple[tuple[Source, Source], ...],
    about: Told | None,
    *,
    names: FreeNames,
) -> Supervision | None:
    """How the component sees its stage fail.

    Args:
        outputs: What it returns besides.
        staged: Its artifacts, each with the expression for its URI.
    """
    if not is_supervised(stage):
        return None
    failure = names.take("failure")
    return Supervision(
        attempt=names.take("attempt"),
        values=names.take("values"),
        failure=failure,
        retries=stage.retry.retries,
        timeout_seconds=None if stage.timeout is None else stage.timeout.total_seconds(),
        outputs=staged,
        hook=None if about is None or stage.on_failure is None else _hook(pipeline, stage, about, failure, names),
        empty=tuple(map(empty, outputs)),
        is_saved=stage.fallback is not None,
    )


def empty(output: Output) -> Source:
    """What a task gives in the place of a value that there is not."""
    return constant(None, "json") if output.note else _EMPTY[output.annotation]


def _hook(pipeline: Pipeline, stage: Stage, about: Told, failure: Source, names: FreeNames) -> HookCall:
    hook = stage.on_failure
    assert hook is not None
    attempts = literal(stage.retry.retries + 1)
    told = commas((literal(pipeline.name), about.run, about.instance, attempts, failure))
    return HookCall(
        name=names.take("tell"),
        hook=Source(f'f"on_failure of {about.instance_text}"'),
        code=code_of(pipeline, as_stage(hook), depth=2, told="FailureEvent"),
        function=identifier(hook.body.function),
        event=Source(f"FailureEvent({told})"),
        timeout_seconds=hook_seconds(hook),
    )
