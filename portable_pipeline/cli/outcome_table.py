"""The end of a run as it is printed: the same table and the same object for every engine."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from portable_pipeline.outcome import Origin, RunOutcome, StageOutcome

_LONGEST_RESULT = 60
_MOST_NAMED = 8
#: How the runtime begins what an engine then keeps, with or without the name of its exception: it stands above.
_SAID_ALREADY = re.compile(r"^(Stage\w+: )?stage `[^`]+` failed: ")


def as_json(outcome: RunOutcome) -> str:
    """One object with `state` and `stages`."""
    return json.dumps(outcome.to_json(), indent=2, ensure_ascii=False) + "\n"


def as_text(outcome: RunOutcome) -> str:
    """A table of the stages, then what failed, with its error and its log."""
    rows = [("stage", "state", "attempts", "result"), *map(_row, outcome.stages)]
    lines = table(rows)
    lines += taken_over((stage.id, stage.cached) for stage in outcome.stages)
    failed = [stage for stage in outcome.stages if stage.state == "failed"]
    for stage in failed:
        lines += ["", *_failure(stage)]
    # Engines say of the run, in their own words, that a stage has failed; here an error of the run is something else.
    said = outcome.engine != "local" or outcome.error in [stage.error for stage in failed]
    if outcome.error and not (failed and said):
        lines += ["", *outcome.error.strip().splitlines()]
    if outcome.hook_errors:
        lines += ["", *(line for error in outcome.hook_errors for line in f"hook {error}".strip().splitlines())]
    if outcome.engine == "local" and outcome.state != "success" and any(stage.attempts for stage in outcome.stages):
        lines += ["", f"to go on with it: ppc resume {outcome.run_id}"]
    return "\n".join([*lines, "", f"{outcome.pipeline} on {outcome.engine}: {_summary(outcome)}", ""])


def _summary(outcome: RunOutcome) -> str:
    hooks = len(outcome.hook_errors)
    told = ["1 hook failed" if hooks == 1 else f"{hooks} hooks failed"] if hooks else []
    return ", ".join([outcome.state, *(["degraded"] if outcome.degraded else []), *told])


def _row(stage: StageOutcome) -> tuple[str, str, str, str]:
    result = json.dumps(stage.result, ensure_ascii=False) if stage.has_result else ""
    return stage.id, told_state(stage.state, stage.cached), str(stage.attempts), shortened(result)


def told_state(state: str, cached: Origin | None) -> str:
    """A stage's state, and whether it was executed in another run."""
    return state if cached is None else f"{state}, cached"


def taken_over(stages: Iterable[tuple[str, Origin | None]]) -> list[str]:
    """Which run executed the stages that this one has taken over; nothing if there are none."""
    by_run: dict[str, list[str]] = {}
    for stage, cached in stages:
        if cached is not None:
            by_run.setdefault(cached.run, []).append(stage)
    told = (f"cached from run {run}: {named(names)}" for run, names in by_run.items())
    return ["", *told] if by_run else []


def named(names: Sequence[str]) -> str:
    """Names in a line, not all of them if they are many."""
    rest = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")


def _failure(stage: StageOutcome) -> list[str]:
    attempts = "1 attempt" if stage.attempts == 1 else f"{stage.attempts} attempts"
    lines = [f"`{stage.id}` failed after {attempts}:"]
    error = _SAID_ALREADY.sub("", (stage.error or "no error is known").strip())
    lines += [f"  {line}" for line in error.splitlines()]
    return [*lines, *([f"  log: {stage.log}"] if stage.log else [])]


def shortened(text: str) -> str:
    """What of a text a cell can hold."""
    return text if len(text) <= _LONGEST_RESULT else f"{text[: _LONGEST_RESULT - 3]}..."


def table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Lines with columns, as wide as they need to be."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
