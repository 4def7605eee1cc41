"""The task at the end of a run, which tells the pipeline's hooks."""

from __future__ import annotations

from portable_pipeline.codegen.calls import FreeNames
from portable_pipeline.codegen.code_folder import closure
from portable_pipeline.codegen.literals import Source, commas, identifier, literal
from portable_pipeline.ir import Hook, Module, Pipeline
from ppc_kfp.closures import defined_names
from ppc_kfp.code import as_stage, carried_modules, code_of
from ppc_kfp.names import CARRIED_NAMES
from ppc_kfp.plan_failures import Exit, HookCall
from ppc_kfp.waits import hook_seconds


def exit_component(pipeline: Pipeline, names: FreeNames) -> Exit | None:
    """The component of that task; None for a pipeline without hooks.

    Args:
        names: Free in the module.
    """
    found = {"on_failure": pipeline.on_failure, "on_exit": pipeline.on_exit}
    hooks = {name: hook for name, hook in found.items() if hook is not None}
    if not hooks:
        return None
    taken = {name for hook in hooks.values() for name in defined_names(closure(pipeline, as_stage(hook)))}
    inner = FreeNames({*taken, *CARRIED_NAMES, "dsl", "kfp", "RunEvent", "dataclass"})
    status, run, states, state = (inner.take(each) for each in ("status", "run_id", "states", "state"))
    calls = {name: _call(pipeline, name, hook, (run, state), inner) for name, hook in hooks.items()}
    return Exit(
        name=names.take("tell_hooks"),
        variable=names.take("end"),
        status=status,
        run=run,
        states=states,
        state=state,
        embeds=bool(exit_modules(pipeline)),
        packages=bool(pipeline.packages),
        on_failure=calls.get("on_failure"),
        on_exit=calls.get("on_exit"),
    )


def exit_modules(pipeline: Pipeline) -> tuple[Module, ...]:
    """The user's modules that the component carries."""
    hooks = (each for each in (pipeline.on_exit, pipeline.on_failure) if each is not None)
    return tuple(dict.fromkeys(module for hook in hooks for module in carried_modules(pipeline, as_stage(hook))))


def _call(pipeline: Pipeline, hook: str, given: Hook, names: tuple[Source, Source], inner: FreeNames) -> HookCall:
    run, state = names
    # KFP tells an exit task neither which stages have failed nor whether others stood in for them.
    told = commas((literal(pipeline.name), run, state, Source("False"), Source("[]")))
    return HookCall(
        name=inner.take(hook),
        hook=literal(hook),
        code=code_of(pipeline, as_stage(given), depth=2, told="RunEvent"),
        function=identifier(given.body.function),
        event=Source(f"RunEvent({told})"),
        timeout_seconds=hook_seconds(given),
    )
