"""The end of a run as it is printed: the same table and the same object for every engine."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from portable_pipeline.outcome import RunOutcome, StageOutcome

_LONGEST_RESULT = 60
#: How the runtime begins what an engine then keeps, with or without the name of its exception: it stands above.
_SAID_ALREADY = re.compile(r"^(Stage\w+: )?stage `[^`]+` failed: ")


def as_json(outcome: RunOutcome) -> str:
    """One object with `state` and `stages`."""
    return json.dumps(outcome.to_json(), indent=2, ensure_ascii=False) + "\n"


def as_text(outcome: RunOutcome) -> str:
    """A table of the stages, then what failed, with its error and its log."""
    rows = [("stage", "state", "attempts", "result"), *map(_row, outcome.stages)]
    lines = table(rows)
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
    return stage.id, stage.state, str(stage.attempts), shortened(result)


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
