"""Questions on compiled pipelines for the driver: KFP's nested graphs of tasks, seen as one pipeline of stages."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeGuard

Json = dict[str, Any]

#: Display names of the tasks that belong to no stage; no stage id has a space in it.
RUN_DATE, PARAMETERS = "run date", "check parameters"
#: How the display names of those begin that prepare a loop's items, and of those that give what others gave.
ITEMS, GIVEN_ON = "items of ", ("collect ", "pass on ", "first of ")
#: How the output is described by which a task says why its stage has failed.
FAILURE_NOTE = "Why the stage has failed; empty if it has not."


@dataclass(frozen=True)
class Task:
    """A task, and the groups around it.

    Args:
        around: The tasks that stand for these groups, the outermost first.
        dag: The tasks beside it, itself among them.
    """

    key: str
    spec: Json
    component: Json
    around: tuple[Task, ...]
    dag: Json

    @property
    def shown(self) -> str:
        """Its display name."""
        return str(self.spec["taskInfo"]["name"])

    @property
    def is_stage(self) -> bool:
        """Whether it is a stage's, and neither a group nor one that the compiler added."""
        return "dag" not in self.component and " " not in self.shown


def tasks(spec: Json) -> Iterator[Task]:
    """All tasks, each group before what it holds."""
    yield from inside(spec, spec["root"], ())


def inside(spec: Json, component: Json, around: tuple[Task, ...]) -> Iterator[Task]:
    """All tasks of a group, at any depth."""
    for task in directly(spec, component, around):
        yield task
        if "dag" in task.component:
            yield from inside(spec, task.component, (*around, task))


def directly(spec: Json, component: Json, around: tuple[Task, ...]) -> Iterator[Task]:
    """The tasks of a group."""
    dag = component["dag"]["tasks"]
    for key, task in dag.items():
        yield Task(key, task, spec["components"][task["componentRef"]["name"]], around, dag)


def stages(spec: Json) -> dict[str, Task]:
    """The tasks of stages, by the stages' ids."""
    return {task.shown: task for task in tasks(spec) if task.is_stage}


def failure_output(component: Json) -> str | None:
    """The name of the output by which a task says why its stage has failed, which it survives itself."""
    declared = component.get("outputDefinitions", {}).get("parameters", {})
    return next((name for name, each in declared.items() if str(each.get("description", "")) == FAILURE_NOTE), None)


def primary(spec: Json, task: Task) -> str | None:
    """The key of the task beside it that it stands in for."""
    for given in task.spec.get("inputs", {}).get("parameters", {}).values():
        taken = given.get("taskOutputParameter", {})
        if taken and taken["outputParameterKey"] == failure_output(_component(spec, task.dag[taken["producerTask"]])):
            return str(taken["producerTask"])
    return None


def own_timeout(executor: Json) -> float | None:
    """The seconds after which the component itself ends an attempt, by its source.

    Args:
        executor: Of the compiled pipeline.
    """
    container = executor["container"]
    source = next((each for each in reversed(container.get("command", ())) if "supervise(" in each), "")
    name = container["args"][container["args"].index("--function_to_execute") + 1] if source else ""
    for component in ast.parse(source).body:
        if isinstance(component, ast.FunctionDef) and component.name == name:
            calls = (each.value for each in component.body if isinstance(each, ast.Assign))
            given = (each for call in calls if _is_supervise(call) for each in call.keywords)
            return next((float(ast.literal_eval(each.value)) for each in given if each.arg == "timeout_seconds"), None)
    return None


def _is_supervise(node: ast.expr) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "supervise"


def upstream(spec: Json, task: Task) -> list[str]:
    """Ids of the stages that a task names itself, by data or by order: for a stand-in the one that it stands in for."""
    found = {stand_in_for(spec).get(each, each) for each in _named(spec, task)}
    return sorted(found - {stand_in_for(spec).get(task.shown)})


def upstream_of_groups(spec: Json, task: Task) -> list[str]:
    """Ids of the stages that the groups around a task wait for, and of those in groups that it comes after.

    A stage that waits without data for one outside of its group leaves that to the group: for which of the group's
    stages it is, the spec does not say.
    """
    found: set[str] = set()
    for each in (task, *task.around):
        found |= _named(spec, each) if each is not task else set()
        for key in each.spec.get("dependentTasks", ()):
            other = Task(key, each.dag[key], _component(spec, each.dag[key]), each.around, each.dag)
            held = inside(spec, other.component, (*other.around, other)) if "dag" in other.component else iter((other,))
            found |= {stage for inner in held for stage in ([inner.shown] if inner.is_stage else _named(spec, inner))}
    return sorted({stand_in_for(spec).get(each, each) for each in found})


def stand_in_for(spec: Json) -> dict[str, str]:
    """The stages that others stand in for, by these."""
    pairs = ((task.shown, primary(spec, task), task.dag) for task in tasks(spec) if task.is_stage)
    return {shown: str(dag[key]["taskInfo"]["name"]) for shown, key, dag in pairs if key is not None}


def _named(spec: Json, task: Task) -> set[str]:
    found: set[str] = set()
    inputs = task.spec.get("inputs", {})
    for kind, output in (("parameters", "taskOutputParameter"), ("artifacts", "taskOutputArtifact")):
        for given in inputs.get(kind, {}).values():
            found |= _sources(spec, given, kind, output, task)
    for each in task.spec.get("dependentTasks", ()):
        producer = Task(each, task.dag[each], _component(spec, task.dag[each]), task.around, task.dag)
        if producer.is_stage:
            found.add(producer.shown)
    return found


def _component(spec: Json, task: Json) -> Json:
    return dict(spec["components"][task["componentRef"]["name"]])


def _sources(spec: Json, given: Json, kind: str, output: str, task: Task) -> set[str]:
    """The stages that an input comes from, through the groups in between."""
    if output in given:
        key = given[output]["producerTask"]
        producer = Task(key, task.dag[key], _component(spec, task.dag[key]), task.around, task.dag)
        name = given[output]["outputParameterKey" if kind == "parameters" else "outputArtifactKey"]
        return _producers(spec, producer, kind, name)
    outer = given.get("componentInputParameter" if kind == "parameters" else "componentInputArtifact")
    if outer is None or not task.around:
        return set()
    group = task.around[-1]
    passed = group.spec.get("inputs", {}).get(kind, {}).get(outer)
    return set() if passed is None else _sources(spec, passed, kind, output, group)


def _producers(spec: Json, task: Task, kind: str, name: str) -> set[str]:
    if "dag" not in task.component:
        if task.shown.startswith(GIVEN_ON):
            values = task.spec.get("inputs", {}).get("parameters", {}).values()
            return {each for given in values for each in _sources(spec, given, kind, "taskOutputParameter", task)}
        return {task.shown} if task.is_stage else set()
    selected = task.component["dag"].get("outputs", {}).get(kind, {}).get(name, {})
    if kind == "parameters":
        single = selected.get("valueFromParameter")
        selectors = [single] if single else selected.get("valueFromOneof", {}).get("parameterSelectors", [])
        named = [(each["producerSubtask"], each["outputParameterKey"]) for each in selectors]
    else:
        named = [(each["producerSubtask"], each["outputArtifactKey"]) for each in selected.get("artifactSelectors", [])]
    dag = task.component["dag"]["tasks"]
    around = (*task.around, task)
    return {
        found
        for key, inner in named
        for found in _producers(spec, Task(key, dag[key], _component(spec, dag[key]), around, dag), kind, inner)
    }
