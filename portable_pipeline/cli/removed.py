"""What `ppc gc` has removed, as it is printed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from portable_pipeline.cli.run_table import redactor_of, run_object
from portable_pipeline.diagnostics import Diagnostic
from portable_pipeline.diagnostics.render import render
from portable_pipeline.store import Project
from portable_pipeline.store.forgetting import Outdated
from portable_pipeline.store.leftover import Kind, Leftover

_WORDS: dict[Kind, str] = {
    "staging": "written by an attempt that was killed",
    "unfinished_runtime": "a copy of the runtime that was not finished",
    "other_runtime": "the runtime of another version of ppc",
    "backfill": "the lock of a backfill that has ended",
    "session": "made for an engine by a command that was killed",
}


def without_secrets(project: Project, found: Iterable[Leftover]) -> list[Leftover]:
    """With paths as `ppc show` has the addresses; call it before the runs are removed."""
    return [_hidden(project, each, each.run) if each.run is not None else each for each in found]


def as_text(removed: Outdated, leftovers: Sequence[Leftover], *, dry_run: bool) -> str:
    """A line for each run that is gone, each folder of a run that nobody knows, and each leftover."""
    verb = "would remove" if dry_run else "removed"
    lines = [f"{verb} {each.id} ({each.pipeline}, {each.state})" for each in removed.runs]
    lines += [f"{verb} {each.name} (no run of that id is known)" for each in removed.orphans]
    lines += [f"{verb} {each.path} ({_WORDS[each.kind]})" for each in leftovers if not each.problem]
    return "\n".join([*(lines or ["nothing to remove"]), ""])


def as_json(removed: Outdated, leftovers: Sequence[Leftover], *, dry_run: bool) -> str:
    """One object; its runs as `runs_as_json` has them, its orphans by name; diagnostics only where there are some."""
    told: dict[str, Any] = {
        "dry_run": dry_run,
        "runs": [run_object(each) for each in removed.runs],
        "orphans": [each.name for each in removed.orphans],
        "leftovers": [{"path": str(each.path), "kind": each.kind} for each in leftovers if not each.problem],
    }
    if problems := left(removed, leftovers):
        told["diagnostics"] = json.loads(render(problems, None, "json"))
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def left(removed: Outdated, leftovers: Sequence[Leftover]) -> list[Diagnostic]:
    """Why something stays."""
    return [*removed.left, *(each.problem for each in leftovers if each.problem)]


def _hidden(project: Project, leftover: Leftover, run: str) -> Leftover:
    redactor = redactor_of(project.run(run), project.pipeline(run), project.stages(run))
    problem = leftover.problem and replace(
        leftover.problem, path=redactor.text(leftover.problem.path), reason=redactor.text(leftover.problem.reason)
    )
    return replace(leftover, path=Path(redactor.text(str(leftover.path))), problem=problem)
