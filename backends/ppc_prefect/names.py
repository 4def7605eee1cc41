"""Names of generated Python: what the user wrote where it can be, and never what something else is called."""

from __future__ import annotations

from collections.abc import Iterable

from portable_pipeline.codegen.calls import FreeNames
from portable_pipeline.codegen.literals import Source, identifier

#: What the template imports or defines itself.
MODULE_NAMES = frozenset(
    (
        "Abort",
        "Annotated",
        "Any",
        "Cancelled",
        "Completed",
        "Failed",
        "Field",
        "Literal",
        "NotRequired",
        "PrefectFuture",
        "StageKilled",
        "State",
        "StrictBool",
        "StrictFloat",
        "StrictInt",
        "Task",
        "TaskRun",
        "TerminationSignal",
        "TypedDict",
        "ZoneInfo",
        "attempt",
        "attempt_command",
        "date",
        "datetime",
        "ending_attempts",
        "fire_date",
        "fire_time",
        "final_state",
        "flow",
        "flow_run",
        "get_client",
        "is_cancelled",
        "may_succeed_later",
        "task",
        "timedelta",
        "wait",
    )
)
#: Of these, what stands in functions that have the user's names as parameters.
BODY_NAMES = (
    "Cancelled",
    "attempt",
    "attempt_command",
    "ending_attempts",
    "final_state",
    "fire_date",
    "fire_time",
    "is_cancelled",
    "timedelta",
)
#: What the template imports or defines for blocks, stand-ins and hooks, and for nothing else.
CONTROL_NAMES = frozenset(
    (
        "Callable",
        "CancelledError",
        "FailureEvent",
        "HookFailed",
        "Iterator",
        "RunEvent",
        "STAND_INS",
        "ThreadPoolExecutor",
        "allow_failure",
        "call_hook",
        "collect",
        "contextmanager",
        "copy_context",
        "either",
        "failed_stages",
        "get_run_logger",
        "has_ended",
        "is_to_blame",
        "item_key",
        "loop_items",
        "monotonic",
        "partial",
        "run_items",
        "skipped",
        "stages",
        "suppress",
        "tell",
        "tell_failure",
        "telling_hooks",
        "typed",
        "was_saved",
    )
)
#: Of these, what stands in functions that have the user's names as parameters.
CONTROL_BODY_NAMES = (
    "allow_failure",
    "collect",
    "either",
    "item_key",
    "loop_items",
    "run_items",
    "skipped",
    "stages",
    "telling_hooks",
    "typed",
    "wait",
)
#: Names that Prefect keeps for itself among the parameters of flows and tasks.
PREFECT_NAMES = frozenset({"wait_for", "return_state", "self"})
#: Parameters that a generated flow has on its own.
MOMENT_NAMES = frozenset({"run_date", "run_time"})


def in_bodies(parameters: Iterable[str]) -> dict[str, Source]:
    """The names under which our own helpers are known where the flow's parameters could hide them."""
    hidden = set(parameters)
    names = FreeNames({*hidden, *MODULE_NAMES, *CONTROL_NAMES})
    helpers = (*BODY_NAMES, *CONTROL_BODY_NAMES)
    return {name: names.take(name) if name in hidden else identifier(name) for name in helpers}
