"""What a flow submits: found without running it, and once an item of its loops after a run.

A flow's graph is what its function submits. So the function is called with a `Task.submit` that only notes what it was
given; the graph is what Prefect would track from those arguments.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import wraps
from typing import Any
from unittest.mock import MagicMock, patch

#: The modules of `attempt` and `attempt_command`, and of `loop_items` and `item_key`, whatever a flow calls them.
ATTEMPTS = ".stage_runtime.attempts"
ITEMS = ".stage_runtime.items"


@dataclass
class Submission:
    """A call of `Task.submit` that was noted and not carried out.

    Args:
        upstream: The stages from which it takes something, or that it waits for.
        needs: These, and the stages that decide whether it runs.
        loops: The loops around it, the outermost first.
    """

    task: Any
    arguments: tuple[Any, ...]
    keywords: dict[str, Any]
    upstream: list[str]
    needs: set[str]
    loops: tuple[str, ...]

    @property
    def is_stage(self) -> bool:
        """Whether it is no gate, loop or other helper: those have names that no stage has."""
        return is_stage(self.task)

    def view(self) -> dict[str, Any]:
        """The stage as Prefect's task object, and the code of its body, have it."""
        timeout = self.body().get("timeout")
        waits = self.waits()
        return {
            "upstream": self.upstream,
            "retries": self.task.retries,
            "retry_delays_s": waits,
            "retry_delay_s": waits[0] if waits else 0.0,
            "timeout_s": timeout.total_seconds() if timeout is not None else self.task.timeout_seconds,
        }

    def waits(self) -> list[float]:
        """Seconds before each retry, at least: Prefect's jitter can take something away from a delay."""
        from prefect.utilities.math import lower_clamp_multiple

        delays = self.task.retry_delay_seconds or 0.0
        delays = delays if isinstance(delays, list) else [delays]
        jitter = self.task.retry_jitter_factor
        least = lower_clamp_multiple(1 + jitter) if jitter else 1.0
        return [delays[min(k, len(delays) - 1)] * least for k in range(self.task.retries)]

    def body(self) -> dict[str, Any]:
        """What the task's function hands to the attempt, whatever its gate says; the attempt itself left out."""
        given: list[dict[str, Any]] = []

        def note(*_: Any, **keywords: Any) -> dict[str, Any]:
            given.append(keywords)
            return {}

        known = self.task.fn.__globals__
        with patch.dict(known, dict.fromkeys(names_of(known, ATTEMPTS), note)):
            for keywords in stand_ins(self.task, self.keywords):
                if not given:
                    self.task.fn(*map(stand_in, self.arguments), **keywords)
        return given[0] if given else {}


def submissions(flow: Any) -> list[Submission]:
    """What the flow's function submits, in order."""
    from concurrent.futures import Future
    from uuid import uuid4

    from prefect import allow_failure
    from prefect.futures import PrefectConcurrentFuture
    from prefect.states import Completed
    from prefect.tasks import Task
    from prefect.utilities.engine import collect_task_run_inputs_sync

    found: list[Submission] = []
    sources: dict[Any, tuple[set[str], set[str]]] = {}  # of each future: what consumers of it take, and wait for
    loops: list[str] = []

    def note(task: Any, *arguments: Any, wait_for: Any = None, return_state: bool = False, **keywords: Any) -> Any:
        given = {each.id for each in collect_task_run_inputs_sync([arguments, keywords, wait_for])}
        # A stand-in takes how its primary has ended, without being downstream of it.
        plain = [each for each in keywords.values() if not isinstance(each, allow_failure)]
        taken = {each.id for each in collect_task_run_inputs_sync([arguments, plain, wait_for])}
        upstream = {stage for each in taken for stage in sources[each][0]}
        waits = {stage for each in given for stage in sources[each][1]}
        around = tuple(loops)
        found.append(Submission(task, arguments, keywords, sorted(upstream), waits, around))
        done: Future[Any] = Future()
        done.set_result(Completed(data=MagicMock()))
        future = PrefectConcurrentFuture(task_run_id=uuid4(), wrapped_future=done)
        if is_stage(task):
            sources[future.task_run_id] = {task.name}, {task.name}
        elif ":" in task.name:  # a gate or a loop
            sources[future.task_run_id] = set(), waits
        elif "of" in keywords:  # collects
            stage = collected_stage(keywords["of"])
            sources[future.task_run_id] = {stage}, {stage, *waits}
        else:  # takes what a primary gave, or its stand-in
            sources[future.task_run_id] = {task.name.partition(" or ")[0]}, waits
        if is_loop(task):
            loops.append(task.name.partition(":")[0])
            submit_one_item(task, keywords)
            loops.pop()
        return future

    parameters: dict[str, Any] = {name: MagicMock() for name in flow.parameters.properties}
    hooks = {"call_hook": lambda *_, **__: None} if "call_hook" in flow.fn.__globals__ else {}
    with patch.object(Task, "submit", note), patch.dict(flow.fn.__globals__, hooks):
        flow.fn(**parameters)
    return found


def collected_stage(of: str) -> str:
    """The stage in `cell[0]`, `cell or other`, `collect cell`; and in `collect or other`, for one may be called so."""
    name = of if of.startswith("collect or ") else of.removeprefix("collect ")
    return name.partition("[")[0].partition(" or ")[0]


def submit_one_item(task: Any, keywords: dict[str, Any]) -> None:
    """Have a loop submit the stages of one item, whatever its items are, and whatever its gate says."""
    known = task.fn.__globals__
    counted: list[Any] = []
    for given in stand_ins(task, keywords):
        with patch.dict(known, one_item(known, counted)):
            if not counted:
                task.fn(**given)


def is_stage(task: Any) -> bool:
    """Whether a task is a stage's: gates, loops and other helpers start no attempts."""
    return uses(task, ATTEMPTS)


def is_loop(task: Any) -> bool:
    """Whether a task runs the stages of a loop."""
    return uses(task, ITEMS)


def uses(task: Any, module: str) -> bool:
    """Whether a task's function names something of that module."""
    return not {*task.fn.__code__.co_names}.isdisjoint(names_of(task.fn.__globals__, module))


def names_of(known: dict[str, Any], module: str) -> list[str]:
    """By which names a module knows what it has imported from another."""
    return [name for name, each in known.items() if str(getattr(each, "__module__", "")).endswith(module)]


def one_item(known: dict[str, Any], counted: list[Any]) -> dict[str, Any]:
    """What a module knows as `loop_items` and `item_key`, so that loops have one item whatever their lists are."""

    def loop_items(lists: Any, *_: Any) -> list[Any]:
        counted.append(lists)
        return [MagicMock()]

    instead: dict[str, Any] = {"loop_items": loop_items, "item_key": lambda *_: "0"}
    # What stands in for them says that it is from there: the loops in this one are asked the same.
    return {name: wraps(known[name])(instead[known[name].__name__]) for name in names_of(known, ITEMS)}


def instance_of(task: Any, keywords: dict[str, Any]) -> str:
    """What a submission is noted as: a stage's id, or that of a loop and a colon, with the item that it is for."""
    block = f"{task.name.partition(':')[0]}:" if is_loop(task) else ""
    if isinstance(task.task_run_name, str):
        name = task.task_run_name.format(**keywords)
        return f"{block}{name.removeprefix(block[:-1])}"
    return block or task.name


def instances(stage: Submission, futures: dict[str, Any]) -> list[str]:
    """The ids of a stage, one for each item of the loops around it; none where there are no items."""
    places = [""]
    ended: list[str] = []
    for loop in stage.loops:
        counts = {place: items_of(futures.get(f"{loop}:{place}")) for place in places}
        # A loop that was not run is there once, without an index.
        ended += [place for place, count in counts.items() if count is None]
        places = [f"{place}[{k}]" for place, count in counts.items() if count is not None for k in range(count)]
    return [stage.task.name + place for place in sorted([*ended, *places], key=place_order)]


def items_of(loop: Any) -> int | None:
    """How many items a loop had, given its future; None for one that was not run."""
    count = ended_with(loop) if loop is not None else None
    return count if isinstance(count, int) else None


def place_order(place: str) -> list[int]:
    """The indices in `[0][10]`."""
    return [int(each) for each in place.replace("]", "").split("[")[1:]]


def decided(stage: Submission, name: str, futures: dict[str, Any]) -> Any:
    """The future of the loop because of which there is nothing of that name; None if it is that the run has ended."""
    indices = place_order(name.removeprefix(stage.task.name))
    places = ("".join(f"[{index}]" for index in indices[:depth]) for depth in range(len(stage.loops)))
    loops = (futures.get(f"{loop}:{place}") for loop, place in zip(stage.loops, places, strict=True))
    return next((each for each in loops if each is not None and items_of(each) is None), None)


def stand_ins(task: Any, keywords: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What a task's function gets when nothing has run: once for each answer of its gate, if it has one.

    What stands in an `otherwise` block runs where the answer is no.
    """
    given = {key: stand_in(each) for key, each in keywords.items()}
    gates = [name for name, declared in task.fn.__annotations__.items() if declared in (bool, bool | None)]
    for answer in (True, False):
        yield given | {name: answer for name in gates if name in given}


def stand_in(argument: Any) -> Any:
    """What a task's function gets for a future when nothing has run; what it may outlive has failed."""
    from prefect import allow_failure
    from prefect.futures import PrefectFuture

    if isinstance(argument, allow_failure):
        return RuntimeError("has not run")
    return MagicMock() if isinstance(argument, PrefectFuture) else argument


def ended_with(future: Any) -> Any:
    """What a task returned or raised; nothing for one that never ran."""
    # Of a thread that the end of the run kept from starting, or from waiting for another.
    with contextlib.suppress(Exception, asyncio.CancelledError):
        future.wait(1.0)  # a run that was interrupted has not asked for it
    state = future.state
    return state.result(raise_on_failure=False) if state.is_final() else None
