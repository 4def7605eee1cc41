"""From handles to references of the IR: a bare handle means the result, or the only artifact, where that is clear."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from portable_pipeline.capture.signatures import Signature
from portable_pipeline.diagnostics import Diagnostic, Span
from portable_pipeline.diagnostics.catalog.calls import AmbiguousHandle, NothingToPass
from portable_pipeline.diagnostics.catalog.passing import HandleOfAnotherPipeline
from portable_pipeline.diagnostics.suggest import quoted
from portable_pipeline.dsl.handles import Handle, described, origin_of, trace_of
from portable_pipeline.dsl.trace import Call, ParameterValue, RunValue, StageValue, Trace
from portable_pipeline.ir import ArtifactRef, ParameterRef, ResultRef, RunDate, RunTime, Value

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
    """

    def __init__(self, trace: Trace, ids: Mapping[Call, str], signatures: Mapping[Call, Signature]) -> None:
        self._trace = trace
        self._ids = ids
        self._signatures = signatures

    def value_of(self, handle: Handle, wanted: Wanted) -> Value:
        """What the handle stands for.

        Raises:
            Missing: If it is not clear what.
        """
        if trace_of(handle) not in (None, self._trace):
            raise Missing(lambda span, _: HandleOfAnotherPipeline(span=span, handle=described(origin_of(handle))))
        match origin_of(handle):
            case ParameterValue(name):
                return ParameterRef(name=name)
            case RunValue(name):
                return RunDate() if name == "date" else RunTime()
            case StageValue(call, path):
                return self._stage_value(call, path, wanted)
        raise Missing

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

    def _stage_value(self, call: Call, path: tuple[str, ...], wanted: Wanted) -> Value:
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

    def _named(self, call: Call, path: tuple[str, ...]) -> Value | None:
        signature, stage = self._signatures[call], self._ids[call]
        if path == ("result",) and signature.result is not None:
            return ResultRef(stage=stage)
        name, whole = path[-1], path[:-1]
        if not whole and any(each.name == name for each in signature.outputs):
            return ArtifactRef(stage=stage, output=name)
        if whole in ((), ("result",)) and name in signature.fields:
            return ResultRef(stage=stage, field=name)
        return None


_WANTED: Mapping[Wanted, str] = {"artifact": "artifact", "value": "result"}
