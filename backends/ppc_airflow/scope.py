"""What everything is called in the generated file, and where each value comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
from ppc_airflow.nodes import EitherOf, Gate, ItemsOf, Node, Nodes, either_id
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
    """

    arguments: tuple[Keyword, ...]
    expressions: Mapping[Value, Source]


@dataclass(frozen=True, slots=True)
class Scope:
    """The names in the generated file, by task.

    Args:
        dag: Of the DAG's function.
        functions: Of the task's function.
        variables: Of the variable with the task, where another task needs it.
        groups: Of the function of a loop's group, by loop.
        items: Of that function's parameter, by loop and list.
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
    taken: Mapping[str, Taken]
    rules: Mapping[str, Rule]
    callbacks: dict[str, Callback]

    def item_key(self, node: str, loop: str) -> Source:
        """The expression, in an f-string, for what names the current item; `loop_items` has seen to it that it can."""
        found = self.nodes.blocks[loop]
        if not isinstance(found, Loop) or found.key is None:
            return Source("ti.map_index")
        given = self.items[loop, found.items[0].name]
        parameter = next(each.name for each in self.taken[node].arguments if each.value == given)
        written = literal(found.key)
        if written != f"'{found.key}'":
            # Neither double quotes nor backslashes may stand there before Python 3.12.
            written = Source(f"bytes.fromhex('{found.key.encode().hex()}').decode()")
        return Source(f"{parameter}[{written}]")

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
    groups = {block.id: names.take(python_name(block.id)) for block in pipeline.blocks if isinstance(block, Loop)}
    needed = {each for node in nodes.by_id.values() for each in node.upstream}
    needed |= {node.id for node in nodes.by_id.values() if node.order or isinstance(node.body, ItemsOf)}
    in_order = [stage.id for stage in pipeline.stages]
    in_order += [id for id in nodes.by_id if id not in set(in_order)]
    variables = {id: names.take(f"{functions[id]}_task") for id in in_order if id in needed}
    items = {
        (block.id, each.name): name
        for block in pipeline.blocks
        if isinstance(block, Loop)
        for each, name in zip(block.items, _item_names(block, names), strict=True)
    }
    build = _Taking(nodes, variables, items, BODY_NAMES | CONTEXT_KEYS | (DECIDING_NAMES if decides else frozenset()))
    taken = {id: build.taken(node) for id, node in nodes.by_id.items()}
    return Scope(
        pipeline, nodes, dag, functions, variables, groups, items, taken, rules(nodes), callbacks(pipeline, names)
    )


def _item_names(loop: Loop, names: FreeNames) -> tuple[Source, ...]:
    """Names that nothing in the file has, so that the group's function hides nothing."""
    own = names.copy()
    return tuple(own.take(python_name(each.name)) for each in loop.items)


def values_in(node: Node) -> Iterator[tuple[str, Value]]:
    """The values that a task takes, each with a name for it."""
    match node.body:
        case Stage():
            yield from ((each.name, each.value) for each in node.body.inputs)
        case Gate():
            yield from ((_name(each), each) for each in values_of(node.body.branch))
        case ItemsOf():
            yield from ((each.name, each.value) for each in node.body.loop.items)


def collects(node: Node) -> bool:
    """Whether it takes what a loop's stage gave for each item."""
    return any(isinstance(value, Collected) for _, value in values_in(node))


def has_answer(stage: Stage) -> bool:
    """Whether its task returns anything."""
    return stage.result is not None or bool(stage.outputs)


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
        taken: frozenset[str],
    ) -> None:
        self._items = items
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
                    found[value] = take(value, name, Source(f"{self._variable(value.stage)}[{_key(value)}]"))
                case Collected(of=ResultRef() | ArtifactRef() as of):
                    found[value] = Source(f"collected(ti, {literal(self._task(of.stage))}, {_key(of)})")
                case ItemRef():
                    parameter = take((value.loop, value.name), value.name, self._items[value.loop, value.name])
                    found[value] = parameter if value.field is None else Source(f"{parameter}[{literal(value.field)}]")
                case FirstOf():
                    found[value] = _first(
                        [
                            (take(each.stage, each.stage, self._variable(each.stage)), _key(each))
                            for each in value.options
                        ]
                    )
        for keyed in self._keyed(node):
            take(keyed, keyed[1], self._items[keyed])
        if isinstance(node.body, EitherOf) and has_answer(node.body.stage):
            for stage in node.options[0]:
                take(stage, stage, self._variables[stage])
        return Taken(tuple(arguments.values()), found)

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

    def _variable(self, stage: str) -> Source:
        return self._variables[self._task(stage)]


def _first(options: list[tuple[Source, Source]]) -> Source:
    """What the first of some tasks gave that gave anything."""
    if len({key for _, key in options}) == 1:
        return Source(f"({' or '.join(name for name, _ in options)})[{options[0][1]}]")
    *others, (last, key) = options
    written = f"{last}[{key}]"
    for name, of in reversed(others):
        written = f"{name}[{of}] if {name} else {written}"
    return Source(written)
