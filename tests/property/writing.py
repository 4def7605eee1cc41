"""Random pipelines, written block by block: branches, loops, groups, joins and stand-ins that are all valid."""

from __future__ import annotations

from collections.abc import Callable, Collection

from hypothesis import strategies as st

from portable_pipeline.ir import (
    AllOf,
    AnyOf,
    ArtifactRef,
    Block,
    Branch,
    Collected,
    Compare,
    Constant,
    FirstOf,
    Group,
    Items,
    ListOf,
    Loop,
    Not,
    Operand,
    Predicate,
    PythonBody,
    ResultRef,
    RunTime,
    Scalar,
    Stage,
)
from tests.property.parts import Scope, address_of, made_by, stages
from tests.property.source import TOLD_OF_FAILURE
from tests.property.typed_values import MODULE, SCALAR_VALUES, texts, types, values_of


class Writer:
    """Writes one random pipeline, block by block.

    Args:
        draw: Hypothesis' own.
        free: Names of stages that are left.
        without: Ids of rules that it must not rely on.
    """

    def __init__(self, draw: st.DrawFn, free: list[str], without: Collection[str]) -> None:
        self._draw = draw
        self._free = free
        self._without = without
        self._decided: set[str] = set()
        self.stages: list[Stage] = []
        self.blocks: list[Block] = []
        kinds = ["stage", "stage", "stage", "group"]
        kinds += ["branch", "branch"] if self._may("C") else []
        kinds += ["loop", "loop"] if self._may("M") else []
        kinds += ["fallback"] if self._may("F3") else []
        self._kinds = kinds

    def _may(self, rules: str) -> bool:
        """Whether it may rely on the rules whose ids begin so; a part of a rule is asked for by its own id."""
        return not any(rule.startswith(rules) and (rule == rules or "." not in rule) for rule in self._without)

    def body(self, scope: Scope, depth: int = 0, most: int = 8) -> Scope:
        """At least one stage in a block; gives the scope after it, as seen from inside."""
        for count in range(most):
            if not self._free or (count and self._draw(st.integers(0, 3)) == 0):
                break
            kind = self._draw(st.sampled_from(self._kinds)) if depth < 3 and len(self._free) > 1 else "stage"
            scope = scope.with_more(getattr(self, f"_{kind}")(scope, depth))
        return scope

    def _stage(self, scope: Scope, depth: int) -> Scope:
        stage = self._draw(stages(self._free.pop(), scope, "R2.jitter" not in self._without))
        if self._may("X2") and self._may("X2.timeout") and self._draw(st.integers(0, 4)) == 0:
            stage = stage.model_copy(update={"on_failure": TOLD_OF_FAILURE})
        self.stages.append(stage)
        return made_by(stage)

    def _fallback(self, scope: Scope, depth: int) -> Scope:
        made = self._stage(scope, depth)
        primary = self.stages[-1]
        if not isinstance(primary.body, PythonBody) or not self._free:
            return made
        name = self._free.pop()
        self.stages[-1] = primary.model_copy(update={"fallback": name})
        self.stages.append(
            Stage(
                id=name,
                body=PythonBody(module=MODULE, function=name),
                outputs=tuple(
                    each.model_copy(update={"uri": address_of(name, each.name, scope)}) for each in primary.outputs
                ),
                result=primary.result,
                block=scope.block,
                stands_in_for=primary.id,
            )
        )
        return made

    def _group(self, scope: Scope, depth: int) -> Scope:
        block = self._add(lambda name: Group(id=name, parent=scope.block, name=self._draw(texts)))
        return self.body(scope.inside(block.id), depth + 1, 3)

    def _loop(self, scope: Scope, depth: int) -> Scope:
        lists = [(each.item, value) for each, value in scope.values if isinstance(each, ListOf)]
        lists = [each for each in lists if not isinstance(each[1], FirstOf)]
        if lists and self._draw(st.booleans()):
            declared, value = self._draw(st.sampled_from(lists))
            items = (Items(name="item", value=value, type=declared),)
        else:
            length = self._draw(st.integers(0, 3))
            chosen = self._draw(st.lists(types, min_size=1, max_size=2))
            items = tuple(
                Items(
                    name=f"item_{index}",
                    value=Constant(value=self._draw(st.lists(values_of(each), min_size=length, max_size=length))),
                    type=each,
                )
                for index, each in enumerate(chosen)
            )
        most = self._draw(st.none() | st.integers(1, 3))
        loop = self._add(lambda name: Loop(id=name, parent=scope.block, items=items, max_parallel=most))
        assert isinstance(loop, Loop)
        inside = scope.inside(loop.id, loop)
        at = len(self.blocks)
        made = self.body(inside, depth + 1, 3)
        if not self._may("M5.outer") and any(isinstance(each, Loop) for each in self.blocks[at:]):
            self.blocks[at - 1] = loop.model_copy(update={"max_parallel": None})
        known = {id(value) for _, value in inside.values} | {id(value) for _, value in inside.artifacts}
        one_level = (ResultRef, ArtifactRef, Collected)
        return Scope(
            values=tuple(
                (ListOf(item=declared), Collected(loop=loop.id, of=value))
                for declared, value in made.values
                if id(value) not in known and isinstance(value, one_level)
            ),
            # A list of lists of artifacts is nothing that a stage can take.
            artifacts=tuple(
                (kind, Collected(loop=loop.id, of=value))
                for kind, value in made.artifacts
                if id(value) not in known and isinstance(value, ArtifactRef)
            ),
        )

    def _branch(self, scope: Scope, depth: int) -> Scope:
        predicate = self._predicate(scope)
        if predicate is None:
            return self._stage(scope, depth)
        block = self._add(lambda name: Branch(id=name, parent=scope.block, predicate=predicate))
        first = self._alone(self.body(scope.inside(block.id), depth + 1, 2), scope)
        if not self._free or self._draw(st.integers(0, 2)) == 0:
            return Scope(values=())
        other = self._add(lambda name: Branch(id=name, parent=scope.block, predicate=predicate, otherwise_of=block.id))
        second = self._alone(self.body(scope.inside(other.id), depth + 1, 2), scope)
        if not self._may("C4"):
            return Scope(values=())
        return Scope(
            values=tuple(
                (declared, FirstOf(options=(one, two)))
                for declared, one in first.values
                for other_type, two in second.values
                if declared == other_type and isinstance(one, ResultRef) and isinstance(two, ResultRef)
            ),
            artifacts=tuple(
                (kind, FirstOf(options=(one, two)))
                for kind, one in first.artifacts
                for other_kind, two in second.artifacts
                if kind == other_kind and isinstance(one, ArtifactRef) and isinstance(two, ArtifactRef)
            ),
        )

    def _alone(self, made: Scope, outer: Scope) -> Scope:
        """What has come in addition."""
        return Scope(
            values=tuple(each for each in made.values if each not in outer.values),
            artifacts=tuple(each for each in made.artifacts if each not in outer.artifacts),
        )

    def _predicate(self, scope: Scope) -> Predicate | None:
        """One that no other in the pipeline contradicts: each decides about something else."""
        sides = [
            Operand(value=value, type=declared)
            for declared, value in scope.values
            if isinstance(declared, Scalar)
            and not isinstance(value, FirstOf | RunTime)
            and declared.name in SCALAR_VALUES
            and value.model_dump_json() not in self._decided
        ]
        if not sides:
            return None
        chosen = self._draw(st.lists(st.sampled_from(sides), min_size=1, max_size=2, unique_by=repr))
        self._decided |= {each.value.model_dump_json() for each in chosen}
        found = [self._comparison(each) for each in chosen]
        if len(found) == 2:
            return self._draw(st.sampled_from([AllOf, AnyOf]))(items=tuple(found))
        return self._draw(st.sampled_from([found[0], Not(item=found[0])]))

    def _comparison(self, left: Operand) -> Compare:
        assert isinstance(left.type, Scalar)
        constants = values_of(left.type)
        ordered = left.type.name != "bool"
        operator = self._draw(st.sampled_from(["==", "!=", "in", *(("<", "<=", ">", ">=") if ordered else ())]))
        if operator == "in":
            listed = Constant(value=self._draw(st.lists(constants, min_size=1, max_size=3)))
            return Compare(left=left, operator="in", right=Operand(value=listed, type=ListOf(item=left.type)))
        right = Operand(value=Constant(value=self._draw(constants)), type=left.type)
        return Compare(left=left, operator=operator, right=right)

    def _add(self, make: Callable[[str], Block]) -> Block:
        block = make(f"b_{len(self.blocks) + 1}")
        self.blocks.append(block)
        return block
