"""What must hold for a stage to run, as facts that can contradict each other.

A fact is a comparison, or a combination that is no simpler, with whether it holds. `x >= 3` is the fact that `x < 3`
does not hold; of an AND that holds, each part holds; of an OR that does not, none does. Two sets of facts exclude each
other if one says what the other denies, or if no value is left that compares with all the constants as it should. The
answer errs on the safe side: what is not proven to be exclusive is taken as possible.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from portable_pipeline.ir import (
    AllOf,
    AnyOf,
    Block,
    Branch,
    Collected,
    Compare,
    Constant,
    FirstOf,
    Loop,
    Not,
    Operand,
    Pipeline,
    Predicate,
    Stage,
    Value,
)
from portable_pipeline.ir.control import around, block_upstream, loops_around, values_of, waits
from portable_pipeline.validate.limits import Limit, nothing_fits
from portable_pipeline.validate.uses import made_by_stages


class Fact(NamedTuple):
    """Something about a run.

    Args:
        subject: What is compared, or the whole of what is no simpler.
        relation: How: `==`, `<`, `<=`, `in`, or how it is combined.
        other: What with; for a constant its JSON.
        holds: Whether it does.
    """

    subject: str
    relation: str
    other: str
    holds: bool


Facts = frozenset[Fact]
NOTHING: Facts = frozenset()

_SWAPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_DENIED = {"!=": "==", ">=": "<", ">": "<="}


def facts_of(predicate: Predicate, holds: bool = True) -> Facts:
    """What is so where the predicate holds, or where it does not."""
    return frozenset(_facts(predicate, holds))


def contradictory(facts: Iterable[Fact]) -> bool:
    """Whether no run can have all of them."""
    known: dict[tuple[str, str, str], bool] = {}
    limits: dict[str, list[Limit]] = {}
    for fact in facts:
        if known.setdefault(fact[:3], fact.holds) != fact.holds:
            return True
        if fact.other.startswith("="):
            limit = Limit(fact.relation, json.loads(fact.other[1:]), fact.holds)
            limits.setdefault(fact.subject, []).append(limit)
    return any(len(each) > 1 and nothing_fits(each) for each in limits.values())


def facts_around(blocks: Mapping[str, Block], innermost: str | None) -> Facts:
    """What is so wherever the stages of a block run."""
    found: set[Fact] = set()
    for block in around(blocks, innermost):
        if isinstance(block, Branch):
            found |= facts_of(block.predicate, block.otherwise_of is None)
    return frozenset(found)


def needed_facts(pipeline: Pipeline) -> dict[str, Facts] | None:
    """What is so wherever each stage runs, because of its blocks and of the stages that it needs.

    None where stages wait for each other in a circle, which another check tells.
    """
    stages = {stage.id: stage for stage in pipeline.stages}
    blocks = {block.id: block for block in pipeline.blocks}
    needs = {name: [each for each in sources if each in stages] for name, sources in waits(pipeline).items()}
    try:
        ordered = tuple(TopologicalSorter(needs).static_order())
    except CycleError:
        return None
    found: dict[str, Facts] = {}
    for name in ordered:
        stage = stages[name]
        every = facts_around(blocks, stage.block)
        for _, facts in brought_along(stage, blocks, stages, found):
            every |= facts
        found[name] = every
    return found


def brought_along(
    stage: Stage, blocks: Mapping[str, Block], stages: Mapping[str, Stage], known: Mapping[str, Facts]
) -> Iterator[tuple[str, Facts]]:
    """What the stages that it needs bring along, each with its id; joins bring nothing."""
    for value in _needed_values(stage, blocks):
        for made in made_by_stages(value):
            if made.stage in stages and not isinstance(value, FirstOf):
                yield made.stage, _from_there(stages[made.stage], stage, value, blocks, known)
    for source in stage.after:
        if source in stages:
            yield source, _from_there(stages[source], stage, None, blocks, known)


def _needed_values(stage: Stage, blocks: Mapping[str, Block]) -> Iterator[Value]:
    yield from (given.value for given in stage.inputs)
    for block in around(blocks, stage.block):
        yield from values_of(block)


def _from_there(
    source: Stage, stage: Stage, value: Value | None, blocks: Mapping[str, Block], known: Mapping[str, Facts]
) -> Facts:
    """What the source brings. Of what is collected, skipped items are left out: what is around the loop counts."""
    here = {loop.id for loop in loops_around(blocks, stage.block)}
    left = next((loop for loop in loops_around(blocks, source.block) if loop.id not in here), None)
    if left is None and not isinstance(value, Collected):
        return known.get(source.id, NOTHING)
    if left is None:
        return NOTHING
    found = facts_around(blocks, left.parent)
    for each in block_upstream(left) if isinstance(left, Loop) else ():
        found |= known.get(each, NOTHING)
    return found


def _facts(predicate: Predicate, holds: bool) -> Iterator[Fact]:
    match predicate:
        case Compare():
            yield _comparison(predicate, holds)
        case Not():
            yield from _facts(predicate.item, not holds)
        case AllOf() | AnyOf():
            if isinstance(predicate, AllOf) is holds:
                for item in predicate.items:
                    yield from _facts(item, holds)
            yield Fact(_written(predicate), "all" if isinstance(predicate, AllOf) else "any", "", holds)


def _comparison(predicate: Compare, holds: bool) -> Fact:
    left, operator, right = predicate.left, str(predicate.operator), predicate.right
    if isinstance(left.value, Constant) and not isinstance(right.value, Constant) and operator != "in":
        left, operator, right = right, _SWAPPED.get(operator, operator), left
    if operator in _DENIED:
        operator, holds = _DENIED[operator], not holds
    return Fact(_side(left), operator, _side(right), holds)


def _side(operand: Operand) -> str:
    if not isinstance(operand.value, Constant):
        return operand.value.model_dump_json()
    value = operand.value.value
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # In Python 3.0 is 3.
    return f"={json.dumps(value, sort_keys=True)}"


def _written(predicate: Predicate) -> str:
    return predicate.model_dump_json()
