"""What a flow submits: found without running it, and once an item of its loops after a run.

A flow's graph is what its function submits. So the function is called with a `Task.submit` that only notes what it was
given; the graph is what Prefect would track from those arguments.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Any
from unittest.mock import MagicMock, patch

#: The module of `attempt` and `attempt_command`, whatever names a flow imports them by.
ATTEMPTS = ".stage_runtime.attempts"


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
        """What the task's function hands to the attempt, the attempt itself left out."""
        given: list[dict[str, Any]] = []

        def note(*_: Any, **keywords: Any) -> dict[str, Any]:
            given.append(keywords)
            return {}

        known = self.task.fn.__globals__
        names = [name for name, each in known.items() if str(getattr(each, "__module__", "")).endswith(ATTEMPTS)]
        with patch.dict(known, dict.fromkeys(names, note)):
            self.task.fn(*map(stand_in, self.arguments), **{key: stand_in(each) for key, each in self.keywords.items()})
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
        plain = [each for each in keywords.values() if not isinstance(each, allow_failure)]
        # A stand-in waits for its primary, and all that this one needs, without being downstream of any of it.
        waited = wait_for if len(plain) == len(keywords) else None
        taken = {each.id for each in collect_task_run_inputs_sync([arguments, plain, waited])}
        upstream = {stage for each in taken for stage in sources[each][0]}
        waits = {stage for each in given for stage in sources[each][1]}
        around = tuple(loops)
        found.append(Submission(task, arguments, keywords, sorted(upstream), waits, around))
        done: Future[Any] = Future()
        done.set_result(Completed(data=MagicMock()))
        future = PrefectConcurrentFuture(task_run_id=uuid4(), wrapped_future=done)
        if is_stage(task):
            sources[future.task_run_id] = {task.name}, {task.name}
        elif of := keywords.get("of"):
            stage = of.removeprefix("collect ").partition("[")[0].partition(" or ")[0]
            sources[future.task_run_id] = {stage}, {stage, *waits}
        elif " or " in task.name and "primary" in keywords:
            stage = task.name.partition(" or ")[0]
            sources[future.task_run_id] = {stage}, waits
        else:
            sources[future.task_run_id] = set(), waits
        if is_loop(task):
            loops.append(task.name.partition(":")[0])
            # The stages of one item, whatever the items are.
            stand_ins = {key: stand_in(each) for key, each in keywords.items()}
            with patch.dict(task.fn.__globals__, one_item(task.fn.__globals__)):
                task.fn(**stand_ins)
            loops.pop()
        return future

    parameters: dict[str, Any] = {name: MagicMock() for name in flow.parameters.properties}
    hooks = {"call_hook": lambda *_, **__: None} if "call_hook" in flow.fn.__globals__ else {}
    with patch.object(Task, "submit", note), patch.dict(flow.fn.__globals__, hooks):
        flow.fn(**parameters)
    return found


def is_stage(task: Any) -> bool:
    """Whether a task is a stage's: the names of gates and loops say what they are about."""
    return not {" ", ":"} & {*task.name} and task.name not in ("collect", "either")


def is_loop(task: Any) -> bool:
    """Whether a task runs the stages of a loop."""
    return any(name.rstrip("_") == "loop_items" for name in task.fn.__code__.co_names)


def one_item(known: dict[str, Any]) -> dict[str, Any]:
    """What a module knows as `loop_items` and `item_key`, so that loops have one item whatever their lists are."""
    instead = {"loop_items": lambda *_: [MagicMock()], "item_key": lambda *_: "0"}
    return {name: instead[name.rstrip("_")] for name in known if name.rstrip("_") in instead}


def instance_of(task: Any, keywords: dict[str, Any]) -> str:
    """What a submission is noted as: a stage's id, or that of a loop, with the item that it is for."""
    name = task.task_run_name.format(**keywords) if isinstance(task.task_run_name, str) else task.name
    return name.partition(":")[0] if is_loop(task) else name


def instances(stage: Submission, futures: dict[str, Any]) -> list[str]:
    """The ids of a stage, one for each item of the loops around it; none where there are no items."""
    places = [""]
    ended: list[str] = []
    for loop in stage.loops:
        counts = {place: ended_with(futures[loop + place]) if loop + place in futures else None for place in places}
        # A loop that was not run is there once, without an index.
        ended += [place for place, count in counts.items() if not isinstance(count, int)]
        places = [f"{place}[{k}]" for place, count in counts.items() if isinstance(count, int) for k in range(count)]
    return [stage.task.name + place for place in sorted([*ended, *places], key=place_order)]


def place_order(place: str) -> list[int]:
    """The indices in `[0][10]`."""
    return [int(each) for each in place.replace("]", "").split("[")[1:]]


def decided(stage: Submission, futures: dict[str, Any]) -> Any:
    """The future of the loop because of which a stage has none."""
    return next((futures[loop] for loop in stage.loops if loop in futures), None)


def stand_in(argument: Any) -> Any:
    """What a task's function gets for a future when nothing has run."""
    from prefect.futures import PrefectFuture

    return MagicMock() if isinstance(argument, PrefectFuture) else argument


def ended_with(future: Any) -> Any:
    """What a task returned or raised; nothing for one that never ran."""
    # Of a thread that the end of the run kept from starting, or from waiting for another.
    with contextlib.suppress(Exception, asyncio.CancelledError):
        future.wait(1.0)  # a run that was interrupted has not asked for it
    state = future.state
    return state.result(raise_on_failure=False) if state.is_final() else None
