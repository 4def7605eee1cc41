"""The statements that make the tasks, group by group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from portable_pipeline.codegen.calls import Keyword
from portable_pipeline.codegen.literals import Source, identifier, literal
from portable_pipeline.ir import (
    ArtifactInput,
    Collected,
    ItemKey,
    Loop,
    ResultRef,
    RunDate,
    Stage,
    Text,
    Uri,
)
from portable_pipeline.ir.control import block_upstream
from portable_pipeline.ir.graph import upstream
from ppc_kfp.components import Lowered, key_loops
from ppc_kfp.demands import source_wire
from ppc_kfp.failing import bound, loops
from ppc_kfp.loops import Position, items_arguments
from ppc_kfp.loops import shown as shown_items
from ppc_kfp.nodes import AllEnded, Condition, Ended, Group, Node, Repeated, innermost, sides
from ppc_kfp.passing import Single, common
from ppc_kfp.plan import Step, Task
from ppc_kfp.plan_passing import ARE_GIVEN, FIRST_GIVEN, NO_ITEMS, NOTHING, PASS_ON
from ppc_kfp.predicates import SHOWN_AS as WHEN
from ppc_kfp.predicates import predicate_arguments
from ppc_kfp.predicates import shown as shown_predicate
from ppc_kfp.scope import Scope
from ppc_kfp.values import collected_in, passed_on, text_in, value, words
from ppc_kfp.waits import retries
from ppc_kfp.wires import escaped

#: How tasks are shown that gather, pass on or join; no stage id has a space in it.
COLLECT, PASS, JOIN = "collect ", "pass on ", "first of "


def steps_of(scope: Scope) -> Iterator[Step]:
    """All of them, in order."""
    return _nodes(scope.nodes, (), scope)


def stage_task(stage: Stage, scope: Scope, at: Group = ()) -> Task:
    """The task of a stage.

    Args:
        at: The group in which it stands.
    """
    lowered = scope.components[stage.id]
    return Task(
        stage=stage.id,
        component=lowered.component.name,
        variable=scope.tasks.get(stage.id),
        arguments=tuple(_task_arguments(stage, lowered, scope, at)),
        after=tuple(_after(stage, scope, at)),
        retries=retries(stage.retry),
        timeout_seconds=bound(stage),
    )


def _nodes(nodes: tuple[Node, ...], at: Group, scope: Scope) -> Iterator[Step]:
    """The statements for what stands together in a group, and for what passes through it."""
    depth = _depth(at, scope)
    opens = bool(at)
    known: set[str] = set()
    for index, node in enumerate(nodes):
        tasks = [*_joins(at, index, scope), *_deciding(node, at, known, scope)]
        if isinstance(node, str):
            tasks.append(stage_task(scope.paths.stages[node], scope, at))
        for task in tasks:
            yield Step(depth, task, None, opens)
            opens = False
        if isinstance(node, Condition):
            yield from _condition(node, (at, index), scope, depth, opens=opens)
        elif isinstance(node, Repeated):
            yield from _repeated(node, (*at, (index, "body")), scope, depth, opens=opens)
        opens = False
        for task in _passing_on(node, at, index, scope):
            yield Step(depth, task, None, opens)


def _depth(at: Group, scope: Scope) -> int:
    """A loop stands in a condition on whether it has items."""
    return sum(1 + isinstance(scope.passing.nodes[at[: depth + 1]], Repeated) for depth in range(len(at)))


# ---- groups


def _condition(node: Condition, place: tuple[Group, int], scope: Scope, depth: int, *, opens: bool) -> Iterator[Step]:
    holds = f"{scope.conditions[node.decider]}.output"
    at, index = place
    # The side with something in it comes first: `dsl.Else` is what a mark stands in.
    found = [(side, inner) for side, inner in sides(node) if inner]
    for number, (side, inner) in enumerate(found):
        answer = "yes" if side == "held" else "no"
        head = "with dsl.Else():" if number else f'with dsl.If({holds} == "{answer}"):'
        yield Step(depth, None, Source(head), opens and not number)
        yield from _nodes(inner, (*at, (index, side)), scope)
    group = (*at, (index, found[0][0]))
    if group in scope.marks:
        yield Step(depth, None, Source("with dsl.Else():"), opens=False)
        task = _added(f"{PASS}nothing", identifier(NOTHING), scope.marks[group], ())
        yield Step(depth + 1, task, None, opens=True)


def _repeated(node: Repeated, body: Group, scope: Scope, depth: int, *, opens: bool) -> Iterator[Step]:
    """The loop, and what is collected from it; neither where there are no items."""
    loop = scope.paths.loops[node.loop]
    most = "" if loop.max_parallel is None else f", parallelism={literal(loop.max_parallel)}"
    prepared = scope.prepared[node.loop]
    yield Step(depth, None, Source(f'with dsl.If({prepared}.outputs["any"] == "yes"):'), opens)
    head = f'with dsl.ParallelFor({prepared}.outputs["items"]{most}) as {scope.items[node.loop]}:'
    yield Step(depth + 1, None, Source(head), opens=True)
    yield from _nodes(node.body, body, scope)
    for each in scope.passing.collected.get(body, ()):
        given = Keyword(Source("values"), Source(f"dsl.Collected({collected_in(each.of, body, scope)})"))
        shown = f"{COLLECT}{words(each)}"
        task = _added(shown, scope.gatherings[each].name, scope.gathered[each], (given,))
        yield Step(depth + 1, task, None, opens=False)
    if body in scope.empty:
        yield Step(depth, None, Source("with dsl.Else():"), opens=False)
        task = _added(f"{COLLECT}nothing", identifier(NO_ITEMS), scope.empty[body], ())
        yield Step(depth + 1, task, None, opens=True)


# ---- tasks that belong to no stage


def _added(
    shown: str, component: Source, variable: Source, arguments: tuple[Keyword, ...], after: tuple[Source, ...] = ()
) -> Task:
    # KFP and Argo replace what is in double braces.
    name = shown.replace("{{", "{ {").replace("}}", "} }")
    return Task(name, component, variable, arguments, after, retries=None, timeout_seconds=None)


def _joins(at: Group, index: int, scope: Scope) -> Iterator[Task]:
    for each, before in scope.passing.joined.get(at, {}).items():
        if before == index:
            options = [text_in(option, at, scope) for option in each.options]
            yield _added(JOIN + words(each), identifier(FIRST_GIVEN), scope.joined[at, each], _numbered(options))


def _deciding(node: Node, at: Group, known: set[str], scope: Scope) -> Iterator[Task]:
    """The task that a condition or a loop asks, once in each group."""
    if isinstance(node, str):
        return
    decider = node.loop if isinstance(node, Repeated) else node.decider
    if decider in known:
        return
    known.add(decider)
    if isinstance(node, Repeated):
        yield _items(scope.paths.loops[decider], at, scope)
    elif decider in scope.paths.givens:
        wants = scope.paths.givens[decider].wants
        texts = [text_in(each, at, scope) for each in wants]
        shown = f"{WHEN}{', '.join(map(words, wants))} {'is' if len(wants) == 1 else 'are'} given"
        yield _added(shown, identifier(ARE_GIVEN), scope.conditions[decider], _numbered(texts))
    else:
        yield _predicate(decider, at, scope)


def _predicate(when: str, at: Group, scope: Scope) -> Task:
    branch = scope.paths.branches[when]
    alone = scope.is_checked and not at and not block_upstream(branch)
    is_text = partial(scope.passing.is_text, when)
    arguments = predicate_arguments(branch, lambda found, how: value(found, how, at, scope), is_text)
    after = (scope.check,) if alone else ()
    return _added(shown_predicate(branch), scope.predicates[when].name, scope.conditions[when], arguments, after)


def _items(loop: Loop, at: Group, scope: Scope) -> Task:
    alone = scope.is_checked and not at and not block_upstream(loop)
    how = partial(source_wire, scope.pipeline)
    arguments = items_arguments(loop, lambda found, wire: value(found, wire, at, scope), how)
    after = (scope.check,) if alone else ()
    return _added(shown_items(loop), scope.loops[loop.id].name, scope.prepared[loop.id], arguments, after)


def _passing_on(node: Node, at: Group, index: int, scope: Scope) -> Iterator[Task]:
    """The tasks that pass on what a node gives."""
    for each in scope.passing.passed.get(at, ()):
        origin = scope.passing.stages[_single(each)]
        stands = origin[len(at)][0] == index if len(origin) > len(at) else node == _single(each)
        if stands:
            yield _pass_on(each, at, scope)


def _single(each: Single) -> str:
    found = innermost(each) if isinstance(each, Collected | AllEnded) else each
    return found.stage


def _pass_on(each: Single, at: Group, scope: Scope) -> Task:
    given = (Keyword(Source("value"), passed_on(each, at, scope)),)
    own = scope.passing.home(each) == at
    after = (scope.tasks[each.stage],) if own and isinstance(each, Ended) else ()
    how = scope.paths.wire(each) if own and isinstance(each, ResultRef) else "text"
    return _added(f"{PASS}{words(each)}", identifier(PASS_ON[how]), scope.passed[at, each], given, after)


def _numbered(texts: Iterable[Source]) -> tuple[Keyword, ...]:
    return tuple(Keyword(identifier(f"value_{number}"), each) for number, each in enumerate(texts, start=1))


# ---- tasks of stages


def _task_arguments(stage: Stage, lowered: Lowered, scope: Scope, at: Group) -> Iterator[Keyword]:
    for each in stage.inputs:
        how = "json" if isinstance(each, ArtifactInput) else lowered.wires[each.name]
        yield Keyword(lowered.inputs[each.name], value(each.value, how, at, scope))
    for name, given in lowered.from_primary:
        yield Keyword(name, Source(f"{scope.tasks[stage.stands_in_for or '']}.outputs[{literal(given)}]"))
    keys = dict(zip(key_loops(stage), lowered.keys, strict=True))
    for output in stage.outputs:
        yield Keyword(lowered.uris[output.name], _uri(output.uri, scope, keys))
    for loop, name in keys.items():
        yield Keyword(name, Source(f"{scope.items[loop]}.{scope.slots[loop][ItemKey(loop=loop)]}"))
    if lowered.told is not None:
        yield Keyword(lowered.told.stage, literal(stage.id))
        yield Keyword(lowered.told.run, Source("dsl.PIPELINE_JOB_ID_PLACEHOLDER"))
        for loop, name in zip(loops(scope.pipeline, stage), lowered.told.indices, strict=True):
            yield Keyword(name, Source(f"{scope.items[loop]}.{scope.slots[loop][Position(loop)]}"))


def _after(stage: Stage, scope: Scope, at: Group) -> Iterator[Source]:
    # What decides about the group around it has waited.
    if scope.is_checked and not at and not upstream(stage):
        yield scope.check
    for each in scope.paths.orders(stage):
        if each == Ended(stage.stands_in_for or ""):
            continue  # it takes what that has given
        home = scope.passing.home(each)
        if isinstance(each, Ended) and at[: len(home)] == home:
            yield scope.tasks[each.stage]
        else:
            yield scope.passed[home[: common(home, at)], each]


def _uri(uri: Uri, scope: Scope, keys: Mapping[str, Source]) -> Source:
    if all(isinstance(part, Text) for part in uri.parts):
        return literal(escaped("".join(part.text for part in uri.parts if isinstance(part, Text))))
    written = ""
    for part in uri.parts:
        if isinstance(part, Text):
            text = escaped(part.text)
            for key in keys.values():
                # Not the mark that the component replaces.
                text = text.replace(f"{{{key}}}", f"\u2060007b{key}}}")
            written += text.replace("{", "{{").replace("}", "}}")
        elif isinstance(part, RunDate):
            written += f"{{{scope.moments['date']}}}"
        elif isinstance(part, ItemKey):
            written += f"{{{{{keys[part.loop]}}}}}"
        else:
            written += f"{{{scope.texts.get(part.name, part.name)}}}"
    return Source(f"f{literal(written)}")
