"""What becomes of a node, given what it waits for: the rules, node by node.

A failure decides at once wherever nothing can outweigh it; everything else when all that is waited for has ended. So
what becomes of a node does not depend on which came first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from portable_pipeline.outcome import StageState
from portable_pipeline.runner.plan import Kind
from portable_pipeline.runner.states import NodeStatus

Verdict = StageState | Literal["go"] | None


def _needs_all(status: NodeStatus) -> Verdict:
    """G1, F1, C3, C6: runs if all succeeded; a failure counts more than a skip."""
    if status.held:
        return None
    if status.bad:
        return "upstream_failed"
    if status.missing:
        return None
    return "skipped" if status.skipped else "go"


def _joins(status: NodeStatus) -> Verdict:
    """C4: one succeeded, none failed."""
    if status.bad:
        return "upstream_failed"
    if status.missing:
        return None
    return "success" if status.good else "skipped"


def _saves(status: NodeStatus) -> Verdict:
    """F3: the primary or its stand-in."""
    if status.good:
        return "success"
    if status.missing:
        return None
    return "upstream_failed" if status.bad else "skipped"


def _gathers(status: NodeStatus) -> Verdict:
    """M2, M3, M4: all items; those that were skipped are left out, a loop that was skipped is not."""
    if status.bad:
        return "upstream_failed"
    if status.missing:
        return None
    return "skipped" if status.skipped else "success"


def _lets_be(status: NodeStatus) -> Verdict:
    """F1.loop: counts only where it has failed; items see for themselves, but there may be none."""
    if status.bad:
        return "upstream_failed"
    return None if status.missing else "success"


def _waits_for_its_turn(status: NodeStatus) -> Verdict:
    """M5: is told by its loop."""
    return None


#: What a node waits for has changed: does it end by that, go on (`go`), or wait for more (None)?
RULES: dict[Kind, Callable[[NodeStatus], Verdict]] = {
    "stage": _needs_all,
    "branch": _needs_all,
    "loop": _needs_all,
    "join": _joins,
    "saved": _saves,
    "gather": _gathers,
    "needs": _lets_be,
    "item": _waits_for_its_turn,
}
#: What a stand-in becomes when its primary has ended like this; it is not held any more when the primary has failed.
STAND_IN: dict[StageState, StageState] = {
    "success": "skipped",
    "skipped": "skipped",
    "upstream_failed": "upstream_failed",
}
