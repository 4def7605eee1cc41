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

`dag.test()` schedules a run. By itself it runs one task after the other in its own process; here each of them gets a
fork, as a worker would give it, so that independent tasks run side by side. And it leaves `dagrun_timeout` to the
scheduler, which it does without: at that moment the scheduler's own code decides about the run, and its tasks die.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import secrets
import shutil
import sys
import tempfile
import time
import traceback
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ppc_airflow import driver_dags as dags
    from ppc_airflow.driver_dags import Place
    from ppc_airflow.driver_forks import Answer, Send, fork, output_to
else:  # run by its path, it finds its neighbours as modules of their own
    import driver_dags as dags
    from driver_dags import Place
    from driver_forks import Answer, Send, fork, output_to

EMPTY = "empty.db"
#: What a run needs of Airflow beyond what the first DAG has loaded.
NEEDED_LATER = ("airflow.jobs.scheduler_job_runner", "airflow.models.xcom", "zoneinfo")
#: A scheduler looks at its runs about once a second; it acts when the time is over.
SCHEDULER_LOOKS_SECONDS = 0.2
GIVEN_UP_WITHIN_SECONDS = 60.0
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


def init(home: Path, cache: Path) -> Answer:
    """Import Airflow, make or copy the empty database, and run a first DAG so that everything is loaded.

    Args:
        home: For this driver alone; all that Airflow writes stays in it.
        cache: Kept between drivers; holds the empty database.
    """
    configure(home)
    import airflow

    empty = cache / f"airflow-{airflow.__version__}.db"
    if not empty.exists():
        cache.mkdir(parents=True, exist_ok=True)
        create_database(empty)
    shutil.copyfile(empty, home / EMPTY)
    warm = home / "warm"
    warm.mkdir()
    (warm / "warm_up_dag.py").write_text(WARM_UP, encoding="utf-8")
    with output_to(warm / "warm.log"):
        dags.dag_in(Place(warm, "warm_up_dag.py", home / EMPTY, warm)).test()
        for name in NEEDED_LATER:
            importlib.import_module(name)
        give_up_what_forks_cannot_share()
    sys.dont_write_bytecode = True  # a DAG that is rewritten within a second would be taken for the old one
    return {"version": airflow.__version__}


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
        AIRFLOW__USAGE_DATA_COLLECTION__ENABLED="False",
    )


def create_database(empty: Path) -> None:
    """What `airflow db migrate` leaves, at `empty`; made aside first, so that nobody sees half of it."""
    with tempfile.TemporaryDirectory(dir=empty.parent) as folder:
        made = Path(folder, "airflow.db")

        def migrate(_: Send) -> None:
            from airflow import settings
            from airflow.utils.db import initdb

            dags.connect(made)
            initdb()
            settings.dispose_orm(do_log=False)  # closing the last connection brings SQLite's log into the file

        for said in fork(migrate, Path(folder, "migrate.log")).finish():
            raise RuntimeError(f"Airflow's database could not be made: {said['failure']}")
        made.replace(empty)


def give_up_what_forks_cannot_share() -> None:
    """Close connections, and end the thread with the event loop behind the execution API.

    Raises:
        TimeoutError: If Airflow still holds on to that.
    """
    from airflow import settings
    from airflow.sdk.execution_time.supervisor import in_process_api_server

    api = in_process_api_server()
    held = weakref.ref(api.transport)
    del api.transport  # made anew, thread and all, when it is next asked for
    # Threads of the tasks that have run hold it for up to a second. A fork that found it among its garbage would wait
    # five seconds for a thread that it has not got, perhaps with the database locked.
    deadline = time.monotonic() + GIVEN_UP_WITHIN_SECONDS
    while gc.collect() or held() is not None:
        if time.monotonic() > deadline:
            raise TimeoutError("Airflow does not let go of its execution API")
        time.sleep(0.05)
    gc.freeze()
    settings.dispose_orm(do_log=False)


def load(place: Place) -> Answer:
    """What Airflow makes of a generated DAG."""
    said = fork(lambda send: send({"view": dags.view(place)}), place.scratch / "load.log").finish()
    if said and "view" in said[-1]:
        return dict(said[-1]["view"])
    return {"errors": [said[-1]["failure"] if said else "Airflow ended without a word"]}


class Run:
    """What a run's fork has told so far."""

    def __init__(self) -> None:
        self.started = 0.0
        self.timeout_s: float | None = None
        self.attempts: dict[str, int] = {}
        self.errors: dict[str, str] = {}
        self.loops: dict[str, str] = {}
        self.hook_errors: list[str] = []
        self.end: Answer | None = None
        self.error: str | None = None

    def hear(self, message: Answer) -> None:
        """Take in one message."""
        if "started" in message:
            self.started, self.timeout_s = time.time(), message["started"]
            self.loops = message["loops"]
        elif "attempt" in message:
            self.attempts[message["attempt"]] = self.attempts.get(message["attempt"], 0) + 1
            self.errors.pop(message["attempt"], None)
        elif "failed" in message:
            # That its process ended badly is said after what it said itself.
            self.errors.setdefault(message["failed"], message["error"])
        elif "hook_error" in message:
            self.hook_errors.append(message["hook_error"])
        elif "ended" in message:
            self.end = message["ended"]
        else:
            self.error = message.get("refused") or message["failure"]

    def answer(self) -> Answer:
        """The run in the states of the portable semantics."""
        if self.end is None:
            return {"state": "failed", "stages": [], "error": self.error or "Airflow ended without a word"}
        ended = self._for_each_item(self._states())
        saved = self._settle_stand_ins(ended)
        stages = [self._stage(name, state) for name, state in ended.items() if not is_decision(name)]
        state = self.end["state"]
        error = self.error or next(self._undecided(ended), None)
        return {
            "state": state,
            "run_id": self.end["run_id"],
            "stages": stages,
            "degraded": saved,
            "hook_errors": self.hook_errors,
            **({"error": error} if error else {}),
        }

    def _states(self) -> dict[str, str]:
        """How each task ended; Airflow calls all skipped that a timeout of the run ends."""
        assert self.end is not None
        states = dict(self.end["states"])
        if "killed" in self.end:
            cut_short = [
                name for name, state in states.items() if state == "skipped" and name not in self.end["skipped"]
            ]
            for name in cut_short:
                states[name] = "failed" if name in self.end["killed"] else "cancelled"
                self.errors.update({name: "killed: the time of the run was up"} if states[name] == "failed" else {})
        return states

    def _for_each_item(self, states: dict[str, str]) -> dict[str, str]:
        """A task of a loop that Airflow decided once, for all items at once (there may be none), told for each."""
        assert self.end is not None
        told: dict[str, str] = {}
        for name, state in states.items():
            items = self.end["items"].get(self.loops.get(name))
            told |= {name: state} if items is None else {f"{name}[{index}]": state for index in range(len(items))}
        return told

    @staticmethod
    def _settle_stand_ins(states: dict[str, str]) -> bool:
        """Tell stand-ins that were not needed, whatever became of what they take; whether one took a stage's place."""
        saved = False
        for name, state in list(states.items()):
            task, bracket, index = name.partition("[")
            primary, _, stand_in = task.partition("-or-")
            if not stand_in.isidentifier():
                continue
            first = states.get(primary + bracket + index)
            if first in ("success", "skipped") and states[stand_in + bracket + index] == "upstream_failed":
                states[stand_in + bracket + index] = "skipped"
            saved |= state == "success" and first == "failed"
        return saved

    def _undecided(self, states: dict[str, str]) -> Iterator[str]:
        """Why a condition or a loop could not be decided."""
        for name, state in states.items():
            if state == "failed" and name.partition("[")[0].endswith(("-gate", "-items")):
                yield f"{name}: {self.errors.get(name, 'its process died')}"

    def _stage(self, name: str, state: str) -> Answer:
        assert self.end is not None
        # What looks itself who was skipped, and is then skipped too, starts as a task but never as a stage.
        attempts = 0 if state == "skipped" else self.attempts.get(name, 0)
        shown: Answer = {"id": self._in_loops(name), "state": state, "attempts": attempts}
        if state == "success" and name in self.end["results"]:
            shown["result"] = self.end["results"][name]
        if state != "success" and name in self.errors:
            shown["error"] = self.errors[name]
        return shown

    def _in_loops(self, name: str) -> str:
        """What the portable semantics call a task with a map index: in a loop in a loop, that is `train[0][1]`."""
        assert self.end is not None
        task, _, index = name.removesuffix("]").partition("[")
        return task + self.end["items"][self.loops[task]][int(index)] if index else name


def is_decision(name: str) -> bool:
    """Whether a task decides about stages and is none itself: stages are called by identifiers."""
    return "-" in name


def run(place: Place, request: Answer) -> Answer:
    """Run a generated DAG; when its `dagrun_timeout` is over, do what scheduler and workers would."""
    log = place.scratch / "run.log"
    params, date = request.get("params") or {}, request.get("date")
    heard = Run()
    deadline = give_up = time.monotonic() + float(request["timeout_s"])
    child = fork(lambda send: dags.run(place, params, date, send), log)
    try:
        for message in child.messages(give_up):
            heard.hear(message)
            if heard.timeout_s is not None:
                deadline = min(give_up, time.monotonic() + heard.timeout_s + SCHEDULER_LOOKS_SECONDS)
                break
        for message in child.messages(deadline):
            heard.hear(message)
            if heard.end is not None:
                break
        if heard.end is not None:
            for message in child.messages(give_up):
                heard.hear(message)
    finally:
        child.kill()
    unfinished = heard.end is None and heard.error is None and time.monotonic() >= deadline
    if unfinished and deadline < give_up:
        heard.error = f"the run took longer than its timeout of {heard.timeout_s:g} s"
        for message in fork(lambda send: dags.time_out(place, heard.started, send), log).finish():
            heard.hear(message)
    elif unfinished:
        return {"state": "cancelled", "stages": [], "error": "the run was given up: it took too long"}
    return heard.answer()


def handle(home: Path | None, request: Answer) -> Answer:
    """The answer to a request; `home` is None before `init`."""
    if request["op"] == "init":
        return init(Path(request["home"]).resolve(), Path(request["cache"]).resolve())
    if home is None:
        raise ValueError("the first request must be `init`")
    scratch = Path(tempfile.mkdtemp(prefix=f"{request['op']}-", dir=home))
    place = Place(Path(request["folder"]).resolve(), request["file"], home / EMPTY, scratch)
    answer = run(place, request) if request["op"] == "run" else load(place)
    for each in scratch.glob("airflow.db*"):
        each.unlink()
    return answer


def main() -> None:
    """Answer requests until stdin ends."""
    sys.path.pop(0)  # the folder of this file: its modules must not hide anyone's
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
