"""How the stages of a run ended, in the portable words, from what Prefect's tasks and its server say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ppc_prefect.driver_graph import Submission, decided, ended_with, instances
else:  # run by its path, without the package
    from driver_graph import decided, ended_with, instances

RUN_STATES = {"COMPLETED": "success", "FAILED": "failed", "CRASHED": "failed", "CANCELLED": "cancelled"}
#: What is said of an attempt that the end of the run kept from beginning: by Prefect, and by our runtime.
NOT_BEGUN = ("cancelled by the task runner", "was not begun")


def outcomes(
    graph: list[Submission], futures: dict[str, Any], rows: dict[str, dict[str, Any]], stand_ins: dict[str, str]
) -> list[dict[str, Any]]:
    """How each stage ended, once an item of its loops, in the portable words.

    Args:
        graph: The stages, upstream first.
        futures: Of the stages and loops that were submitted.
        rows: Task runs by id, as the server has them.
        stand_ins: Stand-ins by the stage that they stand in for.
    """
    primaries = {stand_in: primary for primary, stand_in in stand_ins.items()}
    states: dict[str, str] = {}
    shown: list[dict[str, Any]] = []
    lost: set[str] = set()  # what failed by itself, or for want of what has
    cancelled: set[str] = set()  # what the end of the run has ended
    for each in graph:
        for name in instances(each, futures):
            decision: Any = futures.get(name) or decided(each, name, futures)
            is_own = name in futures
            row = rows.get(str(decision.task_run_id)) if decision else None
            value = ended_with(decision) if is_own and row else None
            primary = name.replace(each.task.name, primaries.get(each.task.name, ""), 1)
            if row and decision.state.name == "Skipped":
                # The server's row can lag behind what the task itself knows.
                in_vain = not is_own and is_lost_anyway(
                    each.needs, name.removeprefix(each.task.name), states, stand_ins
                )
                state = "upstream_failed" if in_vain else "skipped"
            elif states.get(primary) in ("success", "skipped"):
                state = "skipped"  # a stand-in that is not needed, and waited in vain for what it needs itself
            elif (decision and decision.state.is_cancelled()) or never_began(value):
                state = "cancelled"
            elif not is_own and row and row["state_type"] == "FAILED":
                state = "upstream_failed"  # what its loop was to run over is no list
            else:
                is_lost = not lost.isdisjoint(each.needs)
                state = portable_state(row, is_lost=is_lost, is_cancelled=not cancelled.isdisjoint(each.needs))
            if state == "cancelled" or type(value).__name__ == "StageKilled":
                cancelled.add(each.task.name)
            elif state in ("failed", "upstream_failed"):
                lost.add(each.task.name)
            attempts = row["run_count"] if is_own and row and state not in ("skipped", "upstream_failed") else 0
            attempts -= never_began(value)
            states[name] = state
            shown.append({"id": name, "state": state, "attempts": attempts, **told(value)})
    return shown


def never_began(ended_with: Any) -> bool:
    """Whether the last attempt came after the run's end: a thread that waits to retry then does so all the same."""
    return isinstance(ended_with, Exception) and any(said in str(ended_with) for said in NOT_BEGUN)


def portable_state(row: dict[str, Any] | None, *, is_lost: bool, is_cancelled: bool) -> str:
    """A task run's state in the portable words; what the end of the run kept from starting is cancelled."""
    if row is None:
        return "cancelled"
    if row["state_type"] in RUN_STATES:
        return RUN_STATES[row["state_type"]]
    # A predicate that could not be evaluated is nobody's failed stage.
    return "upstream_failed" if is_lost or (row["state_name"] == "NotReady" and not is_cancelled) else "cancelled"


def is_lost_anyway(needs: set[str], place: str, states: dict[str, str], stand_ins: dict[str, str]) -> bool:
    """Whether a stage whose loop is skipped needs something that has failed, which counts for more.

    Args:
        place: The indices of the loops around that one.
        states: Of the stages before it, once an item.
    """
    for name, state in states.items():
        stage, *index = name.partition("[")
        other = "".join(index)
        is_needed = stage in needs and place.startswith(other[: len(place)])
        is_saved = states.get(f"{stand_ins.get(stage, '')}{other}") == "success"
        if is_needed and not is_saved and state in ("failed", "upstream_failed"):
            return True
    return False


def undecided(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Why conditions and loops could not be decided: their tasks are no stages, whose errors are told with them."""
    for row in rows:
        if row["state_type"] == "FAILED" and ":" in row["name"]:
            yield row["state"]["message"].removeprefix("Task run encountered an exception ")


def has_saved(stand_ins: dict[str, str], stages: list[dict[str, Any]]) -> bool:
    """Whether a stand-in took the place of a stage that failed, whatever became of the run."""
    states = {each["id"]: each["state"] for each in stages}
    failed = (id.partition("[") for id, state in states.items() if state == "failed")
    return any(states.get("".join((stand_ins.get(name, ""), *place))) == "success" for name, *place in failed)


def told(value: Any) -> dict[str, Any]:
    """A stage's error, or its result where it has one."""
    if isinstance(value, BaseException):
        return {"error": getattr(value, "error", None) or str(value)}
    return {"result": value["result"]} if isinstance(value, dict) and "result" in value else {}
