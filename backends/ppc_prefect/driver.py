"""Loads and runs generated flows in Prefect itself, for whoever talks JSON lines to it.

Prefect's own Python runs this file by its path: it imports Prefect and the standard library only. One request a line
comes in on stdin; one answer a line goes out on what was stdout (Prefect, and the flows, print to stderr instead).

| op     | request                                 | answer                                               |
|--------|-----------------------------------------|------------------------------------------------------|
| `init` | `home`, `cache`                         | `version`                                            |
| `load` | `folder`, `file`                        | what Prefect's own objects say of the pipeline       |
| `run`  | the same, `params`, `date`, `timeout_s` | the run's state, and each stage's state and attempts |

`load` does not run anything: see `driver_view.py`. `run` uses a real server, started for the first run and gone with
this process, and Prefect's own engine in this process.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from ppc_prefect.driver_graph import instance_of, is_loop, is_stage, submissions
    from ppc_prefect.driver_outcome import RUN_STATES, has_saved, outcomes, undecided
    from ppc_prefect.driver_server import Server
    from ppc_prefect.driver_view import deployment_of, view
else:  # Python puts the folder of a script on the path, and our packages are not in the engine's environment
    from driver_graph import instance_of, is_loop, is_stage, submissions
    from driver_outcome import RUN_STATES, has_saved, outcomes, undecided
    from driver_server import Server
    from driver_view import deployment_of, view

SETTLED_WITHIN_SECONDS = 20.0


@dataclass
class Driver:
    """What lives as long as the process.

    Args:
        server: Answers for Prefect's API; started by the first run.
        loaded: Folders whose modules are in memory.
    """

    server: Server
    loaded: set[str] = field(default_factory=set)

    def load(self, folder: str, file: str) -> dict[str, Any]:
        """What the engine sees in a generated flow."""
        return view(self.flow(folder, file), deployment_of(folder, file))

    def run(self, folder: str, file: str, params: dict[str, Any], date: str | None, timeout_s: float) -> dict[str, Any]:
        """Run a generated flow to its end."""
        self.server.start()
        flow = self.flow(folder, file)
        graph = [each for each in submissions(flow) if each.is_stage]
        futures: dict[str, Any] = {}
        zone = next((each["timezone"] for each in deployment_of(folder, file).get("schedules") or ()), "UTC")
        with noted_futures(futures), failed_hooks() as hook_errors, terminated_after(timeout_s):
            run_id, error = execute(flow, {**params, **run_moment(flow, zone, date)})
        run = self.server.get(f"/flow_runs/{run_id}")
        rows = self.settled_task_runs(run_id, {each.task_run_id for each in futures.values()})
        state = RUN_STATES.get(run["state_type"], "failed")
        if run["state_type"] == "CRASHED":
            # To the engine, a signal of which no runner has told it is a crash.
            states = self.server.get(f"/flow_run_states/?flow_run_id={run_id}")
            state = "cancelled" if any(each["type"] == "CANCELLING" for each in states) else state
        message = error or ("\n".join([run["state"]["message"], *undecided(rows)]) if state != "success" else None)
        stand_ins: dict[str, str] = flow.fn.__globals__.get("STAND_INS", {})
        stages = outcomes(graph, futures, {row["id"]: row for row in rows}, stand_ins)
        # Prefect has a name of ours for a run that was saved; one that failed has that of its failure.
        degraded = run["state_name"] == "Degraded" if state == "success" else has_saved(stand_ins, stages)
        shown = {"state": state, "run_id": run_id, "degraded": degraded, "stages": stages, "hook_errors": hook_errors}
        return {**shown, "error": message} if message else shown

    def flow(self, folder: str, file: str) -> Any:
        """The flow object of a generated file, freshly imported."""
        from prefect.flows import load_flow_from_entrypoint

        path = Path(folder).resolve() / file
        self.forget()
        self.loaded.add(str(path.parent))
        kept = list(sys.path)
        try:
            entrypoint = Path(deployment_of(folder, file)["entrypoint"])
            return load_flow_from_entrypoint(str(path.parent / entrypoint), use_placeholder_flow=False)
        finally:
            sys.path[:] = kept

    def forget(self) -> None:
        """Drop the modules of what was loaded before: the next folder may use the same names."""
        for name, module in list(sys.modules.items()):
            origin = getattr(module, "__file__", None) or ""
            if any(origin.startswith(f"{folder}{os.sep}") for folder in self.loaded):
                del sys.modules[name]

    def settled_task_runs(self, run_id: str, expected: set[Any]) -> list[dict[str, Any]]:
        """The task runs of a run as the server has them: it learns of them from events, a moment later."""
        deadline = time.monotonic() + SETTLED_WITHIN_SECONDS
        before: list[Any] = []
        while True:
            rows: list[dict[str, Any]] = self.server.post(
                "/task_runs/filter", {"flow_runs": {"id": {"any_": [run_id]}}}
            )
            seen = sorted((row["id"], row["state_name"], row["run_count"]) for row in rows)
            complete = {row["id"] for row in rows} >= {str(each) for each in expected}
            # The run is over: what waits for another attempt then will never be more than that.
            settled = all(row["state_type"] != "RUNNING" for row in rows)
            if (complete and settled and seen == before) or time.monotonic() > deadline:
                return rows
            before = seen
            time.sleep(0.05)


def run_moment(flow: Any, zone: str, date: str | None) -> dict[str, str]:
    """The argument by which a manual run is given its date or instant."""
    if not date:
        return {}
    if "run_time" in flow.parameters.properties:
        return {"run_time": date}
    if "run_date" not in flow.parameters.properties:
        return {}
    instant = datetime.fromisoformat(date)
    return {"run_date": str((instant.astimezone(ZoneInfo(zone)) if instant.tzinfo else instant).date())}


def execute(flow: Any, parameters: dict[str, Any]) -> tuple[str, str | None]:
    """Run a flow as a worker would, in this process; the run's id, and the error when it never began."""
    from prefect.client.orchestration import get_client
    from prefect.flow_engine import run_flow
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
    from prefect.states import Pending, Scheduled

    with get_client(sync_client=True) as client:
        created = client.create_flow_run(flow, parameters=parameters, state=Scheduled())
        client.set_flow_run_state(created.id, Pending())
        flow_run = client.read_flow_run(created.id)
    error = None
    try:
        # A heartbeat is for who watches from elsewhere, and each run waits a second for its end.
        with temporary_settings(updates={PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
            run_flow(flow, flow_run=flow_run, parameters=parameters, return_type="state")
    except BaseException as raised:  # a termination, a crash of the engine: the server's state tells
        error = f"{type(raised).__name__}: {raised}"
    return str(created.id), error


@contextlib.contextmanager
def noted_futures(futures: dict[str, Any]) -> Iterator[None]:
    """Keep the future of each task that is submitted: a result that is not persisted is nowhere else."""
    from prefect.tasks import Task

    submit = Task.submit

    def note(task: Any, *arguments: Any, **keywords: Any) -> Any:
        future = submit(task, *arguments, **keywords)
        if is_stage(task) or is_loop(task):
            futures[instance_of(task, keywords)] = future
        return future

    with patch.object(Task, "submit", note):
        yield


@contextlib.contextmanager
def failed_hooks() -> Iterator[list[str]]:
    """What the logs say of hooks that failed: Prefect keeps it nowhere else."""
    found: list[str] = []
    handler = logging.Handler()

    def note(record: logging.LogRecord) -> bool:
        error: Any = record.exc_info[1] if record.exc_info else None
        if type(error).__name__ == "HookFailed":
            found.append(f"{error.stage} failed: {error.error}")
        return False

    handler.addFilter(note)
    loggers = [logging.getLogger(f"prefect.{name}") for name in ("flow_runs", "task_runs")]
    for each in loggers:
        each.addHandler(handler)
    try:
        yield found
    finally:
        for each in loggers:
            each.removeHandler(handler)


@contextlib.contextmanager
def terminated_after(seconds: float) -> Iterator[None]:
    """Terminate the flow, as a worker would, when it takes too long."""
    # Prefect turns the signal into the flow's end, and sends it again to whoever was listening before.
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    timer = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGTERM))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        signal.signal(signal.SIGTERM, before)


def prepare(home: str, cache: str) -> Driver:
    """Set Prefect up to keep to itself, before it is imported."""
    folder = Path(home).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    server = Server(folder, Path(cache).resolve() / "prefect.db")
    os.environ |= {
        "PREFECT_HOME": str(folder),
        "PREFECT_PROFILES_PATH": str(folder / "profiles.toml"),
        "PREFECT_API_URL": server.url,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
        "PREFECT_SERVER_UI_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "WARNING")
    return Driver(server)


def answers(driver: Driver | None, request: dict[str, Any]) -> tuple[Driver | None, dict[str, Any]]:
    """Carry a request out; failures of ours are answers too, so that the next request finds us alive."""
    try:
        if request["op"] == "init":
            driver = prepare(request["home"], request["cache"])
            import prefect

            sys.dont_write_bytecode = True  # a file that is rewritten within a second would be taken for the old one
            return driver, {"version": prefect.__version__}
        if driver is None:
            raise ValueError("`init` comes first")
        folder, file = request["folder"], request["file"]
        if request["op"] == "load":
            return driver, driver.load(folder, file)
        given = request.get("params") or {}
        return driver, driver.run(folder, file, given, request.get("date"), request.get("timeout_s") or 3600.0)
    except Exception as error:
        if request["op"] == "load":
            return driver, {"errors": [f"{type(error).__name__}: {error}"]}
        return driver, {"error": "".join(traceback.format_exception(error))}


def main() -> None:
    """Answer requests until stdin closes."""
    # Python puts the folder of the script first: the modules beside this one are not the engine's business.
    sys.path[:] = [each for each in sys.path if Path(each or ".").resolve() != Path(__file__).resolve().parent]
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    driver: Driver | None = None
    for line in sys.stdin:
        driver, answer = answers(driver, json.loads(line))
        print(json.dumps(answer), file=out, flush=True)


if __name__ == "__main__":
    main()
