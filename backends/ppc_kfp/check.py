"""What only KFP minds."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from portable_pipeline.codegen.code_folder import closure, local_modules, module_text
from portable_pipeline.diagnostics import Diagnostic
from portable_pipeline.diagnostics.catalog.kfp import (
    KfpComponentTooLarge,
    KfpGroup,
    KfpLoopAsOne,
    KfpPipelineTooLarge,
    KfpPlaceholderInCode,
    KfpReservedName,
    KfpRetryInLoop,
    KfpRoundedDefault,
    KfpRunDateParameter,
)
from portable_pipeline.ir import Body, Loop, Module, Pipeline, Stage
from portable_pipeline.ir.control import blocks_around
from ppc_kfp.closures import defined_names, has_placeholder
from ppc_kfp.code import as_stage
from ppc_kfp.entangled import ties
from ppc_kfp.layout import layout
from ppc_kfp.names import CARRIED_NAMES
from ppc_kfp.nodes import Unplaceable
from ppc_kfp.parameters import RUN_DATE_PARAMETER, has_run_date
from ppc_kfp.passing import passing
from ppc_kfp.paths import Paths
from ppc_kfp.stand_ins import through_stand_ins
from ppc_kfp.wires import fits, parameter_wire

#: Linux's limit for one argument; Kubernetes' for one object, with room for the rest of a workflow; and about what KFP
#: and we add to a component's own code.
_ARGUMENT_BYTES = 128 * 1024
_OBJECT_BYTES = 1400 * 1024
_ADDED_BYTES = 11 * 1024


def check(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Names that generated code needs, code that does not fit, and blocks that have no form in KFP's groups."""
    yield from _groups(through_stand_ins(pipeline))
    yield from _retries_in_loops(pipeline)
    for parameter in pipeline.parameters:
        if parameter.name == RUN_DATE_PARAMETER and has_run_date(pipeline):
            yield KfpRunDateParameter(span=parameter.span or pipeline.span)
        if not parameter.required and parameter_wire(parameter.type) == "int" and not fits(parameter.default, "int"):
            yield KfpRoundedDefault(span=parameter.span or pipeline.span, parameter=parameter.name)
    archives: dict[tuple[str, ...], int] = {}
    sizes: dict[Body, int] = {}
    for stage in (*pipeline.stages, *_hooks(pipeline)):
        statements = closure(pipeline, stage)
        for name in sorted(defined_names(statements) & CARRIED_NAMES):
            yield KfpReservedName(span=stage.span, stage=stage.id, name=name)
        if has_placeholder(statements):
            yield KfpPlaceholderInCode(span=stage.span, stage=stage.id)
        modules = local_modules(pipeline, stage)
        names = tuple(each.name for each in modules)
        if names not in archives:
            archives[names] = _archive_bytes(modules)
        sizes[stage.body] = sum(len(each.text.encode()) for each in statements) + archives[names] + _ADDED_BYTES
        if sizes[stage.body] > _ARGUMENT_BYTES:
            yield KfpComponentTooLarge(span=stage.span, stage=stage.id, kib=sizes[stage.body] // 1024)
    if sum(sizes.values()) > _OBJECT_BYTES:
        yield KfpPipelineTooLarge(span=pipeline.span, mib=sum(sizes.values()) / 2**20)


def _hooks(pipeline: Pipeline) -> Iterator[Stage]:
    """Hooks as stages, for what is asked of code."""
    for stage in pipeline.stages:
        if stage.on_failure is not None:
            yield as_stage(stage.on_failure, f"on_failure of {stage.id}")
    for name, hook in (("on_exit", pipeline.on_exit), ("on_failure", pipeline.on_failure)):
        if hook is not None:
            yield as_stage(hook, name)


def _groups(pipeline: Pipeline) -> Iterator[Diagnostic]:
    if not pipeline.blocks:
        return
    try:
        paths = Paths(pipeline)
        nodes = layout(paths)
        passing(paths, nodes)
    except Unplaceable as error:
        yield KfpGroup(span=error.span, subject=error.subject, reason=error.reason, instead=error.instead)
        return
    for tie in ties(paths, nodes):
        yield KfpLoopAsOne(span=paths.loops[tie.loop].span, stage=tie.stage, other=tie.other)


def _retries_in_loops(pipeline: Pipeline) -> Iterator[Diagnostic]:
    for stage in pipeline.stages:
        if stage.retry.retries and any(isinstance(each, Loop) for each in blocks_around(pipeline, stage.block)):
            yield KfpRetryInLoop(span=stage.span, stage=stage.id)


def _archive_bytes(modules: tuple[Module, ...]) -> int:
    """About how much KFP's archive of these modules takes: compressed, in base64."""
    sources = "".join(module_text(module) for module in modules)
    return len(zlib.compress(sources.encode())) * 4 // 3
