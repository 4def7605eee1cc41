"""How each stage ended, for the driver: from what the tasks of KFP's nested graphs did."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ppc_kfp.driver_spec import ITEMS, PARAMETERS, RUN_DATE, Json, Task, directly, failure_output, primary
else:  # beside a script that is run by its path
    from driver_spec import ITEMS, PARAMETERS, RUN_DATE, Json, Task, directly, failure_output, primary

#: Indices of the iterations around a task, and its key.
Place = tuple[tuple[int, ...], str]

JSON_NOTE = "JSON"
_NUMBERED = re.compile("\u2060([0-9a-f]{4})")
ITERATION = "-iteration-"
_ITERATIONS = re.compile(rf"{ITERATION}(\d+)")


def place(resource: str, key: str) -> Place:
    """Where a task ran.

    Args:
        resource: The name of the run as `kfp.local` hands it down, with the iterations in it.
    """
    return tuple(map(int, _ITERATIONS.findall(resource))), key


def outcome(spec: Json, ran: dict[Place, Json], error: str | None) -> Json:
    """Portable states of all stages and of the run.

    Args:
        ran: What each task and each group did that was started.
    """
    stages = list(_states(spec, spec["root"], ran, (), ()))
    order = list(dict.fromkeys(each["id"].partition("[")[0] for each in stages))
    stages.sort(key=lambda each: order.index(each["id"].partition("[")[0]))
    saved = [each.pop("stands_in", False) and each["state"] == "success" for each in stages]
    answer: Json = {"state": "failed" if error else "success", "stages": stages, "degraded": any(saved)}
    if error:
        added = (record for record in ran.values() if " " in record.get("shown", "") and "error" in record)
        answer["error"] = next((record["error"] for record in added), error)
    return answer


def _states(
    spec: Json, component: Json, ran: dict[Place, Json], around: tuple[Task, ...], iterations: tuple[int, ...]
) -> Iterator[Json]:
    """The stages of a group that was started, those of its inner groups among them."""
    fates: dict[str, str] = {}
    group = {task.key: task for task in directly(spec, component, around)}
    for key in _in_order(component["dag"]["tasks"]):
        task = group[key]
        before = {fates[each] for each in task.spec.get("dependentTasks", ())}
        record = ran.get((iterations, key))
        rounds = [*_rounds(ran, iterations, key)]
        if rounds:
            failed = any(each.get("state") != "success" for each in rounds)
            fates[key] = "failed" if failed else "success"
            for index in range(len(rounds)):
                yield from _states(spec, task.component, ran, (*around, task), (*iterations, index))
            continue
        fates[key] = _fate(task, record, before)
        if "dag" not in task.component:
            if task.is_stage:
                other = primary(spec, task)
                why = None if other is None else failure(group[other], ran.get((iterations, other)))
                if why == "" and fates[key] == "success":
                    yield _stage(task, "skipped", None, iterations)  # it has handed on what the other one gave
                else:
                    yield _stage(task, fates[key], record, iterations) | ({"stands_in": True} if why else {})
        elif record is None and fates[key] == "skipped" and _is_guard(spec, task):
            continue  # a loop without items
        elif record is None:
            yield from _not_started(spec, task, fates[key], ran, iterations)
        else:
            yield from _states(spec, task.component, ran, (*around, task), iterations)


def _not_started(
    spec: Json, group: Task, fate: str, ran: dict[Place, Json], iterations: tuple[int, ...]
) -> Iterator[Json]:
    """The stages of a group that was not started; those of its loops for each item, where the items are known."""
    for task in directly(spec, group.component, (*group.around, group)):
        if task.is_stage:
            yield _stage(task, fate, None, iterations)
        elif "dag" in task.component:
            count = _count(task, ran, iterations) if fate == "upstream_failed" else None
            for inner in [iterations] if count is None else [(*iterations, index) for index in range(count)]:
                yield from _not_started(spec, task, fate, ran, inner)


def _count(task: Task, ran: dict[Place, Json], iterations: tuple[int, ...]) -> int | None:
    """How many items a loop that was not started has; None for another group, or if they are not known."""
    name = task.spec.get("parameterIterator", {}).get("items", {}).get("inputParameter")
    for group in reversed((*task.around, task)):
        given = group.spec.get("inputs", {}).get("parameters", {}).get(name, {})
        if "taskOutputParameter" in given:
            source = given["taskOutputParameter"]
            record = ran.get((iterations, source["producerTask"]), {})
            return len(record["outputs"][source["outputParameterKey"]]) if record.get("state") == "success" else None
        name = given.get("componentInputParameter")
    return None


def _is_guard(spec: Json, task: Task) -> bool:
    """Whether a condition asks if a loop has items: the loop is in it, what prepares the items is not."""
    held = [*directly(spec, task.component, ())]
    loops = any("parameterIterator" in each.spec for each in held)
    return loops and not any(each.shown.startswith(ITEMS) for each in held)


def _rounds(ran: dict[Place, Json], iterations: tuple[int, ...], key: str) -> Iterator[Json]:
    """What was recorded for each iteration of a loop: the loop itself leaves no record."""
    index = 0
    while record := ran.get((iterations, f"{key}{ITERATION}{index}")):
        yield record
        index += 1


def _fate(task: Task, record: Json | None, before: set[str]) -> str:
    if record is not None:
        refused = record.get("state") != "success" and task.shown in (RUN_DATE, PARAMETERS)
        # When the run's parameters or date are refused, no stage is to blame for those that do not run.
        return "cancelled" if refused else str(record.get("state", "failed"))
    if before & {"failed", "upstream_failed"}:
        return "upstream_failed"
    if "cancelled" in before:
        return "cancelled"
    return "skipped" if "condition" in task.spec.get("triggerPolicy", {}) or "skipped" in before else "cancelled"


def failure(task: Task, record: Json | None) -> str | None:
    """Why the stage has failed whose task has not; empty if it has succeeded, None if its task does not tell."""
    name = failure_output(task.component)
    told = None if name is None or record is None else (record.get("outputs") or {}).get(name)
    return None if told is None else str(plain(told))


def _stage(task: Task, fate: str, record: Json | None, iterations: tuple[int, ...]) -> Json:
    indices = "".join(f"[{index}]" for index in iterations)
    stage: Json = {"id": task.shown + indices, "state": fate, "attempts": 0}
    if record is not None:
        stage["attempts"] = record["attempts"]
        survived = failure(task, record)
        if survived:
            stage |= {"state": "failed", "error": survived}
        elif fate == "success":
            stage |= result(task.component, record["outputs"])
        elif "error" in record:
            stage["error"] = record["error"]
    return stage


def _in_order(dag: Json) -> Iterator[str]:
    """The keys so that each comes after those it depends on."""
    done: set[str] = set()
    waiting = list(dag)
    while waiting:
        ready = [key for key in waiting if done.issuperset(dag[key].get("dependentTasks", ()))]
        yield from ready
        done |= set(ready)
        waiting = [key for key in waiting if key not in done]


def result(component: Json, outputs: Json) -> Json:
    """The stage's result as JSON, under `result`, if it has one."""
    declared = component.get("outputDefinitions", {}).get("parameters", {})
    for name in ("Output", "result"):
        if name in declared and name in outputs:
            if str(declared[name].get("description", "")).startswith(JSON_NOTE):
                return {"result": json.loads(outputs[name])}
            return {"result": plain(outputs[name])}
    return {}


def plain(value: Any) -> Any:
    """A text as its author wrote it, for one that travels through KFP."""
    return _NUMBERED.sub(lambda found: chr(int(found[1], 16)), value) if isinstance(value, str) else value
