"""Hooks as Airflow's callbacks."""

from __future__ import annotations

from collections.abc import Iterator

from portable_pipeline.codegen.calls import FreeNames, Keyword, given, hook_timeout, work
from portable_pipeline.codegen.literals import Source, commas
from portable_pipeline.codegen.names import python_name
from portable_pipeline.ir import Hook, Pipeline, Stage
from ppc_airflow.plan import Callback


def callbacks(pipeline: Pipeline, taken: FreeNames) -> dict[str, Callback]:
    """The callbacks by what they are for: `on_exit`, `on_failure`, `on_failure of train`."""
    return {each.hook: each for each in _callbacks(pipeline, taken)}


def run_options(found: dict[str, Callback]) -> Iterator[Keyword]:
    """Arguments of the DAG's decorator; when a run has failed, `on_exit` comes last."""
    failed = [found[each].function for each in ("on_failure", "on_exit") if each in found]
    if failed:
        yield given("on_failure_callback", Source(f"[{commas(failed)}]"))
    if "on_exit" in found:
        yield given("on_success_callback", Source(f"[{found['on_exit'].function}]"))


def stage_hook(stage: Stage) -> str:
    """What the callback of a stage is for."""
    return f"on_failure of {stage.id}"


def _callbacks(pipeline: Pipeline, names: FreeNames) -> Iterator[Callback]:
    for stage in pipeline.stages:
        if stage.on_failure is not None:
            name = names.take(f"{python_name(stage.id)}_has_failed")
            yield _callback(name, stage_hook(stage), stage.on_failure, "failure_event")
    for hook, wanted, found in (
        ("on_failure", "run_has_failed", pipeline.on_failure),
        ("on_exit", "run_has_ended", pipeline.on_exit),
    ):
        if found is not None:
            yield _callback(names.take(wanted), hook, found, "run_event")


def _callback(function: Source, name: str, hook: Hook, event: str) -> Callback:
    return Callback(function, name, work(hook.body), Source(event), hook_timeout(hook))
