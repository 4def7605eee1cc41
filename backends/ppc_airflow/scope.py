"""What everything is called in the generated file, and where each value comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from portable_pipeline.codegen.calls import FreeNames, Keyword
from portable_pipeline.codegen.literals import Source, identifier, literal
from portable_pipeline.codegen.names import python_name
from portable_pipeline.ir import (
    ArtifactRef,
    Collected,
    Constant,
    FirstOf,
    ItemKey,
    ItemRef,
    Loop,
    ParameterRef,
    Pipeline,
    ResultRef,
    RunDate,
    RunTime,
    Stage,
    Value,
)
from portable_pipeline.ir.control import values_of
from ppc_airflow.hooks import callbacks
from ppc_airflow.names import BODY_NAMES, CONTEXT_KEYS, DECIDING_NAMES, MODULE_NAMES
from ppc_airflow.nodes import (
    CollectedOf,
    CopyOf,
    EitherOf,
    EntryOf,
    Gate,
    ItemsOf,
    Node,
    Nodes,
    collected_id,
    either_id,
    has_answer,
)
from ppc_airflow.plan import Callback
from ppc_airflow.rules import Rule, rules

RESULT = "result"
TI = identifier("ti")


@dataclass(frozen=True, slots=True)
class Taken:
    """What a task's function gets from other tasks.

    Args:
        arguments: The function's parameters, and what it is called with.
        expressions: In the function, for each value.
        at: In the function, the indexes of the item in a loop in a loop, where it needs them.
    """

    arguments: tuple[Keyword, ...]
    expressions: Mapping[Value, Source]
    at: Source | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """The names in the generated file, by task.

    Args:
        dag: Of the DAG's function.
        functions: Of the task's function.
        variables: Of the variable with the task, where another task needs it.
        groups: Of the function of a mapped group.
        items: Of that function's parameter, by loop and list.
        at: Of its parameter for the indexes of the item, by loop in a loop.
        taken: What each task gets.
        rules: How each task is decided.
        callbacks: By what they are for.
    """

    pipeline: Pipeline
    nodes: Nodes
    dag: Source
    functions: Mapping[str, Source]
    variables: Mapping[str, Source]
    groups: Mapping[str, Source]
    items: Mapping[tuple[str, str], Source]
    at: Mapping[str, Source]
    taken: Mapping[str, Taken]
    rules: Mapping[str, Rule]
    callbacks: dict[str, Callback]

    def item_key(self, node: str, loop: str) -> Source:
        """The expression, in an f-string, for what names the current item; `loop_items` has seen to it that it can."""
        found = self.nodes.blocks[loop]
        if not isinstance(found, Loop) or found.key is None:
            return self.indexes(node)[[each.id for each in self.nodes.loops_of(node)].index(loop)]
        given = self.items[loop, found.items[0].name]
        parameter = next(each.name for each in self.taken[node].arguments if each.value == given)
        written = literal(found.key)
        if written != f"'{found.key}'":
            # Neither double quotes nor backslashes may stand there before Python 3.12.
            written = Source(f"bytes.fromhex('{found.key.encode().hex()}').decode()")
        return Source(f"{parameter}[{written}]")

    def indexes(self, node: str) -> tuple[Source, ...]:
        """The expressions for the indexes of the current item, the outermost loop's first."""
        depth, at = len(self.nodes.loops_of(node)), self.taken[node].at
        if at is None:
            return (Source("ti.map_index"),)[:depth]
        return tuple(Source(f"{at}[{index}]") for index in range(depth))

    def value(self, node: str, value: Value) -> Source:
        """The expression for a value in the body of a task's function."""
        match value:
            case Constant():
                return literal(value.value)
            case ParameterRef():
                return Source(f"params[{literal(value.name)}]")
            case RunDate():
                return Source("run_date(dag_run)")
            case RunTime():
                return Source("run_time(dag_run)")
        return self.taken[node].expressions[value]


def scope_of(pipeline: Pipeline, nodes: Nodes) -> Scope:
    """The names for a pipeline's tasks."""
    hooks = (pipeline.on_exit, pipeline.on_failure, *(stage.on_failure for stage in pipeline.stages))
    decides = any(hooks) or any(not isinstance(each.body, Stage) for each in nodes.by_id.values())
    names = FreeNames(MODULE_NAMES | DECIDING_NAMES if decides else MODULE_NAMES)
    functions = {stage.id: names.take(python_name(stage.id)) for stage in pipeline.stages}
    dag = names.take(python_name(pipeline.name))
    functions |= {id: names.take(python_name(id)) for id in nodes.by_id if id not in functions}
    groups = {id: names.take(python_name(id)) for id in nodes.groups}
    needed = {each for node in nodes.by_id.values() for each in node.upstream}
    needed |= {node.id for node in nodes.by_id.values() if node.order or isinstance(node.body, ItemsOf)}
    in_order = [stage.id for stage in pipeline.stages]
    in_order += [id for id in nodes.by_id if id not in set(in_order)]
    variables = {id: names.take(f"{functions[id]}_task") for id in in_order if id in needed}
    at, items = _parameters(nodes, names)
    build = _Taking(
        nodes, variables, items, at, BODY_NAMES | CONTEXT_KEYS | (DECIDING_NAMES if decides else frozenset())
    )
    taken = {id: build.taken(node) for id, node in nodes.by_id.items()}
    return Scope(
        pipeline, nodes, dag, functions, variables, groups, items, at, taken, rules(nodes), callbacks(pipeline, names)
    )


def _parameters(nodes: Nodes, names: FreeNames) -> tuple[dict[str, Source], dict[tuple[str, str], Source]]:
    """The names of what groups' functions take; nothing in the file has them, so that these functions hide nothing."""
    at: dict[str, Source] = {}
    items: dict[tuple[str, str], Source] = {}
    loops = [each for each in nodes.blocks.values() if isinstance(each, Loop)]
    for loop in sorted(loops, key=lambda each: len(nodes.outer(each))):
        own, outer = names.copy(), nodes.outer(loop)
        own.keep(name for (of, _), name in items.items() if of in {each.id for each in outer})
        if outer:
            at[loop.id] = own.take("at")
        items |= {(loop.id, each.name): own.take(python_name(each.name)) for each in loop.items}
    return at, items


def values_in(node: Node) -> Iterator[tuple[str, Value]]:
    """The values that a task takes, each with a name for it."""
    match node.body:
        case Stage():
            yield from ((each.name, each.value) for each in node.body.inputs)
        case Gate():
            yield from ((_name(each), each) for each in values_of(node.body.branch))
        case ItemsOf():
            yield from ((each.name, each.value) for each in node.body.loop.items)


def pulls(node: Node, nodes: Nodes) -> frozenset[int]:
    """How deep the lists are that it takes from loops, apart from what is passed on to it."""
    values = [value for _, value in values_in(node)]
    return frozenset(depth_of(each) for each in values if isinstance(each, Collected) and not _is_passed(each, nodes))


def depth_of(value: Collected) -> int:
    """How many loops it is collected from: 2 for a list of lists."""
    return 1 + (depth_of(value.of) if isinstance(value.of, Collected) else 0)


def _is_passed(value: Collected, nodes: Nodes) -> bool:
    """Whether there is a task that collects it for whoever takes it: in a loop around that loop."""
    loop = nodes.blocks[value.loop]
    return isinstance(loop, Loop) and bool(nodes.outer(loop))


def gives(id: str, nodes: Nodes) -> bool:
    """Whether a task returns what stages have given."""
    match nodes.by_id[id].body:
        case Stage() as stage:
            return has_answer(stage)
        case EitherOf(stage=stage):
            return has_answer(stage)
        case CollectedOf(source=source) | CopyOf(source=source):
            return gives(source, nodes)
    return False


def _name(value: Value) -> str:
    match value:
        case ResultRef():
            return value.field or value.stage
        case ItemRef():
            return value.name
    return "value"


def _key(value: ResultRef | ArtifactRef) -> Source:
    return literal(value.output if isinstance(value, ArtifactRef) else value.field or RESULT)


class _Taking:
    def __init__(
        self,
        nodes: Nodes,
        variables: Mapping[str, Source],
        items: Mapping[tuple[str, str], Source],
        at: Mapping[str, Source],
        taken: frozenset[str],
    ) -> None:
        self._nodes = nodes
        self._items = items
        self._at = at
        self._stages = {stage.id: stage for stage in nodes.pipeline.stages}
        self._blocks = nodes.blocks
        self._variables = variables
        self._reserved = taken

    def taken(self, node: Node) -> Taken:
        names = FreeNames(self._reserved)
        found: dict[Value, Source] = {}
        arguments: dict[object, Keyword] = {}

        def take(key: object, wanted: str, given: Source) -> Source:
            """The parameter for something, once."""
            if key not in arguments:
                arguments[key] = Keyword(names.take(python_name(wanted)), given)
            return arguments[key].name

        for name, value in values_in(node):
            if isinstance(value, Constant) or value in found:
                continue
            match value:
                case ResultRef() | ArtifactRef():
                    found[value] = take(value, name, Source(f"{self._variable(node, value.stage)}[{_key(value)}]"))
                case Collected():
                    found[value] = self._collected(value, node, name, take)
                case ItemRef():
                    parameter = take((value.loop, value.name), value.name, self._items[value.loop, value.name])
                    found[value] = parameter if value.field is None else Source(f"{parameter}[{literal(value.field)}]")
                case FirstOf():
                    found[value] = _first(
                        [
                            (take(each.stage, each.stage, self._variable(node, each.stage)), _key(each))
                            for each in value.options
                        ]
                    )
        for keyed in self._keyed(node):
            take(keyed, keyed[1], self._items[keyed])
        if isinstance(node.body, EitherOf) and has_answer(node.body.stage):
            for stage in node.options[0]:
                take(stage, stage, self._variables[stage])
        at = None
        if self._has_to_know_where(node):
            loop = self._nodes.loops_of(node.id)[-1].id
            at = take(("at", loop), "at", self._at[loop])
        return Taken(tuple(arguments.values()), found, at)

    def _keyed(self, node: Node) -> Iterator[tuple[str, str]]:
        """Lists of loops whose current item an address is named after."""
        outputs = node.body.outputs if isinstance(node.body, Stage) else ()
        for part in (part for output in outputs for part in output.uri.parts):
            loop = self._blocks.get(part.loop) if isinstance(part, ItemKey) else None
            if isinstance(loop, Loop) and loop.key is not None:
                yield loop.id, loop.items[0].name

    def _task(self, stage: str) -> str:
        stand_in = self._stages[stage].fallback
        return stage if stand_in is None else either_id(stage, stand_in)

    def _variable(self, node: Node, stage: str) -> Source:
        """The variable with what a stage gives where that task is."""
        task = self._task(stage)
        return self._variables[node.copies.get(task, task)]

    def _collected(
        self, value: Collected, node: Node, name: str, take: Callable[[object, str, Source], Source]
    ) -> Source:
        """What a stage gave for each item, as lists in lists for loops in loops."""
        depth, of = depth_of(value), value.of
        while isinstance(of, Collected):
            of = of.of
        tasks = [self._task(of.stage)]
        for _ in range(depth):
            tasks.append(collected_id(tasks[-1]))
        key = _key(of)
        if _is_passed(value, self._nodes):
            passed = node.copies.get(tasks[-1], tasks[-1])
            return _each(take(passed, name, self._variables[passed]), depth, key)
        if depth == 1:
            return Source(f"collected(ti, {literal(tasks[0])}, {key})")
        return _each(Source(f"collected_lists(ti, {literal(tasks[-2])})"), depth, key)

    def _has_to_know_where(self, node: Node) -> bool:
        """Whether it is in a loop in a loop, and looks for other tasks or tells its stage where it is."""
        loops = self._nodes.loops_of(node.id)
        if isinstance(node.body, CopyOf):
            return len(self._nodes.loops_of(node.body.source)) < len(loops)
        return len(loops) > 1 and isinstance(node.body, Stage | EntryOf | CollectedOf)


def _each(given: Source, depth: int, key: Source) -> Source:
    """A part of each answer, of answers in lists in lists."""
    inner, name = Source(f"each[{key}]"), "each"
    for level in range(1, depth):
        around = "items" if level == 1 else f"items_{level}"
        inner, name = Source(f"[{inner} for {name} in {around}]"), around
    return Source(f"[{inner} for {name} in {given}]")


def _first(options: list[tuple[Source, Source]]) -> Source:
    """What the first of some tasks gave that gave anything."""
    if len({key for _, key in options}) == 1:
        return Source(f"({' or '.join(name for name, _ in options)})[{options[0][1]}]")
    *others, (last, key) = options
    written = f"{last}[{key}]"
    for name, of in reversed(others):
        written = f"{name}[{of}] if {name} else {written}"
    return Source(written)
