"""Loads and runs generated DAGs in Airflow itself, for whoever talks JSON lines to it.

Airflow's own Python runs this file by its path: it imports Airflow and the standard library only. One request a line
comes in on stdin; one answer a line goes out on what was stdout (Airflow, and the tasks, print to a log or to stderr).

| op     | request                              | answer                                                  |
|--------|--------------------------------------|---------------------------------------------------------|
| `init` | `home`, `cache`                      | `version`; Airflow is imported and warm                 |
| `load` | `folder`, `file`                     | what Airflow's own objects say of the DAG               |
| `run`  | `folder`, `file`, `params`, `date`   | the run's state, and each stage's state and attempts    |

Importing Airflow and building its execution API take seconds, so this process does both once and then forks for each
request: a request starts from a warm Airflow, an empty metadata database and none of an earlier DAG's modules.

`dag.test()` runs the tasks. It leaves `dagrun_timeout` to the scheduler, which it does without: at that moment this
process lets the scheduler's own code decide about the run, and ends the task as a worker does.
"""

from __future__ import annotations

import json
import os
import secrets
import select
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

BUNDLE = "dags-folder"
#: What is left of a run when its time is up: Airflow calls it skipped, as if a branch had gone another way.
STATES = {"success": "success", "failed": "failed", "skipped": "skipped", "upstream_failed": "upstream_failed"}
WARM_UP = """
from airflow.sdk import dag, task

@task
def warm() -> dict:
    return {"up": 1}

@task
def warmer(up) -> None:
    pass

@dag(dag_id="warm_up", schedule=None)
def warm_up():
    warmer(warm()["up"])

warm_up()
"""

Answer = dict[str, Any]
Send = Callable[[Answer], None]


# --- this process: one warm Airflow, a fork for each request ---------------------------------------------------------


def configure(home: Path) -> None:
    """Settings for a quiet Airflow of our own; to be called before Airflow is imported."""
    home.mkdir(parents=True, exist_ok=True)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.update(
        AIRFLOW_HOME=str(home),
        AIRFLOW__API_AUTH__JWT_SECRET=secrets.token_hex(32),
        AIRFLOW__CORE__DAGS_FOLDER=str(home / "dags"),
        AIRFLOW__CORE__DEFAULT_TIMEZONE="utc",
        AIRFLOW__CORE__FERNET_KEY="",
        AIRFLOW__CORE__LOAD_EXAMPLES="False",
        AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=f"sqlite:///{home}/airflow.db",
        AIRFLOW__LOGGING__LOGGING_LEVEL="INFO",
        AIRFLOW__USAGE_DATA_COLLECTION__ENABLED="False",
    )


def init(home: Path, cache: Path) -> Answer:
    """Import Airflow, make or copy the empty database, and run a first DAG so that everything is loaded.

    Args:
        home: For this driver alone; all that Airflow writes stays in it.
        cache: Kept between drivers; holds the empty database.
    """
    configure(home)
    import airflow

    template = cache / f"airflow-{airflow.__version__}.db"
    if not template.exists():
        cache.mkdir(parents=True, exist_ok=True)
        create_database(template)
    shutil.copyfile(template, home / "empty.db")
    folder = home / "warm"
    folder.mkdir(exist_ok=True)
    (folder / "warm_up_dag.py").write_text(WARM_UP)
    use(home, folder)
    dag = dag_of(folder, "warm_up_dag.py")
    with output_to(home / "warm.log"):
        dag.test()
    for name in ("airflow.jobs.scheduler_job_runner", "airflow.models.xcom"):
        __import__(name)
    leave()
    return {"version": airflow.__version__}


def create_database(template: Path) -> None:
    """What `airflow db migrate` leaves, at `template`; made aside first, so that nobody sees half of it."""
    with tempfile.TemporaryDirectory(dir=template.parent) as folder:
        made = Path(folder, "airflow.db")

        def migrate(_send: Send) -> None:
            connect(made)
            from airflow import settings
            from airflow.utils.db import initdb

            initdb()
            settings.dispose_orm(do_log=False)  # closing the last connection brings SQLite's log into the file

        for said in fork(migrate, Path(folder, "migrate.log")).finish(None):
            raise RuntimeError(f"Airflow's database could not be made: {said['failure']}")
        os.replace(made, template)


def connect(database: Path) -> None:
    """Point Airflow's ORM at a database."""
    from airflow import settings

    os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] = f"sqlite:///{database}"
    settings.configure_vars()
    settings.configure_orm()


def use(home: Path, folder: Path) -> None:
    """Begin with an empty database, and with `folder` as the DAGs folder."""
    from airflow.dag_processing.bundles.manager import DagBundlesManager

    os.environ["AIRFLOW__CORE__DAGS_FOLDER"] = str(folder)
    shutil.copyfile(home / "empty.db", home / "airflow.db")
    connect(home / "airflow.db")
    DagBundlesManager().sync_bundles_to_db()


def leave() -> None:
    """Give up what a fork must not share: connections, and the event loop's thread behind the execution API."""
    import gc

    from airflow import settings
    from airflow.sdk.execution_time.supervisor import in_process_api_server

    del in_process_api_server().transport  # made anew, thread and all, when it is next asked for
    gc.collect()
    settings.dispose_orm(do_log=False)


class Fork:
    """A child that does one thing and tells of it in JSON lines."""

    def __init__(self, pid: int, lines: IO[str]) -> None:
        self.pid = pid
        self.lines = lines

    def messages(self, until: float | None) -> Iterator[Answer]:
        """What the child says, until it ends or the clock (`time.monotonic`) shows `until`."""
        while True:
            left = None if until is None else until - time.monotonic()
            if left is not None and left <= 0:
                return
            readable, _, _ = select.select([self.lines], [], [], left)
            line = self.lines.readline() if readable else ""
            if readable and not line:
                return
            if line:
                yield json.loads(line)

    def finish(self, until: float | None) -> list[Answer]:
        """Everything that it says, then its end, by force if need be."""
        said = list(self.messages(until))
        self.kill()
        return said

    def kill(self) -> None:
        """End it at once."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        self.lines.close()


def fork(work: Callable[[Send], None], log: Path) -> Fork:
    """Do `work` in a child whose output goes to `log`; the child dies when this process does."""
    reading, writing = os.pipe()
    parent = os.getpid()
    pid = os.fork()
    if pid:
        os.close(writing)
        return Fork(pid, os.fdopen(reading, "r", encoding="utf-8"))
    code = 1
    try:
        os.close(reading)
        threading.Thread(target=die_with, args=(parent,), daemon=True).start()
        lines = os.fdopen(writing, "w", encoding="utf-8", buffering=1)
        with output_to(log):
            try:
                work(lambda answer: print(json.dumps(answer), file=lines))
            except BaseException as error:
                traceback.print_exc()
                print(json.dumps({"failure": f"{type(error).__name__}: {error}"}), file=lines)
        code = 0
    finally:
        os._exit(code)


def die_with(parent: int) -> None:
    """End this process soon after its parent has ended."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


@contextmanager
def output_to(log: Path) -> Iterator[None]:
    """Everything printed in the block goes to a file, from C and from child processes too."""
    kept = os.dup(1), os.dup(2)
    with log.open("ab", buffering=0) as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for number, was in enumerate(kept, start=1):
            os.dup2(was, number)
            os.close(was)


# --- in a fork: loading --------------------------------------------------------------------------------------------


def dag_of(folder: Path, file: str) -> Any:
    """The one DAG of a file, as Airflow's DagBag finds it.

    Raises:
        LookupError: If Airflow reports errors, or finds no DAG or several.
    """
    from airflow.dag_processing.dagbag import BundleDagBag

    bag = BundleDagBag(dag_folder=folder / file, bundle_path=folder, bundle_name=BUNDLE)
    if bag.import_errors:
        raise LookupError("\n".join(bag.import_errors.values()))
    if len(bag.dags) != 1:
        raise LookupError(f"{file} holds {len(bag.dags)} DAGs")
    return next(iter(bag.dags.values()))


def serialized(dag: Any) -> Any:
    """The DAG after Airflow's own serialisation and back: what the scheduler works with."""
    from airflow.serialization.serialized_objects import DagSerialization

    return DagSerialization.from_dict(json.loads(json.dumps(DagSerialization.to_dict(dag))))


def load(home: Path, folder: Path, file: str) -> Answer:
    """What Airflow's own objects say of a generated DAG."""
    use(home, folder)
    try:
        loaded = dag_of(folder, file)
    except LookupError as error:
        return {"errors": [str(error)]}
    dag = serialized(loaded)
    params = {name: dag.params.get_param(name) for name in dag.params}
    return {
        "pipeline": dag.dag_id,
        "stages": {task.task_id: stage_view(task) for task in dag.tasks},
        "schedule": schedule_view(dag.timetable),
        "parameters": {name: parameter_view(param) for name, param in params.items()},
        "timeout_s": seconds(dag.dagrun_timeout),
        "tags": sorted(dag.tags),
        "errors": [],
    }


def stage_view(task: Any) -> Answer:
    return {
        "upstream": sorted(task.upstream_task_ids),
        "retries": task.retries,
        "retry_delay_s": seconds(task.retry_delay),
        "backoff": float(task.retry_exponential_backoff or 1.0),
        "max_delay_s": seconds(task.max_retry_delay),
        "timeout_s": seconds(task.execution_timeout),
        "owner": task.owner,
    }


def schedule_view(timetable: Any) -> Answer | None:
    told = timetable.serialize()
    return {"cron": told["expression"], "timezone": told["timezone"]} if "expression" in told else None


def parameter_view(param: Any) -> Answer:
    from airflow.serialization.definitions.notset import is_arg_set

    required = not is_arg_set(param.value)
    default = {} if required else {"default": param.value}
    return {"type": param.schema.get("type"), "schema": param.schema, "required": required, **default}


def seconds(duration: timedelta | None) -> float | None:
    return None if duration is None else duration.total_seconds()


# --- in a fork: running --------------------------------------------------------------------------------------------


def run_dag(home: Path, folder: Path, file: str, params: Answer, date: str | None, send: Send) -> None:
    """Run a DAG to its end, telling of each attempt as it starts and fails; then tell how it ended."""
    use(home, folder)
    dag = dag_of(folder, file)
    refusal = refused(serialized(dag), params)
    if refusal is not None:
        send({"refused": refusal})
        return
    send({"started": seconds(dag.dagrun_timeout), "dag": dag.dag_id})
    watch_attempts(send)
    when = {} if date is None else {"logical_date": logical_date(date, dag.timezone)}
    dag.test(run_conf=params, **when)
    send({"ended": outcome(dag.dag_id)})


def refused(dag: Any, params: Answer) -> str | None:
    """Why Airflow does not start a run with these parameters: what its API does, which `dag.test()` leaves to tasks."""
    from airflow.sdk.exceptions import ParamValidationError

    try:
        dag.params.deep_merge(params).validate()
    except (ParamValidationError, ValueError) as error:
        return str(error)
    unknown = sorted(set(params) - set(dag.params))
    return f"unknown parameters: {', '.join(unknown)}" if unknown else None


def logical_date(text: str, zone: Any) -> datetime:
    """A day (its first moment in the schedule's zone), or a moment; without offset it is one of that zone."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def watch_attempts(send: Send) -> None:
    """Tell of every attempt; the metadata database keeps neither errors nor what started just before a kill."""
    from airflow.sdk.definitions import dag as sdk_dag

    run_task = sdk_dag._run_task

    def watched(*, ti: Any, **rest: Any) -> Any:
        send({"attempt": ti.task_id})
        done = run_task(ti=ti, **rest)
        if done is not None and done.error is not None:
            send({"failed": ti.task_id, "error": f"{type(done.error).__name__}: {done.error}"})
        return done

    sdk_dag._run_task = watched


def time_out(home: Path, dag_id: str) -> Answer:
    """Let the scheduler decide about a run whose time is up, then tell how it ended."""
    connect(home / "airflow.db")
    from airflow.jobs.job import Job
    from airflow.jobs.scheduler_job_runner import SchedulerJobRunner
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        run = session.scalars(select(DagRun).where(DagRun.dag_id == dag_id)).one()
        SchedulerJobRunner(job=Job())._schedule_dag_run(run, session)
    return outcome(dag_id)


def outcome(dag_id: str) -> Answer:
    """How a run ended, from the metadata database: its state, each task's, and the results."""
    from airflow.models.dagrun import DagRun
    from airflow.models.taskinstance import TaskInstance
    from airflow.models.xcom import XComModel
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        run = session.scalars(select(DagRun).where(DagRun.dag_id == dag_id)).one()
        tasks = session.scalars(select(TaskInstance).where(TaskInstance.dag_id == dag_id)).all()
        told = session.scalars(select(XComModel).where(XComModel.dag_id == dag_id, XComModel.key == "result")).all()
        results = {each.task_id: XComModel.deserialize_value(each) for each in told}
        return {
            "run_id": run.run_id,
            "state": str(run.state),
            "states": {each.task_id: str(each.state) for each in tasks},
            "results": {each.task_id: results[each.task_id] for each in tasks if each.task_id in results},
        }


# --- this process again: one run, and the clock ------------------------------------------------------------------------


class Run:
    """What a run's fork has told so far."""

    def __init__(self) -> None:
        self.started_at = 0.0
        self.dag_id = ""
        self.timeout_s: float | None = None
        self.attempts: dict[str, int] = {}
        self.errors: dict[str, str] = {}
        self.end: Answer | None = None
        self.error: str | None = None

    def hear(self, message: Answer) -> None:
        """Take in one message."""
        if "started" in message:
            self.started_at, self.timeout_s, self.dag_id = time.monotonic(), message["started"], message["dag"]
        elif "attempt" in message:
            self.attempts[message["attempt"]] = self.attempts.get(message["attempt"], 0) + 1
            self.errors.pop(message["attempt"], None)
        elif "ended" in message:
            self.end = message["ended"]
        elif "error" in message:
            self.errors[message["failed"]] = message["error"]
        else:
            self.error = message.get("refused") or message["failure"]

    def answer(self, log: Path, *, cut_short: bool) -> Answer:
        """The run as the portable semantics name its states."""
        if self.end is None:
            return {"state": "failed", "stages": [], "error": self.error or "Airflow ended without a word", "log": str(log)}
        left = {"skipped": "cancelled"} if cut_short else {}
        stages = [
            self.stage(task_id, {**STATES, **left}.get(state, "cancelled"))
            for task_id, state in self.end["states"].items()
        ]
        state = "success" if self.end["state"] == "success" else "failed"
        told = {"error": self.error} if self.error else {}
        return {"state": state, "run_id": self.end["run_id"], "stages": stages, "log": str(log), **told}

    def stage(self, task_id: str, state: str) -> Answer:
        """One stage's line."""
        assert self.end is not None
        shown: Answer = {"id": task_id, "state": state, "attempts": self.attempts.get(task_id, 0)}
        if state == "success" and task_id in self.end["results"]:
            shown["result"] = self.end["results"][task_id]
        if task_id in self.errors and state != "success":
            shown["error"] = self.errors[task_id]
        return shown


def run(home: Path, request: Answer) -> Answer:
    """Run a generated DAG in a fork; when its `dagrun_timeout` is over, do what scheduler and worker would."""
    log = Path(tempfile.mkdtemp(prefix="run-", dir=home), "run.log")
    folder, file = Path(request["folder"]).resolve(), request["file"]
    params, date = request.get("params") or {}, request.get("date")
    heard, give_up = Run(), time.monotonic() + float(request.get("timeout_s") or 3600)
    child = fork(lambda send: run_dag(home, folder, file, params, date, send), log)
    try:
        deadline = give_up
        for message in child.messages(give_up):
            heard.hear(message)
            if heard.timeout_s is not None:
                # The scheduler looks at its runs every second or so; it acts once the time is over.
                deadline = min(give_up, heard.started_at + heard.timeout_s + 0.2)
                break
        for message in child.messages(deadline):
            heard.hear(message)
    finally:
        unfinished = heard.end is None and heard.error is None and time.monotonic() >= deadline
        # The worker's supervisor ends a task with SIGTERM, which Airflow's tasks survive, and then with SIGKILL.
        child.kill()
    if unfinished and deadline < give_up:
        heard.error = f"the run took longer than its timeout of {heard.timeout_s:g} s"
        scheduler = fork(lambda send: send({"ended": time_out(home, heard.dag_id)}), log)
        for message in scheduler.finish(give_up):
            heard.hear(message)
    elif unfinished:
        return {"state": "cancelled", "stages": [], "error": "the driver was asked to wait no longer", "log": str(log)}
    return heard.answer(log, cut_short=unfinished)


def handle(home: Path | None, request: Answer) -> Answer:
    """The answer to a request; `home` is None before `init`."""
    if request["op"] == "init":
        return init(Path(request["home"]).resolve(), Path(request["cache"]).resolve())
    if home is None:
        raise ValueError("the first request must be `init`")
    if request["op"] == "run":
        return run(home, request)
    if request["op"] == "load":
        folder, file = Path(request["folder"]).resolve(), request["file"]
        said = fork(lambda send: send({"view": load(home, folder, file)}), home / "load.log").finish(None)
        if said and "view" in said[-1]:
            return dict(said[-1]["view"])
        return {"errors": [said[-1]["failure"] if said else "Airflow ended without a word"]}
    raise ValueError(f"unknown op {request['op']!r}")


def main() -> None:
    """Answer requests until stdin ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    home: Path | None = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = handle(home, request)
            home = Path(request["home"]).resolve() if request["op"] == "init" else home
        except Exception as error:
            traceback.print_exc()
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers)


if __name__ == "__main__":
    main()
