"""What Prefect's own objects say of a generated flow, for the driver beside this file.

A flow's graph is what its function submits. So the function is called with a `Task.submit` that only notes what it was
given; the graph is what Prefect would track from those arguments.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock, patch

#: The module of `attempt` and `attempt_command`, whatever names a flow imports them by.
ATTEMPTS = ".stage_runtime.attempts"


def view(flow: Any, deployment: dict[str, Any]) -> dict[str, Any]:
    """What the engine sees in a generated flow and its deployment."""
    schedule = next(iter(deployment.get("schedules") or ()), None)
    return {
        "pipeline": flow.name,
        "stages": {each.task.name: each.view() for each in submissions(flow)},
        "schedule": schedule and {"cron": schedule["cron"], "timezone": schedule.get("timezone", "UTC")},
        "parameters": parameters_of(flow),
        "timeout_s": flow.timeout_seconds,
        "tags": sorted(deployment.get("tags") or ()),
        "errors": [],
    }


@dataclass
class Submission:
    """A call of `Task.submit` that was noted and not carried out."""

    task: Any
    arguments: tuple[Any, ...]
    keywords: dict[str, Any]
    upstream: list[str]

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

    from prefect.futures import PrefectConcurrentFuture
    from prefect.states import Completed
    from prefect.tasks import Task
    from prefect.utilities.engine import collect_task_run_inputs_sync

    found: list[Submission] = []
    names: dict[Any, str] = {}

    def note(task: Any, *arguments: Any, wait_for: Any = None, return_state: bool = False, **keywords: Any) -> Any:
        inputs = collect_task_run_inputs_sync([arguments, keywords, wait_for])
        found.append(Submission(task, arguments, keywords, sorted(names[each.id] for each in inputs)))
        done: Future[Any] = Future()
        done.set_result(Completed(data=MagicMock()))
        future = PrefectConcurrentFuture(task_run_id=uuid4(), wrapped_future=done)
        names[future.task_run_id] = task.name
        return future

    parameters: dict[str, Any] = {name: MagicMock() for name in flow.parameters.properties}
    with patch.object(Task, "submit", note):
        flow.fn(**parameters)
    return found


def stand_in(argument: Any) -> Any:
    """What a task's function gets for a future when nothing has run."""
    from prefect.futures import PrefectFuture

    return MagicMock() if isinstance(argument, PrefectFuture) else argument


def parameters_of(flow: Any) -> dict[str, Any]:
    """The flow's parameters as Prefect's schema for them says."""
    schema = flow.parameters
    return {
        name: {
            "type": shown.get("type", shown),
            "default": json_default(flow, name),
            "required": name in (schema.required or ()),
            "schema": shown,
        }
        for name, shown in schema.properties.items()
        if name not in ("run_date", "run_time")
    }


def json_default(flow: Any, name: str) -> Any:
    """A default as the IR has it: pydantic's schema would show durations as ISO 8601."""
    from pydantic_core import to_jsonable_python

    default = inspect.signature(flow.fn).parameters[name].default
    return None if default is inspect.Parameter.empty else to_jsonable_python(default, timedelta_mode="float")


def deployment_of(folder: str, file: str) -> dict[str, Any]:
    """The deployment of a flow, as Prefect reads it from the YAML file beside it."""
    import yaml
    from prefect.cli.deploy._models import PrefectYamlModel

    stem = Path(file).stem.removesuffix("_flow")
    text = (Path(folder) / f"{stem}.prefect.yaml").read_text(encoding="utf-8")
    deployment = PrefectYamlModel.model_validate(yaml.safe_load(text)).deployments[0]
    shown: dict[str, Any] = deployment.model_dump(mode="json", exclude_none=True)
    return shown
