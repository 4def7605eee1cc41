"""From misuses of handles that a trace holds to diagnostics."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from portable_pipeline.capture.references import References
from portable_pipeline.capture.spans import Role, Spans
from portable_pipeline.diagnostics import Diagnostic, Span
from portable_pipeline.diagnostics.catalog.blocks import (
    BlockNotEntered,
    HandleMembership,
    OtherwiseWithoutWhen,
)
from portable_pipeline.diagnostics.catalog.handles import (
    HandleAssigned,
    HandleAttribute,
    HandleCalled,
    NotAStage,
    PipelineInPipeline,
    UnknownOutputName,
)
from portable_pipeline.diagnostics.catalog.maps import MapWithoutEach
from portable_pipeline.diagnostics.catalog.operators import (
    HandleAsCondition,
    HandleAsNumber,
    HandleAsText,
    HandleInArithmetic,
    HandleIndexed,
    HandleIterated,
)
from portable_pipeline.diagnostics.catalog.stand_ins import WrongHandle
from portable_pipeline.diagnostics.suggest import did_you_mean
from portable_pipeline.dsl.trace import (
    CollectedValue,
    FirstValue,
    ItemValue,
    Misuse,
    MisuseKind,
    Origin,
    ParameterValue,
    RunValue,
    StageValue,
    Trace,
)


def misuse_diagnostics(trace: Trace, references: References, spans: Spans) -> Iterator[Diagnostic]:
    """What the pipeline function did to handles that they cannot do."""
    unknown: set[StageValue] = set()
    for value, place in trace.attributes:
        if value.path[:-1] and StageValue(value.call, value.path[:-1]) in unknown:
            unknown.add(value)
        elif references.unknown(value):
            unknown.add(value)
            owner = StageValue(value.call, value.path[:-1])
            if references.is_artifact(owner):
                suggestion = "pass the artifact as it is: inside the stage it has `.path` and `.uri`"
            else:
                suggestion = did_you_mean(value.path[-1], references.known_names(value))
            yield UnknownOutputName(
                span=spans.of(place), handle=shown(owner), name=value.path[-1], suggestion=suggestion
            )
    for misuse in trace.misuses:
        if misuse.origin not in unknown:
            yield _DIAGNOSTICS[misuse.kind](misuse, spans.of(misuse.place, _ROLES.get(misuse.kind, "expression")))
    for block, place in trace.unentered.values():
        yield BlockNotEntered(span=spans.of(place), block=block)


def shown(origin: Origin) -> str:
    """The handle as its author would call it."""
    match origin:
        case StageValue(call, path):
            return f"`{'.'.join((f'{call.stage.__name__}(...)', *path))}`"
        case ParameterValue(""):
            return "this comparison"
        case ParameterValue(name):
            return f"parameter `{name}`"
        case RunValue(name):
            return f"`run.{name}`"
        case ItemValue(path=path):
            return f"the item's `{'.'.join(path)}`" if path else "the item of a loop"
        case CollectedValue(of):
            return f"`collect({shown(of).strip('`')})`"
        case FirstValue(options):
            return f"`first_of({', '.join(shown(each).strip('`') for each in options)})`"
    return "this handle"


def _text_advice(origin: Origin) -> str:
    if isinstance(origin, ParameterValue):
        return (
            f'in an address write `uri("{{{origin.name}}}/...")`; otherwise pass it to a stage and build the text there'
        )
    if origin == RunValue("date"):
        return 'in an address write `uri(".../{run_date}/...")`; otherwise pass it to a stage and build the text there'
    return "pass it to a stage and build the text there"


def _iteration_advice(origin: Origin) -> str:
    if isinstance(origin, StageValue):
        name = origin.call.stage.__name__
        return f"write `with for_each(handle) as item:`; outputs are named, `made = {name}(...)` and `made.name`"
    return "write `with for_each(handle) as item:`"


def _index_advice(origin: Origin) -> str:
    if isinstance(origin, StageValue):
        return "name an output, `handle.name`; what is inside a value is taken in a stage"
    return "pass it to a stage and take the part there"


def _attribute_advice(origin: Origin) -> str:
    if isinstance(origin, RunValue):
        return f"pass `run.{origin.name}` to a stage and ask there"
    return "pass it to a stage and ask there"


def _call_advice(origin: Origin) -> str:
    if isinstance(origin, StageValue) and not origin.path:
        return "call the stage itself for each further stage; a handle needs another name than the stage it came from"
    return "pass it to a stage, and call what you need there"


def _given(misuse: Misuse) -> str:
    """What was given, which for a handle is what it stands for."""
    return misuse.detail[1:-1] if misuse.detail.startswith("<") else misuse.detail


def _asked(origin: Origin) -> str:
    return "the handle" if origin == ParameterValue("") else shown(origin)


_ROLES: dict[MisuseKind, Role] = {"condition": "condition", "iteration": "iteration", "text": "text"}

_DIAGNOSTICS: dict[MisuseKind, Callable[[Misuse, Span | None], Diagnostic]] = {
    "condition": lambda it, span: HandleAsCondition(span=span, handle=shown(it.origin)),
    "iteration": lambda it, span: HandleIterated(
        span=span, handle=shown(it.origin), advice_on_it=_iteration_advice(it.origin)
    ),
    "text": lambda it, span: HandleAsText(span=span, handle=shown(it.origin), advice_on_it=_text_advice(it.origin)),
    "arithmetic": lambda it, span: HandleInArithmetic(span=span, handle=shown(it.origin), operator=it.detail),
    "index": lambda it, span: HandleIndexed(
        span=span, handle=shown(it.origin), key=it.detail, advice_on_it=_index_advice(it.origin)
    ),
    "number": lambda it, span: HandleAsNumber(span=span, handle=shown(it.origin), function=it.detail),
    "call": lambda it, span: HandleCalled(span=span, handle=shown(it.origin), advice_on_it=_call_advice(it.origin)),
    "assignment": lambda it, span: HandleAssigned(span=span, handle=shown(it.origin), target=it.detail),
    "attribute": lambda it, span: HandleAttribute(
        span=span, handle=shown(it.origin), name=it.detail, advice_on_it=_attribute_advice(it.origin)
    ),
    "order": lambda it, span: NotAStage(span=span, given=it.detail),
    "pipeline": lambda it, span: PipelineInPipeline(span=span, name=it.detail),
    "membership": lambda it, span: HandleMembership(span=span, handle=_asked(it.origin)),
    "unentered": lambda it, span: BlockNotEntered(span=span, block=it.detail),
    "otherwise": lambda it, span: OtherwiseWithoutWhen(span=span),
    "map": lambda it, span: MapWithoutEach(span=span, stage=it.detail),
    "fallback": lambda it, span: WrongHandle(
        span=span,
        function="or_else",
        expected="the handle of a stage, on that of another",
        given=_given(it),
        advice_on_it="call both stages: `train(...).or_else(previous(...))`",
    ),
    "first_of": lambda it, span: WrongHandle(
        span=span,
        function="first_of",
        expected="handles of two or more stages",
        given=_given(it),
        advice_on_it="hand over one handle of each branch, `first_of(one, other)`; what is always there needs no join",
    ),
    "collect": lambda it, span: WrongHandle(
        span=span,
        function="collect",
        expected="the handle of a stage in a loop",
        given=_given(it),
        advice_on_it="call a stage in the loop, and collect what it gives",
    ),
}
