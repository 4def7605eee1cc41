"""What the flow, or a loop for each item, submits."""

from __future__ import annotations

from collections.abc import Iterator

from portable_pipeline.codegen.calls import Argument, Keyword
from portable_pipeline.codegen.literals import Source, commas, identifier, literal
from portable_pipeline.ir import Branch, ItemRef, Loop, Stage, Value
from ppc_prefect.needs import (
    gate_name,
    loop_name,
    needed_by_primary,
    needs_of_block,
    needs_of_stage,
    only_waited_for,
    skip_of_block,
)
from ppc_prefect.plan import Loop as LoopPlan
from ppc_prefect.plan import Submission
from ppc_prefect.scope import Scope
from ppc_prefect.values import value_source


class Submissions:
    """The submissions of one pipeline."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._control = scope.control

    def of(self, loop: str | None) -> tuple[Submission | LoopPlan, ...]:
        """What is submitted for each item of a loop; by the flow itself where there is none."""
        return tuple(self._all(loop))

    def _all(self, loop: str | None) -> Iterator[Submission | LoopPlan]:
        for unit in self._control.order(loop):
            if isinstance(unit, Stage):
                yield self._stage(unit, loop)
                if unit.stands_in_for is not None:
                    yield self._either(unit.stands_in_for, unit.id, loop)
            elif isinstance(unit, Branch):
                yield self._block(unit, gate_name(unit), loop)
            else:
                yield self._loop(unit, loop)
                yield from self._gathers(unit, loop)

    def _stage(self, stage: Stage, loop: str | None) -> Submission:
        scope = self._scope
        arguments = [Keyword(argument.name, given) for argument, given in needs_of_stage(stage, scope)]
        waited = only_waited_for(stage, scope)
        if waited:
            arguments.append(Keyword(identifier("wait_for"), Source(f"[{commas(waited)}]")))
        future = scope.futures[stage.id, None]
        return Submission(stage.id, future, scope.tasks[stage.id], tuple(arguments), noted=self._noted(stage.id, loop))

    def _block(self, block: Branch | Loop, name: str, loop: str | None) -> Submission:
        scope = self._scope
        arguments = [Keyword(argument.name, given) for argument, given in needs_of_block(block, scope)]
        if isinstance(block, Loop) and loop is not None:
            arguments.insert(0, Keyword(scope.instance, scope.instance))
        # The item comes behind the block's id: the rest of the name is what it is about.
        of, colon, about = name.partition(":")
        noted = self._noted(of, loop, f"{colon}{about}")
        return Submission(name, scope.block_futures[block.id], scope.blocks[block.id], tuple(arguments), noted=noted)

    def _either(self, primary: str, stand_in: str, loop: str | None) -> Submission:
        """What consumers of the primary take."""
        scope = self._scope
        name = f"{primary} or {stand_in}"
        allow_failure = scope.helpers["allow_failure"]
        arguments = [
            Keyword(identifier("primary"), Source(f"{allow_failure}({scope.futures[primary, None]})")),
            Keyword(identifier("stand_in"), Source(f"{allow_failure}({scope.futures[stand_in, None]})")),
        ]
        waited = needed_by_primary(self._control.stages[primary], scope)
        if waited:
            arguments.append(Keyword(identifier("wait_for"), Source(f"[{commas(waited)}]")))
        function = Source(f"{scope.helpers['either']}.with_options(name={literal(name)})")
        noted = None if loop is None else self._noted(name, loop)
        return Submission(name, scope.saved[primary], function, tuple(arguments), counts=False, noted=noted)

    def _gathers(self, inner: Loop, loop: str | None) -> Iterator[Submission]:
        scope = self._scope
        for stage, gathered in scope.gathered:
            if gathered != inner.id:
                continue
            fallback = self._control.stages[stage].fallback
            of = stage if fallback is None else f"{stage} or {fallback}"
            if self._control.loop_of(self._control.stages[stage].block) != inner.id:
                of = f"collect {of}"
            arguments = (
                Keyword(identifier("of"), self._key(of, loop)),
                Keyword(identifier("count"), scope.block_futures[inner.id]),
                *self._needed(stage, inner),
            )
            name = f"collect {of}"
            future, collect = scope.futures[stage, inner.id], scope.helpers["collect"]
            noted = None if loop is None else self._noted(name, loop)
            yield Submission(name, future, collect, arguments, counts=False, noted=noted)

    def _needed(self, stage: str, inner: Loop) -> Iterator[Keyword]:
        """What a stage of a loop needs of outside: where there is no item, nothing else would tell that it failed."""
        needs = self._control.loop_needs
        needed = needs.open(stage, inner.id) if needs.may_run_for_none(inner.id) else ()
        loops = ((each, self._control.inner_loop(each, inner.parent)) for each in needed)
        futures = [self._scope.future((each, None if loop is None else loop.id)) for each, loop in loops]
        if futures:
            yield Keyword(identifier("wait_for"), Source(f"[{commas(futures)}]"))

    def _loop(self, inner: Loop, loop: str | None) -> LoopPlan:
        scope = self._scope
        lists = (Source(f"{literal(each.name)}: {self._listed(each.value)}") for each in inner.items)
        needs = [argument for argument, _ in needs_of_block(inner, scope)]
        if loop is not None:
            needs.insert(0, Argument(scope.instance, Source("str")))
        body = self.of(inner.id)
        return LoopPlan(
            name=loop_name(inner),
            run_name=None if loop is None else literal(f"{inner.id}{{{scope.instance}}}"),
            function=scope.blocks[inner.id],
            arguments=tuple(needs),
            skip_if=skip_of_block(inner, scope),
            lists=Source(f"{{{commas(lists)}}}"),
            key=None if inner.key is None else literal(inner.key),
            limit=None if inner.max_parallel is None else literal(inner.max_parallel),
            run=scope.runs[inner.id],
            instance=scope.instance,
            item=scope.items[inner.id],
            item_key=scope.item_keys[inner.id],
            around=None if loop is None else scope.instance,
            body=body,
            futures=tuple(each.submission.future if isinstance(each, LoopPlan) else each.future for each in body),
            submission=self._block(inner, loop_name(inner), loop),
        )

    def _listed(self, value: Value) -> Source:
        """What a loop runs over, in the function of its task: that of an item of another loop is still in that item."""
        if not isinstance(value, ItemRef):
            return value_source(value, self._scope)
        found = f"{self._scope.items[value.loop]}[{literal(value.name)}]"
        return Source(found if value.field is None else f"{found}[{literal(value.field)}]")

    def _noted(self, name: str, loop: str | None, about: str = "") -> Source | None:
        return self._key(name, loop, about) if self._control.notes else None

    def _key(self, name: str, loop: str | None, about: str = "") -> Source:
        if loop is None:
            return literal(f"{name}{about}")
        before, after = (each.replace("{", "{{").replace("}", "}}") for each in (name, about))
        return Source(f"f{literal(f'{before}{{{self._scope.instance}}}{after}')}")
