"""How states are shown: always by a word and a shape, and by a colour that nobody has to see."""

from __future__ import annotations

from dataclasses import dataclass

from portable_pipeline.store import AttemptRecord, RunRecord, StageRecord

#: States of a stage that are not its last.
UNFINISHED = frozenset({"queued", "running", "up_for_retry"})
#: How the runner begins the error of an attempt whose time was up.
_TIMED_OUT = "timed out after"


@dataclass(frozen=True, slots=True)
class Look:
    """How a state is shown.

    Args:
        name: Of its style, and of its symbol after `i-`.
        words: What it is called.
        rank: What needs attention comes first.
    """

    name: str
    words: str
    rank: int


LOOKS = {
    each.name: each
    for each in (
        Look("failed", "failed", 0),
        Look("timeout", "timed out", 1),
        Look("interrupted", "interrupted", 2),
        Look("cancelled", "cancelled", 3),
        Look("saved", "failed, stand-in used", 4),
        Look("upstream_failed", "upstream failed", 5),
        Look("running", "running", 6),
        Look("up_for_retry", "waits for its retry", 7),
        Look("queued", "not started", 8),
        Look("success", "success", 9),
        Look("skipped", "skipped", 10),
    )
}


def look_of_run(run: RunRecord) -> Look:
    """Of a run."""
    return LOOKS[run.state]


def look_of_stage(stage: StageRecord, run: RunRecord, *, saved: bool, timed_out: bool) -> Look:
    """Of a stage, or of one item of it.

    Args:
        saved: Whether its stand-in has succeeded.
        timed_out: Whether its last attempt was.
    """
    if stage.state in UNFINISHED and run.state != "running":
        # Nothing works on it any more, whatever was noted down last.
        return LOOKS["queued" if stage.state == "queued" else "interrupted"]
    if stage.state == "failed" and (saved or timed_out):
        return LOOKS["saved" if saved else "timeout"]
    return LOOKS[stage.state]


def look_of_attempt(attempt: AttemptRecord, run: RunRecord) -> Look:
    """Of an attempt."""
    if attempt.state == "running" and run.state != "running":
        return LOOKS["interrupted"]
    if is_timeout(attempt):
        return LOOKS["timeout"]
    return LOOKS[attempt.state]


def is_timeout(attempt: AttemptRecord) -> bool:
    """Whether its time was up."""
    return attempt.state == "failed" and (attempt.error or "").startswith(_TIMED_OUT)
