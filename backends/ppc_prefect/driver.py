"""Loads and runs generated flows in Prefect itself, for whoever talks JSON lines to it.

Prefect's own Python runs this file by its path: it imports Prefect and the standard library only. One request a line
comes in on stdin; one answer a line goes out on what was stdout (Prefect, and the flows, print to stderr instead).

| op     | request                                 | answer                                               |
|--------|-----------------------------------------|------------------------------------------------------|
| `init` | `home`, `cache`                         | `version`                                            |
| `load` | `folder`, `file`                        | what Prefect's own objects say of the pipeline       |
| `run`  | the same, `params`, `date`, `timeout_s` | the run's state, and each stage's state and attempts |

A Prefect flow's graph is what its function submits. So `load` calls the flow's function with a `Task.submit` that only
notes what it was given; the graph is what Prefect would track from those arguments. `run` uses a real server, started
for the first run and gone with this process, and Prefect's own engine in this process.
"""

from __future__ import annotations

import contextlib
import inspect
import json
import logging
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import traceback
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from ppc_prefect.driver_graph import decided, ended_with, instance_of, instances, is_loop, is_stage, submissions
else:  # run by its path, without the package
    from driver_graph import decided, ended_with, instance_of, instances, is_loop, is_stage, submissions

HEALTHY_WITHIN_SECONDS = 180.0
SETTLED_WITHIN_SECONDS = 20.0
RUN_STATES = {"COMPLETED": "success", "FAILED": "failed", "CRASHED": "failed", "CANCELLED": "cancelled"}


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
        flow = self.flow(folder, file)
        submitted = submissions(flow)
        deployment = deployment_of(folder, file)
        schedule = next(iter(deployment.get("schedules") or ()), None)
        return {
            "pipeline": flow.name,
            "stages": {each.task.name: each.view() for each in submitted if each.is_stage},
            "schedule": schedule and {"cron": schedule["cron"], "timezone": schedule.get("timezone", "UTC")},
            "parameters": parameters_of(flow),
            "timeout_s": flow.timeout_seconds,
            "tags": sorted(deployment.get("tags") or ()),
            "errors": [],
        }

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
        message = error or (run["state"]["message"] if state != "success" else None)
        stages: dict[str, dict[str, Any]] = {}
        for each in graph:
            for name in instances(each, futures):
                waits = [other["state"] for id, other in stages.items() if id.partition("[")[0] in each.needs]
                stages[name] = outcome(name, rows, futures.get(name) or decided(each, futures), waits)
        shown = {"state": state, "degraded": run["state_name"] == "Degraded", "stages": list(stages.values())}
        return {**shown, "hook_errors": hook_errors, **({"error": message} if message else {})}

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
            settled = all(row["state_type"] not in ("RUNNING", "SCHEDULED") for row in rows)
            if (complete and settled and seen == before) or time.monotonic() > deadline:
                return rows
            before = seen
            time.sleep(0.05)


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
        error = record.exc_info[1] if record.exc_info else None
        if type(error).__name__ == "HookFailed":
            found.append(str(error))
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


def outcome(name: str, rows: list[dict[str, Any]], future: Any | None, upstream: list[str]) -> dict[str, Any]:
    """A stage's end in the portable words.

    Args:
        upstream: The states of the stages that it waits for, in the same words.
    """
    row = next((each for each in rows if future is not None and each["id"] == str(future.task_run_id)), None)
    if future is None or row is None:
        return {"id": name, "state": "cancelled", "attempts": 0}
    value = ended_with(future)
    # The server's row can lag behind what the task itself knows.
    skipped = future.state.is_completed() and future.state.name == "Skipped"
    state = "skipped" if skipped else portable_state(row, value, upstream)
    attempted = state not in ("skipped", "upstream_failed")
    shown = {"id": name, "state": state, "attempts": row["run_count"] if attempted else 0}
    if isinstance(value, BaseException):
        shown["error"] = str(value)
    elif isinstance(value, dict) and "result" in value:
        shown["result"] = value["result"]
    return shown


def portable_state(row: dict[str, Any], value: Any, upstream: list[str]) -> str:
    """A task run's state in the portable words; what the end of the run has stopped or kept waiting is cancelled."""
    if row["state_type"] in RUN_STATES:
        return "cancelled" if type(value).__name__ == "StageKilled" else RUN_STATES[row["state_type"]]
    if {"failed", "upstream_failed"} & {*upstream}:
        return "upstream_failed"
    # A predicate that could not be evaluated is nobody's failed stage.
    return "upstream_failed" if row["state_name"] == "NotReady" and "cancelled" not in upstream else "cancelled"


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


class Server:
    """Prefect's server on a free port, in a process that ends when this one does.

    Args:
        home: Where it keeps its database.
        template: A database without runs; making one takes longer than all else at the start. Kept when it is missing.
    """

    def __init__(self, home: Path, template: Path) -> None:
        self.socket = socket.socket()  # bound, so that the port is ours, but not listening yet
        self.socket.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/api"
        self.log = home / "server.log"
        self.database = home / "prefect.db"
        self.template = template
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, once, and wait until it is healthy.

        Raises:
            RuntimeError: If it ends, or is not healthy in time.
        """
        if self.process is not None:
            return
        is_new = not self.template.exists()
        if not is_new:
            shutil.copyfile(self.template, self.database)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, __file__, "serve", str(self.socket.fileno())],
                stdin=subprocess.PIPE,  # closed when this process ends, however it ends: the server's sign to go
                stdout=log,
                stderr=log,
                pass_fds=[self.socket.fileno()],
                start_new_session=True,
            )
        self.socket.close()
        deadline = time.monotonic() + HEALTHY_WITHIN_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(OSError):
                self.get("/health")
                if is_new:
                    self.keep_template()
                return
            time.sleep(0.05)
        tail = self.log.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise RuntimeError(f"Prefect's server did not become healthy\n{tail}")

    def keep_template(self) -> None:
        """Keep the database for the next server."""
        self.template.parent.mkdir(parents=True, exist_ok=True)
        copy = self.template.with_name(f"{self.template.name}.{os.getpid()}")
        with (
            contextlib.closing(sqlite3.connect(self.database)) as made,
            contextlib.closing(sqlite3.connect(copy)) as kept,
        ):
            made.backup(kept)
        copy.replace(self.template)

    def get(self, path: str) -> Any:
        """What the API answers to GET."""
        return self._ask(urllib.request.Request(self.url + path))

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """What the API answers to POST."""
        headers = {"Content-Type": "application/json"}
        return self._ask(urllib.request.Request(self.url + path, json.dumps(body).encode(), headers))

    @staticmethod
    def _ask(request: urllib.request.Request) -> Any:
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.load(response)


def serve(listening: int) -> None:
    """Be the server, until stdin closes."""
    import uvicorn
    from prefect.server.api.server import create_app

    def leave_with_parent() -> None:
        sys.stdin.buffer.read()
        os._exit(0)

    threading.Thread(target=leave_with_parent, daemon=True).start()
    config = uvicorn.Config(create_app(final=True), log_level="warning")
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=listening)])


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
    if sys.argv[1:2] == ["serve"]:
        return serve(int(sys.argv[2]))
    # Python puts the folder of the script first: the modules beside this one are not the engine's business.
    sys.path[:] = [each for each in sys.path if Path(each or ".").resolve() != Path(__file__).resolve().parent]
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    driver: Driver | None = None
    for line in sys.stdin:
        driver, answer = answers(driver, json.loads(line))
        print(json.dumps(answer), file=out, flush=True)
    return None


if __name__ == "__main__":
    main()
