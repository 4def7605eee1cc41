"""Names that mean something in a generated DAG file."""

from __future__ import annotations

#: Of what the template imports or defines, that which a task's function uses in its body.
BODY_NAMES = frozenset({"Abort", "AirflowFailException", "attempt", "attempt_command", "run_date", "run_time"})
#: All that the template imports or defines.
MODULE_NAMES = BODY_NAMES | {
    "CronTriggerTimetable",
    "Param",
    "TaskGroup",
    "ZoneInfo",
    "dag",
    "date",
    "datetime",
    "pendulum",
    "task",
    "timedelta",
}
#: Further ones, where tasks decide about others.
DECIDING_NAMES = frozenset(
    {
        "AirflowRescheduleException",
        "AirflowSkipException",
        "EXPANDED_OVER",
        "FailureEvent",
        "RunEvent",
        "TriggerRule",
        "call_hook",
        "collected",
        "collected_at",
        "collected_lists",
        "end_like",
        "failure_event",
        "has_turn",
        "instance",
        "loop_items",
        "map_index_at",
        "nested_items",
        "run_event",
        "skip_with",
        "state_of",
        "task_group",
        "teardown",
        "timezone",
        "typed",
    }
)
#: `KNOWN_CONTEXT_KEYS` of Airflow 3.3: a task's parameter of such a name gets its value from Airflow.
CONTEXT_KEYS = frozenset(
    {
        "asset_state_store", "conn", "dag", "dag_run", "data_interval_end", "data_interval_start", "ds", "ds_nodash",
        "exception", "expanded_ti_count", "inlet_events", "inlets", "logical_date", "macros", "map_index_template",
        "outlet_events", "outlets", "params", "partition_date", "partition_key", "prev_data_interval_end_success",
        "prev_data_interval_start_success", "prev_end_date_success", "prev_start_date_success", "reason", "run_id",
        "task", "task_instance", "task_instance_key_str", "task_reschedule_count", "task_state_store",
        "templates_dict", "test_mode", "ti", "triggering_asset_events", "try_number", "ts", "ts_nodash",
        "ts_nodash_with_tz", "var",
    }
)  # fmt: skip
