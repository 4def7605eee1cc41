"""Local runs as they are printed."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from portable_pipeline.cli.outcome_table import shortened, table, taken_over, told_state
from portable_pipeline.ir import Pipeline
from portable_pipeline.redaction import HIDDEN, Redactor
from portable_pipeline.store import ArtifactRecord, AttemptRecord, Project, RunRecord, StageRecord, in_order


def runs_as_text(runs: Sequence[RunRecord]) -> str:
    """A line for each."""
    if not runs:
        return "no runs\n"
    rows = [("run", "pipeline", "date", "state", "began", "took")]
    rows += [
        (each.id, each.pipeline, each.moment[:10], _state(each), _when(each.created), _took(each)) for each in runs
    ]
    return "\n".join([*table(rows), ""])


def runs_as_json(runs: Sequence[RunRecord]) -> str:
    """A list of objects."""
    return json.dumps([run_object(each) for each in runs], indent=2, ensure_ascii=False) + "\n"


def ended_as_text(run: RunRecord) -> str:
    """How a run stands that was to end."""
    return f"{run.id}: {run.state}\n"


def ended_as_json(run: RunRecord) -> str:
    """An object as `runs_as_json` has them."""
    return json.dumps(run_object(run), indent=2, ensure_ascii=False) + "\n"


def run_as_text(project: Project, run: RunRecord) -> str:
    """What was asked for, what the stages did, what they left, and what went wrong."""
    pipeline = project.pipeline(run.id)
    attempts, stages = project.attempts(run.id), in_order(pipeline, project.stages(run.id))
    redactor = redactor_of(run, pipeline, stages)
    sections = [
        _head(run),
        _parameters(redactor.values(run.parameters)),
        [*_stages(stages, attempts, redactor), *taken_over((each.id, each.cached) for each in stages)],
        _artifacts(project.artifacts(run.id), redactor),
        *(_failure(each, project.log(run.id, each.stage, each.number), redactor) for each in attempts if each.error),
        *([redactor.text(f"hook {error}")] for error in run.hook_errors),
        [redactor.text(run.error)] if run.error else [],
    ]
    return "\n\n".join("\n".join(each) for each in sections if each) + "\n"


def run_as_json(project: Project, run: RunRecord) -> str:
    """One object."""
    pipeline = project.pipeline(run.id)
    stages = in_order(pipeline, project.stages(run.id))
    redactor = redactor_of(run, pipeline, stages)
    attempts: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in project.attempts(run.id):
        log = project.log(run.id, one.stage, one.number)
        attempts[one.stage].append({**redactor.values(_attempt(one)), "log": str(log) if log.exists() else None})
    shown = {
        **redactor.values(run_object(run)),
        "parameters": redactor.values(run.parameters),
        "stages": [
            {
                "id": each.id,
                "state": each.state,
                "returned": redactor.values(each.returned),
                **({"cached": asdict(each.cached)} if each.cached else {}),
                "attempts": attempts[each.id],
            }
            for each in stages
        ],
        "artifacts": [
            {
                **{name: getattr(each, name) for name in ("stage", "name", "kind", "size", "sha256")},
                "uri": redactor.text(each.uri),
            }
            for each in project.artifacts(run.id)
        ],
    }
    return json.dumps(shown, indent=2, ensure_ascii=False) + "\n"


def redactor_of(run: RunRecord, pipeline: Pipeline, stages: Sequence[StageRecord]) -> Redactor:
    """Knows the secrets of a run: in its parameters, and in what its stages returned."""
    defaults = {each.name: each.default for each in pipeline.parameters}
    return Redactor([run.parameters, defaults, *(each.returned for each in stages)])


def _head(run: RunRecord) -> list[str]:
    sessions = f", {run.sessions} sessions" if run.sessions > 1 else ""
    took = f", took {_took(run)}" if run.ended is not None else ""
    return [f"{run.id}: {run.pipeline}, {_state(run)}", f"for {run.moment}, began {_when(run.created)}{took}{sessions}"]


def _parameters(values: Mapping[str, JsonValue]) -> list[str]:
    return table([("parameter", "value"), *((name, _cell(value)) for name, value in values.items())]) if values else []


def _cell(value: JsonValue) -> str:
    return HIDDEN if value == HIDDEN else shortened(json.dumps(value, ensure_ascii=False))


def _stages(stages: Sequence[StageRecord], attempts: Sequence[AttemptRecord], redactor: Redactor) -> list[str]:
    spent = _spent(attempts)
    rows = [("stage", "state", "attempts", "seconds", "result")]
    for each in stages:
        result = _cell(redactor.values(each.returned)["result"]) if "result" in each.returned else ""
        state = told_state(each.state, each.cached)
        rows.append((each.id, state, str(each.attempts), spent.get(each.id, ""), result))
    return table(rows)


def _artifacts(artifacts: Sequence[ArtifactRecord], redactor: Redactor) -> list[str]:
    rows = [
        (f"{each.stage}.{each.name}", f"{each.size} B", each.sha256[:12], redactor.text(each.uri)) for each in artifacts
    ]
    return table([("artifact", "size", "sha256", "address"), *rows]) if rows else []


def _failure(attempt: AttemptRecord, log: Path, redactor: Redactor) -> list[str]:
    text = redactor.text(attempt.traceback or attempt.error or "")
    return [
        f"`{attempt.stage}`, attempt {attempt.number}, {attempt.state}:",
        *(f"  {line}" for line in text.strip().splitlines()),
        f"  log: {log}",
    ]


def run_object(run: RunRecord) -> dict[str, Any]:
    """A run as it stands in lists of them."""
    shown: dict[str, Any] = {
        "run_id": run.id,
        "pipeline": run.pipeline,
        "source": run.source,
        "moment": run.moment,
        "state": run.state,
        "created": _iso(run.created),
        "ended": None if run.ended is None else _iso(run.ended),
        "sessions": run.sessions,
    }
    if run.error:
        shown["error"] = run.error
    if run.degraded:
        shown["degraded"] = True
    if run.hook_errors:
        shown["hook_errors"] = list(run.hook_errors)
    return shown


def _attempt(attempt: AttemptRecord) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "number": attempt.number,
        "session": attempt.session,
        "state": attempt.state,
        "began": _iso(attempt.began),
        "ended": None if attempt.ended is None else _iso(attempt.ended),
    }
    if attempt.error:
        shown["error"] = attempt.error
    if attempt.traceback:
        shown["traceback"] = attempt.traceback
    return shown


def _spent(attempts: Sequence[AttemptRecord]) -> dict[str, str]:
    """The seconds of all attempts of each stage together, waits left out."""
    spent: dict[str, float] = {}
    for each in attempts:
        if each.ended is not None:
            spent[each.stage] = spent.get(each.stage, 0.0) + max(each.ended - each.began, 0.0)
    return {stage: f"{seconds:.1f}" for stage, seconds in spent.items()}


def _state(run: RunRecord) -> str:
    hooks = len(run.hook_errors)
    told = ["1 hook failed" if hooks == 1 else f"{hooks} hooks failed"] if hooks else []
    return ", ".join([run.state, *(["degraded"] if run.degraded else []), *told])


def _took(run: RunRecord) -> str:
    return "" if run.seconds is None else f"{run.seconds:.1f} s"


def _when(seconds: float) -> str:
    """In the time zone of this machine."""
    return f"{datetime.fromtimestamp(seconds).astimezone():%Y-%m-%d %H:%M:%S}"


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).astimezone().isoformat(timespec="milliseconds")
