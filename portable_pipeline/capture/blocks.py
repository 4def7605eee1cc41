"""From the blocks of a trace to those of the IR."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from keyword import iskeyword
from typing import Any

from portable_pipeline.capture.constants import NotPortable
from portable_pipeline.capture.inferred import as_typed, is_listed
from portable_pipeline.capture.predicates import PredicateReader
from portable_pipeline.capture.references import Missing, References
from portable_pipeline.capture.signatures import Signature, ValueParameter
from portable_pipeline.capture.spans import Spans
from portable_pipeline.diagnostics import Diagnostic, Span
from portable_pipeline.diagnostics.catalog.calls import ConstantNotPortable
from portable_pipeline.diagnostics.catalog.signatures import BadSetting
from portable_pipeline.dsl.blocks import TracedBlock, TracedBranch, TracedGroup, TracedLoop
from portable_pipeline.dsl.handles import Handle
from portable_pipeline.dsl.trace import Call, Trace
from portable_pipeline.ir import Block, Branch, Constant, Group, Items, ListOf, Loop, Predicate, Type
from portable_pipeline.ir.types import ANY


class BlockBuilder:
    """Makes the blocks of one pipeline.

    Args:
        trace: What the pipeline function did.
        ids: The id of each block.
        signatures: What each call takes.
        references: Where values come from; it learns of each loop's items.
        spans: Places in the user's files.
        found: Where diagnostics go.
    """

    def __init__(
        self,
        trace: Trace,
        ids: Mapping[TracedBlock, str],
        signatures: Mapping[Call, Signature],
        *,
        references: References,
        spans: Spans,
        found: list[Diagnostic],
    ) -> None:
        self._trace = trace
        self._ids = ids
        self._signatures = signatures
        self._references = references
        self._spans = spans
        self._found = found
        self._reader = PredicateReader(references, found)
        self._predicates: dict[TracedBranch, Predicate | None] = {}

    def blocks(self) -> tuple[Block, ...]:
        """All blocks, those around others first."""
        return tuple(self._block(each) for each in self._trace.blocks)

    def _block(self, traced: TracedBlock) -> Block:
        name, span = self._ids[traced], self._spans.of(traced.place)
        parent = None if traced.parent is None else self._ids[traced.parent]
        if isinstance(traced, TracedGroup):
            return Group(id=name, parent=parent, name=self._name(traced, span), span=span)
        if isinstance(traced, TracedLoop):
            return self._loop(traced, name, parent, span)
        predicate = self._predicate(traced, span)
        if predicate is None:
            # It has been said that it is none; the stages are there, and what else is wrong with them is worth saying.
            return Group(id=name, parent=parent, name="when", span=span)
        other = None if traced.otherwise_of is None else self._ids[traced.otherwise_of]
        return Branch(id=name, parent=parent, predicate=predicate, otherwise_of=other, span=span)

    def _predicate(self, traced: TracedBranch, span: Span | None) -> Predicate | None:
        if traced.otherwise_of is None:
            given = traced.predicate
            told = isinstance(given, bool) and self._has_misuse(traced)
            self._predicates[traced] = None if told else self._reader.read(given, span)
        return self._predicates[traced.otherwise_of or traced]

    def _has_misuse(self, traced: TracedBranch) -> bool:
        """Whether Python has been asked for the truth of a handle just there: what it was told means nothing."""
        span = self._spans.of(traced.place)
        last = span.end_line if span is not None and span.end_line else traced.place.line
        return any(
            each.place.code is traced.place.code and traced.place.line <= each.place.line <= last
            for each in self._trace.misuses
        )

    def _name(self, traced: TracedGroup, span: Span | None) -> str:
        if isinstance(traced.name, str):
            return traced.name
        self._bad("name", "`group`", traced.name, "a text", span)
        return "group"

    def _loop(self, traced: TracedLoop, name: str, parent: str | None, span: Span | None) -> Loop:
        where = f"`{traced.mapped}.map`" if traced.mapped else "`for_each`"
        items = tuple(self._items(traced, name, each, given, span) for each, given in traced.items.items())
        key, most = traced.key, traced.max_parallel
        if key is not None and not isinstance(key, str):
            self._bad("key", where, key, "the name of a field of the items", span)
            key = None
        if most is not None and (not isinstance(most, int) or isinstance(most, bool)):
            self._bad("max_parallel", where, most, "an integer", span)
            most = None
        return Loop(id=name, parent=parent, items=items, key=key, max_parallel=most, span=span)

    def _items(self, traced: TracedLoop, loop: str, name: str, given: Any, span: Span | None) -> Items:
        found = self._given(traced, name, given, span)
        self._references.know_items(loop, found)
        return found

    def _given(self, traced: TracedLoop, name: str, given: Any, span: Span | None) -> Items:
        nothing = Items(name=name, value=Constant(value=[None]), type=ANY)
        if isinstance(given, Handle):
            try:
                value = self._references.value_of(given, "value")
            except Missing as missing:
                self._found.extend(missing.diagnostics(span, "for_each(...)"))
                return nothing
            declared = self._references.types.of(value)
            return Items(name=name, value=value, type=declared.item if isinstance(declared, ListOf) else ANY)
        try:
            constant, found = as_typed(given, self._declared(traced, name) if is_listed(given) else None)
        except NotPortable as error:
            self._found.append(
                ConstantNotPortable(
                    span=span,
                    what=f"`{name}{error.path}` of `{f'{traced.mapped}.map' if traced.mapped else 'for_each'}`",
                    given=type(error.value).__name__,
                    declared="a list of JSON, dates or records",
                )
            )
            return nothing
        return Items(name=name, value=Constant(value=constant), type=found.item if isinstance(found, ListOf) else ANY)

    def _declared(self, traced: TracedLoop, name: str) -> Type | None:
        """What the mapped stage says of its parameter."""
        for call in self._trace.calls if traced.mapped else ():
            if call.block is traced:
                for each in self._signatures[call].parameters:
                    if each.name == name and isinstance(each, ValueParameter):
                        return ListOf(item=each.type)
        return None

    def _bad(self, setting: str, where: str, given: object, expected: str, span: Span | None) -> None:
        self._found.append(BadSetting(span=span, setting=setting, where=where, given=f"`{given!r}`", expected=expected))


def block_ids(trace: Trace, taken: Collection[str]) -> dict[TracedBlock, str]:
    """The id of each block: what it is, then `_2`, `_3` and so on; none is the id of a stage."""
    used = set(taken)
    ids: dict[TracedBlock, str] = {}
    for block in trace.blocks:
        stem = found = _stem(block)
        count = 1
        while found in used:
            count += 1
            found = f"{stem}_{count}"
        used.add(found)
        ids[block] = found
    return ids


def _stem(block: TracedBlock) -> str:
    match block:
        case TracedBranch():
            return "when" if block.otherwise_of is None else "otherwise"
        case TracedLoop():
            return f"map_{block.mapped}" if block.mapped else "for_each"
    name = re.sub(r"[^A-Za-z0-9_]+", "_", block.name).strip("_") if isinstance(block.name, str) else ""
    return name if name and not name[0].isdigit() and not iskeyword(name) else f"group_{name}".strip("_")
