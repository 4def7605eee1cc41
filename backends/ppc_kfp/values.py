"""Expressions for values in the pipeline's function, by the group in which they are taken."""

from __future__ import annotations

from portable_pipeline.codegen.literals import Source, commas, identifier, literal
from portable_pipeline.ir import (
    ArtifactRef,
    Collected,
    Constant,
    FirstOf,
    ItemRef,
    ParameterRef,
    ResultRef,
    RunDate,
    Value,
)
from ppc_kfp.nodes import AllEnded, Ended, Group, Wanted
from ppc_kfp.passing import Single, common
from ppc_kfp.scope import Scope
from ppc_kfp.wires import Wire, constant


def value(given: Value, how: Wire, at: Group, scope: Scope) -> Source:
    """What a task takes.

    Args:
        how: As what a constant travels.
        at: The group of the task.
    """
    if isinstance(given, Constant):
        return constant(given.value, how)
    if isinstance(given, ParameterRef):
        return identifier(given.name)
    if isinstance(given, ItemRef):
        return Source(f"{scope.items[given.loop]}.{scope.slots[given.loop][given]}")
    if isinstance(given, ResultRef | ArtifactRef | Collected | FirstOf):
        return of_stages(given, at, scope)
    return scope.moments["date" if isinstance(given, RunDate) else "time"]


def of_stages(given: Single | FirstOf, at: Group, scope: Scope) -> Source:
    """What stages give, as it reaches a group."""
    if not isinstance(given, FirstOf):
        home = scope.passing.home(given)
        return _plain(given, scope) if at[: len(home)] == home else _marked(given, at, scope)
    if scope.passing.native(given):
        return _one_of(*(_own_text(each, scope.passing.stages[each.stage], scope) for each in given.options))
    joined = scope.passing.join_at(given, at)
    assert joined is not None
    return Source(f"{scope.joined[joined, given]}.output")


def text_in(given: Single | FirstOf, at: Group, scope: Scope) -> Source:
    """The same as text: a value, an artifact's record, or the mark."""
    if isinstance(given, FirstOf):
        return of_stages(given, at, scope)
    home = scope.passing.home(given)
    if at[: len(home)] != home:
        return _marked(given, at, scope)
    return _plain(given, scope) if isinstance(given, Collected | AllEnded) else _own_text(given, home, scope)


def collected_in(given: Single, body: Group, scope: Scope) -> Source:
    """What is collected, from a task of the loop's own."""
    return _own_text(given, body, scope)


def passed_on(given: Single, at: Group, scope: Scope) -> Source:
    """What the task takes that passes a value on in a group."""
    home = scope.passing.home(given)
    if home != at:
        return _marked(given, at, scope)
    return literal("ended") if isinstance(given, Ended) else _plain(given, scope)


def words(given: Wanted) -> str:
    """A value for people."""
    match given:
        case FirstOf():
            return ", ".join(map(words, given.options))
        case Collected() | AllEnded():
            return words(given.of)
        case Ended():
            return given.stage
        case ArtifactRef():
            return f"{given.stage}.{given.output}"
    return given.stage if given.field is None else f"{given.stage}.{given.field}"


def _plain(given: Single, scope: Scope) -> Source:
    if isinstance(given, Collected | AllEnded):
        empty = scope.empty[scope.passing.body(given)]
        return _one_of(Source(f"{scope.gathered[given]}.output"), Source(f"{empty}.output"))
    assert not isinstance(given, Ended)
    producer = scope.components[given.stage]
    name = producer.artifacts[given.output] if isinstance(given, ArtifactRef) else producer.values[given.field]
    return _output(given.stage, str(name), scope)


def _marked(given: Single, at: Group, scope: Scope) -> Source:
    """Out of the outermost group that is not around."""
    home = scope.passing.home(given)
    group = home[: common(home, at) + 1]
    return _one_of(_own_text(given, group, scope), Source(f"{scope.marks[group]}.output"))


def _own_text(given: Single, group: Group, scope: Scope) -> Source:
    """The output of a task that stands in the group itself."""
    if given in scope.passing.passed.get(group, ()):
        return Source(f"{scope.passed[group, given]}.output")
    if isinstance(given, ArtifactRef):
        return _output(given.stage, scope.components[given.stage].records[given.output], scope)
    return _plain(given, scope)


def _output(stage: str, name: str, scope: Scope) -> Source:
    task = scope.tasks[stage]
    return Source(f"{task}.output" if scope.components[stage].has_single_output else f"{task}.outputs[{literal(name)}]")


def _one_of(*texts: Source) -> Source:
    return Source(f"dsl.OneOf({commas(texts)})")
