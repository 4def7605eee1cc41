"""What happens in a fork of a warm Airflow: a DAG is loaded, run, timed out, read back."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import sys
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ppc_airflow.driver_forks import Answer, Send, die_with, sleep
else:  # Airflow's Python runs the driver by its path
    from driver_forks import Answer, Send, die_with, sleep

BUNDLE = "dags-folder"
#: How many tasks a run may run at once, and how often it looks for retries that are due.
SIDE_BY_SIDE = 8
LOOK_AGAIN_SECONDS = 0.25
#: How long a task may wait until it can write to the metadata database; on a busy machine SQLite's own 5 are too few.
TURN_WITHIN_SECONDS = 120


@dataclass(frozen=True)
class Place:
    """Where a DAG is, and where it is run.

    Args:
        folder: The DAGs folder.
        file: The DAG's file in it.
        empty: An empty metadata database.
        scratch: A folder for this request alone.
    """

    folder: Path
    file: str
    empty: Path
    scratch: Path

    @property
    def database(self) -> Path:
        """The metadata database; what SQLite keeps beside it belongs to it, so its place is never used twice."""
        return self.scratch / "airflow.db"


def connect(database: Path | None = None) -> None:
    """Point Airflow's ORM at a database; without one, connect anew to the last one."""
    from airflow import settings

    if database:
        location = f"sqlite:///{database}?timeout={TURN_WITHIN_SECONDS}"
        os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] = location
    settings.configure_vars()
    settings.configure_orm()


def dag_in(place: Place) -> Any:
    """The one DAG of a file, as Airflow's DagBag finds it; the database is empty then.

    Raises:
        LookupError: If Airflow reports errors, or finds no DAG or several.
    """
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.dag_processing.dagbag import BundleDagBag

    os.environ["AIRFLOW__CORE__DAGS_FOLDER"] = str(place.folder)
    if not place.database.exists():
        shutil.copyfile(place.empty, place.database)
    connect(place.database)
    DagBundlesManager().sync_bundles_to_db()
    bag = BundleDagBag(dag_folder=place.folder / place.file, bundle_path=place.folder, bundle_name=BUNDLE)
    if bag.import_errors:
        raise LookupError("\n".join(bag.import_errors.values()))
    if len(bag.dags) != 1:
        raise LookupError(f"{place.file} holds {len(bag.dags)} DAGs")
    return next(iter(bag.dags.values()))


def serialized(dag: Any) -> Any:
    """The DAG after Airflow's own serialisation and back: what the scheduler works with."""
    from airflow.serialization.serialized_objects import DagSerialization

    return DagSerialization.from_dict(json.loads(json.dumps(DagSerialization.to_dict(dag))))


# --- loading --------------------------------------------------------------------------------------------------------


def view(place: Place) -> Answer:
    """What Airflow's own objects say of a generated DAG."""
    try:
        dag = serialized(dag_in(place))
    except LookupError as error:
        return {"errors": [str(error)]}
    return {
        "pipeline": dag.dag_id,
        "stages": {task.task_id: _task_view(task) for task in dag.tasks if "-" not in task.task_id},
        "groups": {id: _group_view(each) for id, each in dag.task_group_dict.items() if id and not each.is_mapped},
        "schedule": _schedule_view(dag.timetable.serialize()),
        "parameters": {name: _parameter_view(dag.params.get_param(name)) for name in dag.params},
        "timeout_s": _seconds(dag.dagrun_timeout),
        "tags": sorted(dag.tags),
        "errors": [],
    }


def _task_view(task: Any) -> Answer:
    return {
        "upstream": sorted(set(_stages_before(task))),
        "retries": task.retries,
        "retry_delay_s": _seconds(task.retry_delay),
        "backoff": float(task.retry_exponential_backoff or 1.0),
        "max_delay_s": _seconds(task.max_retry_delay),
        "timeout_s": _seconds(task.execution_timeout),
    }


def _group_view(group: Any) -> Answer:
    return {"name": group.label, "stages": sorted(each.task_id for each in group if "-" not in each.task_id)}


def _stages_before(task: Any) -> Iterator[str]:
    """The stages that a task waits for as they are; `train-or-old` stands for `train`, others in between decide.

    So do `train-in-group` and `train-collected`, with what `train` has given in another mapped group.
    """
    for each in task.upstream_task_ids:
        stage, _, decision = each.partition("-")
        if not decision or decision.startswith(("or-", "in-", "collected")):
            yield stage


def _schedule_view(timetable: Answer) -> Answer | None:
    return {"cron": timetable["expression"], "timezone": timetable["timezone"]} if "expression" in timetable else None


def _parameter_view(param: Any) -> Answer:
    from airflow.serialization.definitions.notset import is_arg_set

    seen = {"type": param.schema.get("type"), "required": not is_arg_set(param.value)}
    return seen if seen["required"] else {**seen, "default": param.value}


def _seconds(duration: timedelta | None) -> float | None:
    return None if duration is None else duration.total_seconds()


# --- running --------------------------------------------------------------------------------------------------------


def run(place: Place, params: Answer, date: str | None, send: Send) -> None:
    """Run a DAG to its end, telling of each attempt as it starts and fails; then tell how it ended."""
    dag = dag_in(place)
    refusal = _refusal(serialized(dag), params)
    if refusal is not None:
        send({"refused": refusal})
        return
    send({"started": _seconds(dag.dagrun_timeout), "loops": _loops(dag)})
    Tasks(send).take_over()
    when = {} if date is None else {"logical_date": _logical_date(date, dag.timezone)}
    # Airflow calls these where the DAG is parsed, not where its tasks run: it comes after.
    hooks = {True: dag.on_success_callback or [], False: dag.on_failure_callback or []}
    dag.on_success_callback = dag.on_failure_callback = None
    dag.has_on_success_callback = dag.has_on_failure_callback = False
    dag.test(run_conf=params, **when)
    ended = outcome()
    send({"ended": ended})
    good = ended["state"] == "success"
    call_back(dag, hooks[good], ended["run_id"], "success" if good else "task_failure", send)


def _loops(dag: Any) -> Answer:
    """For each task of a mapped group, the one that returns what the group is expanded over."""
    groups = {task.task_id: task.get_closest_mapped_task_group() for task in dag.tasks}
    return {
        task: source.task_id
        for task, group in groups.items()
        if group is not None
        for source in group.iter_mapped_dependencies()
    }


def call_back(dag: Any, callbacks: Sequence[Any], run_id: str, reason: str, send: Send) -> None:
    """Call what a DAG wants called at the end of a run, as Airflow's DAG processor would; tell of what fails."""
    psutil, structlog = importlib.import_module("psutil"), importlib.import_module("structlog")
    from airflow.sdk.execution_time.supervisor import (
        InProcessSupervisorComms,
        InProcessTestSupervisor,
        set_supervisor_comms,
    )

    supervisor = InProcessTestSupervisor(
        id=uuid.uuid4(),
        pid=os.getpid(),
        process=psutil.Process(),
        process_log=structlog.get_logger(logger_name="callbacks"),
        client=InProcessTestSupervisor._api_client(dag),
    )
    supervisor.comms = InProcessSupervisorComms(supervisor=supervisor)
    with set_supervisor_comms(supervisor.comms):
        for callback in callbacks:
            observed(callback, send)({"dag": dag, "run_id": run_id, "reason": reason}, fail=False)


def observed(callback: Any, send: Send) -> Callable[..., None]:
    """The same callback, whose failure is told of: Airflow itself only logs it."""

    def call(context: Any, fail: bool = True) -> None:
        try:
            callback(context)
        except Exception as error:
            traceback.print_exc()
            send({"hook_error": told(error)})
            if fail:
                raise

    return call


def told(error: Any) -> str:
    """What a callback raised; the runtime's `HookFailed` knows the hook, and what went wrong without the traceback."""
    return f"{error.stage} failed: {error.error}" if type(error).__name__ == "HookFailed" else str(error)


def _refusal(dag: Any, params: Answer) -> str | None:
    """Why Airflow's API would not start a run with these parameters; `dag.test()` leaves that to the tasks."""
    from airflow.sdk.exceptions import ParamValidationError

    unknown = sorted(set(params) - set(dag.params))
    if unknown:
        return f"the DAG has no params {', '.join(unknown)}"
    try:
        dag.params.deep_merge(params).validate()
    except (ParamValidationError, ValueError) as error:
        return str(error)
    return None


def _logical_date(text: str, zone: Any) -> datetime:
    """A day (its first moment in the schedule's zone) or a moment; one without offset is one of that zone."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


class Tasks:
    """The running tasks of a `dag.test()`, each in a fork of its own.

    Args:
        send: Told of every attempt; the metadata database keeps neither errors nor what started just before a kill.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self._running: dict[int, Any] = {}
        self._run_task: Any = None

    def take_over(self) -> None:
        """From now on, do what `dag.test()` does to run a task, and to wait when there is nothing to start."""
        from airflow.sdk.definitions import dag

        self._run_task, dag._run_task = dag._run_task, self.start
        time.sleep = self.wait  # type: ignore[assignment] # it stands in for it here

    def start(self, *, ti: Any, task: Any, **_: Any) -> None:
        """Run a task; returns before it has ended."""
        most = task.max_active_tis_per_dagrun or SIDE_BY_SIDE
        while len(self._running) >= SIDE_BY_SIDE or self._active(ti.task_id) >= most:
            self.wait(1.0)
        ti.set_state("queued")
        self._send({"attempt": instance(ti)})
        parent = os.getpid()
        pid = os.fork()
        if pid:
            self._running[pid] = ti
            return
        code = 1
        try:
            die_with(parent)
            time.sleep = sleep
            self._work(ti.id, instance(ti), task)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(code)

    def _active(self, task_id: str) -> int:
        return sum(each.task_id == task_id for each in self._running.values())

    def wait(self, seconds: float) -> None:
        """Wait until a task has ended, or for a while."""
        if threading.current_thread() is not threading.main_thread():
            sleep(seconds)
            return
        until = time.monotonic() + min(seconds, LOOK_AGAIN_SECONDS)
        while not self._reap() and (left := until - time.monotonic()) > 0:
            sleep(min(left, 0.01))

    def _reap(self) -> bool:
        ended, status = os.waitpid(-1, os.WNOHANG) if self._running else (0, 0)
        ti = self._running.pop(ended, None)
        if ti is not None and status != 0:
            # A scheduler would find out when the task's heartbeat stays away.
            ti.set_state("failed")
            self._send({"failed": instance(ti), "error": f"the task's process ended with status {status}"})
        return ti is not None

    def _work(self, ti_id: Any, name: str, task: Any) -> None:
        from airflow.models.taskinstance import TaskInstance
        from airflow.utils.session import create_session

        connect()
        with create_session() as session:
            ti = session.get_one(TaskInstance, ti_id)
            session.expunge(ti)
        task.on_failure_callback = [observed(each, self._send) for each in task.on_failure_callback]
        self._observe_attempt(ti, name)
        done = self._run_task(ti=ti, task=task)
        if done is not None and done.error is not None:
            self._send({"failed": name, "error": f"{type(done.error).__name__}: {done.error}"})

    def _observe_attempt(self, ti: Any, name: str) -> None:
        """Tell of it if Airflow itself fails at the one attempt of this process, and let its end be written once."""
        from airflow.sdk.execution_time import supervisor

        run_in_process = supervisor.run_task_in_process

        def run_observed(**given: Any) -> Any:
            try:
                done = run_in_process(**given)
            except Exception as error:
                self._send({"failed": name, "error": f"Airflow could not run it: {type(error).__name__}: {error}"})
                raise
            # The execution API has written how it ended. What `dag.test()` writes once more would be taken for the
            # state of the next attempt, which may have begun by now: there would be one too many.
            ti.set_state = lambda state: False
            return done

        supervisor.run_task_in_process = run_observed


def time_out(place: Place, started: float, send: Send) -> None:
    """Let the scheduler decide about a run whose time is up, then tell how it ended, and which tasks were running.

    Args:
        started: When the run did, in seconds since the epoch.
    """
    connect(place.database)
    from airflow.jobs.job import Job
    from airflow.jobs.scheduler_job_runner import SchedulerJobRunner
    from airflow.models.dagrun import DagRun
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        found = session.scalars(select(DagRun)).one()
        before = {instance(each): str(each.state) for each in session.scalars(select(TaskInstance))}
        # Where a scheduler writes the time, `dag.test()` has written the logical date.
        found.start_date = datetime.fromtimestamp(started, timezone.utc)
        SchedulerJobRunner(job=Job())._schedule_dag_run(found, session)
    ended = outcome()
    killed = [name for name, state in before.items() if state in ("queued", "running")]
    skipped = [name for name, state in before.items() if state == "skipped"]
    send({"ended": {**ended, "killed": killed, "skipped": skipped}})
    dag = dag_in(place)
    call_back(dag, dag.on_failure_callback or [], ended["run_id"], "timed_out", send)


def outcome() -> Answer:
    """How the run ended, from the metadata database: its state, each task's, and the results."""
    from airflow.models.dagrun import DagRun
    from airflow.models.taskinstance import TaskInstance
    from airflow.models.xcom import XComModel
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        found = session.scalars(select(DagRun)).one()
        told = session.scalars(select(XComModel).where(XComModel.key == "result"))
        # What is expanded itself returns the items of a loop in a loop, over which nothing is expanded.
        items = session.scalars(select(XComModel).where(XComModel.task_id.contains("-"), XComModel.map_index == -1))
        return {
            "run_id": found.run_id,
            "state": str(found.state),
            "states": _states(session.scalars(select(TaskInstance).order_by(TaskInstance.map_index)).all()),
            "items": {each.task_id: _places(each.value) for each in items},
            # Not `XComModel.deserialize_value`, which would also decode a string that happens to be JSON.
            "results": {instance(each): each.value for each in told},
        }


def _places(arguments: Any) -> list[str]:
    """What stands behind the names of stages for each item of a loop: `[0]`, in a loop in a loop `[0][1]`."""
    expanded = arguments if isinstance(arguments, list) else []
    indexes = (each.get("at", [index]) for index, each in enumerate(expanded))
    return ["".join(f"[{index}]" for index in each) for each in indexes]


def instance(ti: Any) -> str:
    """A task instance, or whose value an XCom is, with its map index: `train[0]`."""
    return str(ti.task_id) if ti.map_index < 0 else f"{ti.task_id}[{ti.map_index}]"


def _states(instances: Sequence[Any]) -> dict[str, str]:
    return {instance(each): str(each.state) for each in instances}
