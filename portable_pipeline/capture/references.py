"""From handles to references of the IR: a bare handle means the result, or the only artifact, where that is clear."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from portable_pipeline.capture.signatures import Signature
from portable_pipeline.diagnostics import Diagnostic, Span
from portable_pipeline.diagnostics.catalog.calls import AmbiguousHandle, NothingToPass
from portable_pipeline.diagnostics.catalog.handles import UnknownOutputName
from portable_pipeline.diagnostics.catalog.maps import NothingToCollect
from portable_pipeline.diagnostics.catalog.passing import HandleOfAnotherPipeline
from portable_pipeline.diagnostics.suggest import did_you_mean, quoted
from portable_pipeline.dsl.blocks import TracedBlock, TracedLoop
from portable_pipeline.dsl.handles import Handle, described, origin_of, trace_of
from portable_pipeline.dsl.trace import (
    Call,
    CollectedValue,
    FirstValue,
    ItemValue,
    Origin,
    ParameterValue,
    RunValue,
    StageValue,
    Trace,
)
from portable_pipeline.ir import (
    ArtifactRef,
    Collected,
    FirstOf,
    ItemRef,
    Items,
    ParameterRef,
    Record,
    ResultRef,
    RunDate,
    RunTime,
    Type,
    Value,
)
from portable_pipeline.ir.value_types import ValueTypes

Wanted = Literal["artifact", "value"]


class Missing(Exception):
    """A handle does not stand for one value.

    Args:
        make: The diagnostic, given the place and the parameter that the handle was for; None when all is said.
    """

    def __init__(self, make: Callable[[Span | None, str], Diagnostic] | None = None) -> None:
        self._make = make
        super().__init__()

    def diagnostics(self, span: Span | None, receiver: str) -> tuple[Diagnostic, ...]:
        """What is wrong, if it has not been said."""
        return () if self._make is None else (self._make(span, receiver),)


class References:
    """The stages of one trace.

    Args:
        trace: The record that handles must belong to.
        ids: The id of each call.
        signatures: What each call gives.
        blocks: The id of each block.
        parameters: Types of the pipeline's parameters, by name.

    Attributes:
        types: Of the values that it gives.
    """

    def __init__(
        self,
        trace: Trace,
        ids: Mapping[Call, str],
        signatures: Mapping[Call, Signature],
        blocks: Mapping[TracedBlock, str],
        parameters: Mapping[str, Type],
    ) -> None:
        self._trace = trace
        self._ids = ids
        self._signatures = signatures
        self._blocks = blocks
        self._items: dict[tuple[str, str], Type] = {}
        results = {ids[call]: signature.result for call, signature in signatures.items()}
        self.types = ValueTypes(parameters, results, self._items)

    def know_items(self, loop: str, items: Items) -> None:
        """Take note of what a loop runs over."""
        self._items[loop, items.name] = items.type

    def value_of(self, handle: Handle, wanted: Wanted) -> Value:
        """What the handle stands for.

        Raises:
            Missing: If it is not clear what.
        """
        if trace_of(handle) not in (None, self._trace):
            raise Missing(lambda span, _: HandleOfAnotherPipeline(span=span, handle=described(origin_of(handle))))
        return self._value(origin_of(handle), wanted)

    def _value(self, origin: Origin, wanted: Wanted) -> Value:
        match origin:
            case ParameterValue(name):
                return ParameterRef(name=name)
            case RunValue(name):
                return RunDate() if name == "date" else RunTime()
            case StageValue(call, path):
                return self._stage_value(call, path, wanted)
            case ItemValue():
                return self._item(origin)
            case CollectedValue(of):
                return self._collected(of, wanted)
            case FirstValue(options):
                return FirstOf(options=tuple(self._stage_value(each.call, each.path, wanted) for each in options))
        raise Missing

    def _item(self, origin: ItemValue) -> ItemRef:
        loop = self._blocks[origin.loop]
        declared = self._items.get((loop, origin.name))
        fields = [each.name for each in declared.fields] if isinstance(declared, Record) else []
        if not origin.path or (len(origin.path) == 1 and origin.path[0] in fields):
            return ItemRef(loop=loop, name=origin.name, field=origin.path[0] if origin.path else None)
        name = next((each for each in origin.path if each not in fields), origin.path[-1])
        suggestion = did_you_mean(name, fields) if fields else "take the part in a stage"
        raise Missing(lambda span, _: UnknownOutputName(span=span, handle="the item", name=name, suggestion=suggestion))

    def _collected(self, of: Origin, wanted: Wanted) -> Collected:
        call, depth = of, 0
        while isinstance(call, CollectedValue):
            call, depth = call.of, depth + 1
        if not isinstance(call, StageValue):
            raise Missing
        loops, name = _loops_around(call.call), call.call.stage.__name__
        if depth >= len(loops):
            known = {0: "no loop", 1: "one loop only"}.get(depth, f"{depth} loops only")
            raise Missing(lambda span, _: NothingToCollect(span=span, stage=name, loops=known))
        inner = self._value(of, wanted)
        assert isinstance(inner, ResultRef | ArtifactRef | Collected), "collected is what a stage leaves"
        return Collected(loop=self._blocks[loops[depth]], of=inner)

    def unknown(self, value: StageValue) -> bool:
        """Whether the stage gives nothing of that name."""
        return bool(value.path) and self._named(value.call, value.path) is None

    def is_artifact(self, value: StageValue) -> bool:
        """Whether it names one artifact of its stage."""
        return bool(value.path) and isinstance(self._named(value.call, value.path), ArtifactRef)

    def known_names(self, value: StageValue) -> tuple[str, ...]:
        """What could stand in place of the last attribute."""
        signature = self._signatures[value.call]
        return (*signature.named, "after") if len(value.path) == 1 else signature.fields

    def _stage_value(self, call: Call, path: tuple[str, ...], wanted: Wanted) -> ResultRef | ArtifactRef:
        if path:
            named = self._named(call, path)
            if named is None:
                raise Missing
            return named
        signature, stage = self._signatures[call], self._ids[call]
        if wanted == "value":
            if signature.result is not None:
                return ResultRef(stage=stage)
        elif len(signature.outputs) == 1:
            return ArtifactRef(stage=stage, output=signature.outputs[0].name)
        elif signature.outputs:
            names = [f"{call.stage.__name__}(...).{each.name}" for each in signature.outputs]
            raise Missing(
                lambda span, receiver: AmbiguousHandle(
                    span=span, stage=call.stage.__name__, receiver=receiver, choices=quoted(names)
                )
            )
        has = quoted(signature.named) or "nothing"
        raise Missing(
            lambda span, receiver: NothingToPass(
                span=span, stage=call.stage.__name__, receiver=receiver, wanted=_WANTED[wanted], has=has
            )
        )

    def _named(self, call: Call, path: tuple[str, ...]) -> ResultRef | ArtifactRef | None:
        signature, stage = self._signatures[call], self._ids[call]
        if path == ("result",) and signature.result is not None:
            return ResultRef(stage=stage)
        name, whole = path[-1], path[:-1]
        if not whole and any(each.name == name for each in signature.outputs):
            return ArtifactRef(stage=stage, output=name)
        if whole in ((), ("result",)) and name in signature.fields:
            return ResultRef(stage=stage, field=name)
        return None


def _loops_around(call: Call) -> list[TracedLoop]:
    """The loops that a call stands in, the innermost first."""
    found: list[TracedLoop] = []
    block = call.block
    while block is not None:
        if isinstance(block, TracedLoop):
            found.append(block)
        block = block.parent
    return found


_WANTED: Mapping[Wanted, str] = {"artifact": "artifact", "value": "result"}
