"""How Airflow keeps each rule of the portable semantics."""

from __future__ import annotations

from portable_pipeline.backend import Answer, Evidence, Support

_NATIVE, _EMULATED, _REFUSED = Answer.NATIVE, Answer.EMULATED, Answer.REFUSED

_OWN_PROCESS = "each attempt is a process of its own, which the copied runtime starts and ends"
_COMMIT = "the copied runtime commits a stage's outputs when the stage has succeeded"
_TYPED = "the copied runtime decodes arguments and encodes results by the function's annotations"

SUPPORT: dict[str, Support] = {
    "G1": Support(_NATIVE, "TaskFlow arguments and `>>`, with the trigger rule `all_success`"),
    "G2": Support(_NATIVE, "tasks without a path between them are scheduled independently"),
    "G3": Support(_NATIVE, "XComs, one for each output (`multiple_outputs`)"),
    "G4": Support(_NATIVE, "explicit task ids"),
    "G5": Support(_NATIVE, "a failed task only stops its downstream"),
    "V1": Support(
        _EMULATED,
        f"{_TYPED}; with an int of more than 64 bits a task on a worker fails, or, where the database is SQLite, what"
        " takes it",
    ),
    "V2": Support(_NATIVE, "constants stand in a function's body, where Airflow renders no templates; XComs are JSON"),
    "V3": Support(_EMULATED, _TYPED),
    "V4": Support(_EMULATED, "the copied runtime measures the result before it becomes an XCom"),
    "V5": Support(_NATIVE, "XComs, one for each field (`multiple_outputs`)"),
    "P1": Support(_NATIVE, "DAG params"),
    "P2": Support(_NATIVE, "the JSON schema of each param, checked when a run is asked for"),
    "P3": Support(_EMULATED, _TYPED),
    "R1": Support(_NATIVE, "`retries`"),
    "R2": Support(_NATIVE, "`retry_delay`, `retry_exponential_backoff`, `max_retry_delay`; whole seconds, rounded up"),
    "R2.jitter": Support(
        _EMULATED,
        "Airflow's own: whole seconds, at most the wait again, and only to waits that grow: 1 becomes just above 1",
    ),
    "R3": Support(_EMULATED, f"`execution_timeout`, at which {_OWN_PROCESS}"),
    "R4": Support(_EMULATED, "`Abort` becomes `AirflowFailException`"),
    "R5": Support(_EMULATED, _OWN_PROCESS),
    "R6": Support(_NATIVE, "`dagrun_timeout`; Airflow shows what it ends as `skipped`"),
    "F1": Support(_NATIVE, "`upstream_failed`, by the trigger rule `all_success`"),
    "F1.loop": Support(
        _EMULATED,
        "where a loop may be skipped, or is in a loop, what comes after it also comes after what the loop's stages"
        " need, and so does a task of its own where nothing does; stages of the skipped loop itself are shown as"
        " skipped, whatever has failed: Airflow skips all tasks of a group that it cannot expand",
    ),
    "F2": Support(_NATIVE, "a failed task makes its downstream fail, so a leaf has failed and with it the run"),
    "F3": Support(
        _EMULATED,
        "a task with `one_failed` lets the stand-in run, one with `one_success` (in a loop, `all_done` and a look)"
        " after both gives consumers the values",
    ),
    "F3.apart": Support(_EMULATED, "as F3"),
    "C1": Support(_NATIVE, "a task before the block that is skipped where the predicate does not hold"),
    "C2": Support(_NATIVE, "a second such task, for the opposite"),
    "C3": Support(
        _EMULATED,
        "`all_success`; where a skip could come before a failure, `none_failed` and a look at who was skipped",
    ),
    "C4": Support(_NATIVE, "`none_failed_min_one_success`, or `none_failed` and a look at who was skipped"),
    "C5": Support(_EMULATED, "a Python expression; the copied runtime decodes what is compared"),
    "C6": Support(
        _NATIVE,
        "the task that decides is a task like others: it ends as `upstream_failed` (where it skips a loop: F1.loop)",
    ),
    "C7": Support(_NATIVE, "only what stands in the block comes after the task that decides"),
    "M1": Support(_NATIVE, "a mapped task group, expanded over what a task returns"),
    "M2": Support(_EMULATED, "XComs of all map indexes; Airflow itself would unwrap a single one"),
    "M3": Support(_EMULATED, "Airflow skips the group's tasks; consumers have the trigger rule `none_failed`"),
    "M4": Support(
        _NATIVE,
        "each map index goes its own way; consumers have the trigger rule `none_failed`; a teardown keeps the run open"
        " where Airflow would end it before it has counted all",
    ),
    "M4.apart": Support(_NATIVE, "each task minds its own upstream only: it starts"),
    "M5": Support(
        _EMULATED,
        "a sensor before each item that asks for the states of those before it; where the body is one stage without"
        " retries, `max_active_tis_per_dagrun`; of a loop in a loop, the items of all outer items are bounded together",
    ),
    "M5.outer": Support(
        _REFUSED,
        "Airflow expands no group of tasks in an expanded one: what the inner loop runs over is told for all items of"
        " the outer one together, so none of these could end before the last has begun",
        instead="bound the inner loop, or leave `max_parallel` out",
        degraded="any number of items of the outer loop run at once",
    ),
    "M6": Support(
        _EMULATED,
        "tasks of a mapped task group; a loop in a loop becomes a mapped group of its own, over the items of all outer"
        " items (together at most `max_map_length`): these begin when all outer items have come to it, and what the"
        " outer body has after it begins when they all have ended",
    ),
    "M7": Support(_EMULATED, "addresses are f-strings of the map index, or of the item's key"),
    "A1": Support(_EMULATED, _COMMIT),
    "A2": Support(_EMULATED, "addresses are f-strings of params and the run date, in the task's function"),
    "A3": Support(_NATIVE, "proven by the compiler", Evidence.SPEC_ONLY),
    "A4": Support(_EMULATED, "an XCom holds size and hash, which the copied runtime compares before a consumer starts"),
    "A5": Support(_EMULATED, _COMMIT),
    "D1": Support(_EMULATED, "`logical_date`, or `run_after` for a run without one, in the schedule's zone"),
    "D2": Support(
        _NATIVE,
        "`CronTriggerTimetable`; of a time that occurs twice it takes the second",
        Evidence.SPEC_ONLY,
    ),
    "D2.zone": Support(_NATIVE, "`CronTriggerTimetable(timezone=...)`", Evidence.SPEC_ONLY),
    "D2.gap": Support(_NATIVE, "`CronTriggerTimetable` fires at the first instant after the gap", Evidence.SPEC_ONLY),
    "X1": Support(
        _NATIVE,
        "`on_success_callback` and `on_failure_callback` of the DAG; a run that someone marks by hand calls neither",
    ),
    "X1.failed": Support(
        _EMULATED,
        "the callback looks at the states of all task instances of the run; what the timeout of a run ends is `skipped`"
        " in Airflow, and not among the failed",
    ),
    "X2": Support(
        _NATIVE,
        "`on_failure_callback` of the task, and of the DAG",
    ),
    "X2.timeout": Support(
        _REFUSED,
        "Airflow skips the tasks that the timeout of a run ends, and calls nothing for them",
        instead="put the hook on the pipeline, which is called for every run that fails, or bound the stage itself",
        degraded="the hook is not called for what the run's timeout ends; that of the pipeline is",
    ),
    "X3": Support(
        _NATIVE,
        "Airflow logs what a callback raises, and a hook is a process of its own, killed when its time is up; hooks of "
        "the run are called where DAG files are processed, and have `dag_file_processor_timeout` (50 s) at most",
    ),
    "K1": Support(
        _REFUSED,
        "Airflow runs every task of every run; it knows nothing of code or inputs that are the same",
        instead="leave out `cache=True`, or skip inside the stage what it has done before",
        degraded="the stage runs in every run",
    ),
    "E3.image": Support(
        _REFUSED,
        "a worker of Airflow runs a command in its own environment, not in an image",
        instead="leave out `image=` and install the program on the workers, or compile for KFP",
        degraded="the command runs on the worker, without its image",
    ),
}
